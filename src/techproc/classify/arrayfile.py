"""Arrays in one file: a header in JSON, then compressed arrays, each with a checksum.

::

    magic                       a line that says what it is
    header length               4 bytes, little-endian
    header                      JSON: format, about, and for each array its type and block sizes
    blocks                      zlib, one after the other in the order of the header

Sorted numbers are stored as differences: one or two bytes each, with the few that do not fit in a
block of their own.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from techproc.errors import CatalogError, InputError
from techproc.files import explain_os_error

__all__ = ["ArrayFile", "Arrays", "from_lines", "to_lines"]

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """A kind of file: its first line, its name ("an evidence index"), its format, what makes it again."""

    magic: bytes
    name: str
    format: int
    again: str

    @property
    def _bare(self) -> str:
        return self.name.partition(" ")[2]

    def pack(
        self,
        parts: Mapping[str, tuple[str, npt.NDArray[Any]]],
        about: Mapping[str, Any],
        *,
        level: int = 1,
        **more: Any,
    ) -> bytes:
        """Return the bytes of a file; parts are arrays with their codec, `level` is zlib's.

        Codecs: "plain"; "text" (`from_lines`); "narrow" and "wide" for rising numbers, as
        differences of a byte or two; "planes" for others, byte by byte.
        """
        body = io.BytesIO()
        described = []
        for name, (codec, values) in parts.items():
            sizes = []
            for block in _encode(codec, values):
                packed = zlib.compress(block, level)
                sizes.append((len(packed), zlib.crc32(packed)))
                body.write(packed)
            described.append(
                {"name": name, "codec": codec, "type": values.dtype.str, "blocks": sizes}
            )
        header = json.dumps(
            {"format": self.format, **more, "about": about, "arrays": described},
            ensure_ascii=False,
        ).encode()
        return self.magic + len(header).to_bytes(4, "little") + header + body.getvalue()

    def read(self, path: str | Path) -> bytes:
        """Return the bytes of a file; InputError when it cannot be read."""
        try:
            return Path(path).read_bytes()
        except OSError as error:
            raise InputError(explain_os_error(path, error)) from error

    def unpack(
        self, data: bytes, where: str, only: Collection[str] | None = None
    ) -> tuple[Arrays, dict[str, Any]]:
        """Return the arrays of a file's bytes, or `only` some of them, and what the file is about.

        `where` names the file in errors: InputError for bytes of another kind, CatalogError for
        what is damaged or of another format.
        """
        if not data.startswith(self.magic):
            raise InputError(f"{where}: it is not {self.name}; {self.again}")
        start = len(self.magic) + 4
        try:
            end = start + int.from_bytes(data[start - 4 : start], "little")
            header = json.loads(data[start:end])
            version = header["format"]
            if version != self.format:
                raise CatalogError(
                    f"{where}: the {self._bare} has format {version}, this version reads "
                    f"{self.format}; {self.again}"
                )
            about, described = header["about"], header["arrays"]
        except (ValueError, KeyError, TypeError) as error:
            raise self.damaged(where, "header") from error
        arrays: Arrays = {}
        try:
            for part in described:
                blocks = []
                wanted = only is None or part["name"] in only
                for size, checksum in part["blocks"]:
                    if wanted:
                        packed = data[end : end + size]
                        if zlib.crc32(packed) != checksum:
                            raise self.damaged(where, part["name"])
                        blocks.append(zlib.decompress(packed))
                    end += size
                if wanted:
                    arrays[part["name"]] = _decode(part["codec"], part["type"], blocks)
        except (ValueError, KeyError, TypeError, IndexError, zlib.error) as error:
            raise self.damaged(where, str(error)) from error
        return arrays, about

    def damaged(self, where: str, what: object) -> CatalogError:
        """Return the error for a file that is damaged."""
        return CatalogError(f"{where}: the {self._bare} is damaged ({what}); {self.again}")


def from_lines(lines: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """Return lines as bytes."""
    return np.frombuffer("\n".join(lines).encode() if lines else b"\0", np.uint8)


def to_lines(data: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """Return the lines of such bytes."""
    text = data.tobytes().decode()
    return () if text == "\0" else tuple(text.split("\n"))


def _encode(codec: str, values: npt.NDArray[Any]) -> list[bytes]:
    if codec in ("plain", "text"):
        return [values.tobytes()]
    if codec == "planes":  # the low and the high bytes apart: each compresses better alone
        planes = values.astype("<i4").view(np.uint8).reshape(-1, 4)
        return [planes[:, i].tobytes() for i in range(4)]
    step = np.diff(values.astype(np.int64), prepend=0)
    limit = 255 if codec == "narrow" else 65535
    fits = (step >= 0) & (step < limit)
    low = np.where(fits, step, limit)
    rest = step[~fits].astype("<i8").astype("<i4")  # differences wrap, and unwrap again
    planes = rest.view(np.uint8).reshape(-1, 4)
    big = [planes[:, i].tobytes() for i in range(4)]
    if codec == "narrow":
        return [low.astype(np.uint8).tobytes(), *big]
    return [(low & 255).astype(np.uint8).tobytes(), (low >> 8).astype(np.uint8).tobytes(), *big]


def _decode(codec: str, kind: str, blocks: list[bytes]) -> npt.NDArray[Any]:
    if codec in ("plain", "text"):
        return np.frombuffer(blocks[0], np.dtype(kind))
    bytewise = [np.frombuffer(block, np.uint8) for block in blocks]
    if codec == "planes":
        return np.ascontiguousarray(np.stack(bytewise, axis=1)).view("<i4").ravel()
    rest = np.ascontiguousarray(np.stack(bytewise[-4:], axis=1)).view("<i4").ravel()
    step = bytewise[0].astype(np.int32)
    if codec == "wide":
        step += bytewise[1].astype(np.int32) << 8
    step[step == (255 if codec == "narrow" else 65535)] = rest
    return np.cumsum(step, dtype=np.int32)

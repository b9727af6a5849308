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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from techproc.errors import CatalogError, InputError
from techproc.files import explain_os_error

__all__ = ["ArrayFile", "Arrays", "Deferred", "Lines", "from_lines", "to_lines"]

Arrays = dict[str, Any]  # arrays by name, each a Deferred where that was asked for


class Deferred:
    """An array that is put together when it is first asked for, and kept."""

    def __init__(self, make: Callable[[], npt.NDArray[Any]]) -> None:
        self._make: Callable[[], npt.NDArray[Any]] | None = make
        self._array: npt.NDArray[Any] = np.zeros(0)

    def __call__(self) -> npt.NDArray[Any]:
        """Return the array."""
        make = self._make
        if make is not None:
            self._array = make()
            self._make = None
        return self._array


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
        self,
        data: bytes,
        where: str,
        only: Collection[str] | None = None,
        *,
        later: Collection[str] = (),
    ) -> tuple[Arrays, dict[str, Any]]:
        """Return the arrays of a file's bytes, or `only` some of them, and what the file is about.

        Of those in `later` the checksums are looked at, and no more before they are asked for.
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
        try:
            return _arrays(memoryview(data)[end:], described, only, later), about
        except (ValueError, KeyError, TypeError, IndexError, zlib.error) as error:
            raise self.damaged(where, str(error)) from error

    def damaged(self, where: str, what: object) -> CatalogError:
        """Return the error for a file that is damaged."""
        return CatalogError(f"{where}: the {self._bare} is damaged ({what}); {self.again}")


class Lines(Sequence[str]):
    """The lines of such bytes as `from_lines` returns; one is made a text when it is asked for.

    Making texts of 200,000 lines takes longer than all else that loading an index does, and few of
    them are ever shown. Raises ValueError for bytes that are not UTF-8.

    >>> lines = Lines(from_lines(("one", "two")))
    >>> lines[1], len(lines), lines == ("one", "two")
    ('two', 2, True)
    """

    __slots__ = ("_data", "_ends")

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self._data = data.tobytes()
        str(self._data, "utf-8")
        ends = np.flatnonzero(data == ord("\n"))
        self._ends = ends[:0] if self._data == b"\0" else np.append(ends, len(data))

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        at = range(len(self._ends))[place]
        start = self._ends[at - 1] + 1 if at else 0
        return self._data[start : self._ends[at]].decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self._data.decode().split("\n") if len(self) else ())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # as a list has none


def from_lines(lines: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Return lines as bytes."""
    return np.frombuffer("\n".join(lines).encode() if lines else b"\0", np.uint8)


def to_lines(data: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """Return the lines of such bytes."""
    text = data.tobytes().decode()
    return () if text == "\0" else tuple(text.split("\n"))


def _arrays(
    body: memoryview,
    described: Sequence[Mapping[str, Any]],
    only: Collection[str] | None,
    later: Collection[str],
) -> Arrays:
    """Return the arrays; while one is put together, the blocks of the next are unpacked."""
    end = 0
    arrays: Arrays = {}
    with ThreadPoolExecutor(2, "techproc-index") as pool:
        waiting = []
        for part in described:
            blocks = []
            name, codec, kind = part["name"], part["codec"], part["type"]
            for size, checksum in part["blocks"]:
                packed = body[end : end + size]  # not copied
                if only is None or name in only:
                    if zlib.crc32(packed) != checksum:
                        raise ValueError(name)
                    blocks.append(packed)
                end += size
            if blocks and name in later:
                arrays[name] = Deferred(partial(_unpacked, codec, kind, blocks))
            elif blocks:
                unpacking = [pool.submit(zlib.decompress, packed) for packed in blocks]
                waiting.append((name, codec, kind, unpacking))
        for name, codec, kind, unpacking in waiting:
            arrays[name] = _decode(codec, kind, [block.result() for block in unpacking])
    return arrays


def _unpacked(codec: str, kind: str, blocks: Sequence[memoryview]) -> npt.NDArray[Any]:
    """Return the array of packed blocks."""
    with ThreadPoolExecutor(2, "techproc-index") as pool:
        return _decode(codec, kind, list(pool.map(zlib.decompress, blocks)))


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
        return _joined(bytewise)
    if codec == "narrow":
        large = np.flatnonzero(bytewise[0] == 255)
        step = bytewise[0].astype(np.int32)
    else:
        step = bytewise[0].astype(np.int32)
        step += bytewise[1].astype(np.int32) << 8
        large = np.flatnonzero(step == 65535)
    step[large] = _joined(bytewise[-4:])
    return np.cumsum(step, out=step)  # in place: fresh memory costs more than the sum


def _joined(planes: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.int32]:
    """Return the numbers whose bytes are given apart, the lowest first."""
    table = np.empty((len(planes[0]), len(planes)), np.uint8)
    for place, plane in enumerate(planes):
        table[:, place] = plane
    return table.view("<i4").ravel()

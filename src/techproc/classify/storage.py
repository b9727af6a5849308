"""An evidence index as one file: a header in JSON, then compressed arrays, each with a checksum.

::

    techproc evidence index\\n   24 bytes that say what it is
    header length               4 bytes, little-endian
    header                      JSON: format, about, and for each array its type and block sizes
    blocks                      zlib, one after the other in the order of the header

Sorted numbers are stored as differences: one or two bytes each, with the few that do not fit in a
block of their own. That and the order of the records bring 200,000 records into 15 MB.
"""

from __future__ import annotations

import io
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from techproc.classify.evidence import CAP, FORMAT, Axis, EvidenceIndex
from techproc.classify.numbers import LEVELS
from techproc.classify.tables import Place, Table
from techproc.errors import CatalogError, InputError
from techproc.files import atomic_output, explain_os_error

__all__ = ["dumps", "load", "loads", "save"]

MAGIC = b"techproc evidence index\n"
_AXES: tuple[Axis, ...] = ("lcc", "ddc", "lcc-pattern", "ddc-pattern")
_AGAIN = "build it again with `techproc classify train`"


def save(index: EvidenceIndex, path: str | Path, *, force: bool = False, level: int = 1) -> None:
    """Write an index to a file, whole or not at all; `level` is zlib's, 9 the smallest."""
    with atomic_output(path, force=force) as stream:
        stream.write(dumps(index, level=level))


def dumps(index: EvidenceIndex, *, level: int = 1) -> bytes:
    """Return the bytes of the file."""
    heavy = np.flatnonzero(index.weight != 1.0)
    # The length of a list follows from the frequency unless lists were joined.
    lengths = np.diff(index.offsets)
    odd = np.flatnonzero(lengths != _usual(index.frequency))
    parts: dict[str, tuple[str, npt.NDArray[Any]]] = {
        "keys": ("wide", index.keys.view(np.int32)),
        "frequency": ("plain", np.minimum(index.frequency, 255).astype(np.uint8)),
        "frequency_big": ("plain", index.frequency[index.frequency >= 255]),
        "odd": ("plain", odd.astype(np.int32)),
        "odd_lengths": ("plain", lengths[odd].astype(np.int32)),
        "postings": ("narrow", index.postings),
        "lcc": ("narrow", index.numbers["lcc"]),
        "ddc": ("planes", index.numbers["ddc"]),
        **{"/".join(at): ("narrow", ids) for at, ids in index.groups.items()},
        "works": ("plain", index.works),
        "heavy": ("narrow", heavy.astype(np.int32)),
        "heavy_weight": ("plain", index.weight[heavy]),
        "lcc_names": ("text", _text(index.names["lcc"])),
        "ddc_names": ("text", _text(index.names["ddc"])),
        "lcc-pattern": ("planes", index.numbers["lcc-pattern"]),
        "ddc-pattern": ("planes", index.numbers["ddc-pattern"]),
        "lcc-pattern_names": ("text", _text(index.names["lcc-pattern"])),
        "ddc-pattern_names": ("text", _text(index.names["ddc-pattern"])),
        **{f"{s}_table": ("text", _table_text(t)) for s, t in index.tables.items()},
        "controls": ("text", _text(index.controls)),
    }
    body = io.BytesIO()
    described = []
    for name, (codec, values) in parts.items():
        sizes = []
        for block in _encode(codec, values):
            packed = zlib.compress(block, level)
            sizes.append((len(packed), zlib.crc32(packed)))
            body.write(packed)
        described.append({"name": name, "codec": codec, "type": values.dtype.str, "blocks": sizes})
    header = json.dumps(
        {"format": FORMAT, "records": len(index), "about": index.about, "arrays": described},
        ensure_ascii=False,
    ).encode()
    return MAGIC + len(header).to_bytes(4, "little") + header + body.getvalue()


def load(path: str | Path) -> EvidenceIndex:
    """Return the index of a file.

    Raises InputError for a file that is missing or is no index, CatalogError for one that is
    damaged or was written by another version.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    return loads(data, str(path))


def loads(data: bytes, where: str) -> EvidenceIndex:
    """Return the index of the bytes of a file; `where` names it in errors."""
    if not data.startswith(MAGIC):
        raise InputError(
            f"{where}: it is not an evidence index; name one that `classify train` made"
        )
    start = len(MAGIC) + 4
    try:
        end = start + int.from_bytes(data[start - 4 : start], "little")
        header = json.loads(data[start:end])
        version = header["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise CatalogError(f"{where}: the evidence index is damaged (header); {_AGAIN}") from error
    if version != FORMAT:
        raise CatalogError(
            f"{where}: the evidence index has format {version}, this version reads {FORMAT}; "
            + _AGAIN
        )
    arrays: dict[str, npt.NDArray[Any]] = {}
    try:
        for part in header["arrays"]:
            blocks = []
            for size, checksum in part["blocks"]:
                packed = data[end : end + size]
                if zlib.crc32(packed) != checksum:
                    raise CatalogError(
                        f"{where}: the evidence index is damaged ({part['name']}); {_AGAIN}"
                    )
                blocks.append(zlib.decompress(packed))
                end += size
            arrays[part["name"]] = _decode(part["codec"], part["type"], blocks)
        return _assemble(arrays, header["about"])
    except (ValueError, KeyError, TypeError, IndexError, zlib.error) as error:
        raise CatalogError(f"{where}: the evidence index is damaged ({error}); {_AGAIN}") from error


def _assemble(arrays: dict[str, npt.NDArray[Any]], about: dict[str, Any]) -> EvidenceIndex:
    frequency = arrays["frequency"].astype(np.int32)
    frequency[frequency == 255] = arrays["frequency_big"]
    lengths = _usual(frequency)
    lengths[arrays["odd"]] = arrays["odd_lengths"]
    weight = np.ones(len(arrays["works"]), np.float32)
    weight[arrays["heavy"]] = arrays["heavy_weight"]
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return EvidenceIndex(
        keys=arrays["keys"].view(np.uint32),
        frequency=frequency,
        offsets=offsets,
        postings=arrays["postings"],
        numbers={axis: arrays[axis] for axis in _AXES},
        names={axis: _lines(arrays[f"{axis}_names"]) for axis in _AXES},
        groups={
            (scheme, level): arrays[f"{scheme}/{level}"]
            for scheme, levels in LEVELS.items()
            for level in levels[:-1]
        },
        tables={scheme: _table(arrays[f"{scheme}_table"]) for scheme in LEVELS},
        works=arrays["works"],
        controls=_lines(arrays["controls"]),
        weight=weight,
        about=about,
    )


def _text(lines: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode() if lines else b"\0", np.uint8)


def _lines(data: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    text = data.tobytes().decode()
    return () if text == "\0" else tuple(text.split("\n"))


def _usual(frequency: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return the length of each feature's list, where no lists were joined."""
    return np.where(frequency > CAP, np.int32(0), frequency)


def _table_text(table: Table) -> npt.NDArray[np.uint8]:
    """Return a line for each place: its key, then marks with their shares."""
    return _text(
        tuple(
            " ".join([str(key), *(f"{place.mark} {place.share}" for place in places)])
            for key, places in sorted(table.items())
        )
    )


def _table(data: npt.NDArray[np.uint8]) -> dict[int, tuple[Place, ...]]:
    table = {}
    for line in _lines(data):
        key, *rest = line.split(" ")
        pairs = zip(rest[::2], rest[1::2], strict=True)
        table[int(key)] = tuple(Place(mark, float(share)) for mark, share in pairs)
    return table


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

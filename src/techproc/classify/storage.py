"""An evidence index as one file of arrays (`arrayfile`).

Numbers are stored as differences: that and the order of the records bring 200,000 records into 15 MB.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from techproc.classify.arrayfile import ArrayFile, Arrays, Lines, from_lines, to_lines
from techproc.classify.evidence import CAP, FORMAT, Axis, EvidenceIndex, Postings
from techproc.classify.numbers import LEVELS
from techproc.classify.tables import Place, Table
from techproc.files import atomic_output

__all__ = ["dumps", "load", "load_postings", "loads", "postings_of", "postings_parts", "save"]

_FILE = ArrayFile(
    b"techproc evidence index\n",
    "an evidence index",
    FORMAT,
    "build it again with `techproc classify train`",
)
_AXES: tuple[Axis, ...] = ("lcc", "ddc", "lcc-pattern", "ddc-pattern")
# The arrays of the list of records, in the order in which they are written.
_POSTINGS = (
    "keys", "frequency", "frequency_big", "odd", "odd_lengths", "postings", "works", "heavy",
    "heavy_weight", "controls",
)  # fmt: skip


def save(index: EvidenceIndex, path: str | Path, *, force: bool = False, level: int = 1) -> None:
    """Write an index to a file, whole or not at all; `level` is zlib's, 9 the smallest."""
    with atomic_output(path, force=force) as stream:
        stream.write(dumps(index, level=level))


def dumps(index: EvidenceIndex, *, level: int = 1) -> bytes:
    """Return the bytes of the file."""
    parts: dict[str, tuple[str, npt.NDArray[Any]]] = {
        **postings_parts(index),
        "lcc": ("narrow", index.numbers["lcc"]),
        "ddc": ("planes", index.numbers["ddc"]),
        **{"/".join(at): ("narrow", ids) for at, ids in index.groups.items()},
        "lcc_names": ("text", from_lines(index.names["lcc"])),
        "ddc_names": ("text", from_lines(index.names["ddc"])),
        "lcc-pattern": ("planes", index.numbers["lcc-pattern"]),
        "ddc-pattern": ("planes", index.numbers["ddc-pattern"]),
        "lcc-pattern_names": ("text", from_lines(index.names["lcc-pattern"])),
        "ddc-pattern_names": ("text", from_lines(index.names["ddc-pattern"])),
        **{f"{s}_table": ("text", _table_text(t)) for s, t in index.tables.items()},
    }
    return _FILE.pack(parts, index.about, level=level, records=len(index))


def load(path: str | Path) -> EvidenceIndex:
    """Return the index of a file.

    Raises InputError for a file that is missing or is no index, CatalogError for one that is
    damaged or was written by another version.
    """
    return loads(_FILE.read(path), str(path))


def loads(data: bytes, where: str) -> EvidenceIndex:
    """Return the index of the bytes of a file; `where` names it in errors."""
    arrays, about = _FILE.unpack(data, where, later=("postings",))
    try:
        return _assemble(arrays, about)
    except (ValueError, KeyError, IndexError) as error:
        raise _FILE.damaged(where, error) from error


def load_postings(path: str | Path) -> Postings:
    """Return the list of records alone, in less time; errors as of `load`."""
    arrays, _ = _FILE.unpack(_FILE.read(path), str(path), _POSTINGS, later=("postings",))
    try:
        return postings_of(arrays)
    except (ValueError, KeyError, IndexError) as error:
        raise _FILE.damaged(str(path), error) from error


def postings_parts(records: Postings) -> dict[str, tuple[str, npt.NDArray[Any]]]:
    """Return the arrays of the list of records, each with its codec."""
    heavy = np.flatnonzero(records.weight != 1.0)
    # The length of a list follows from the frequency unless lists were joined.
    lengths = np.diff(records.offsets)
    odd = np.flatnonzero(lengths != _usual(records.frequency))
    return {
        "keys": ("wide", records.keys.view(np.int32)),
        "frequency": ("plain", np.minimum(records.frequency, 255).astype(np.uint8)),
        "frequency_big": ("plain", records.frequency[records.frequency >= 255]),
        "odd": ("plain", odd.astype(np.int32)),
        "odd_lengths": ("plain", lengths[odd].astype(np.int32)),
        "postings": ("narrow", records.postings),
        "works": ("plain", records.works),
        "heavy": ("narrow", heavy.astype(np.int32)),
        "heavy_weight": ("plain", records.weight[heavy]),
        "controls": ("text", from_lines(records.controls)),
    }


def postings_of(arrays: Arrays) -> Postings:
    """Return the list of records of the arrays of `postings_parts`."""
    frequency = arrays["frequency"].astype(np.int32)
    frequency[frequency == 255] = arrays["frequency_big"]
    lengths = _usual(frequency)
    lengths[arrays["odd"]] = arrays["odd_lengths"]
    weight = np.ones(len(arrays["works"]), np.float32)
    weight[arrays["heavy"]] = arrays["heavy_weight"]
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return Postings(
        keys=arrays["keys"].view(np.uint32),
        frequency=frequency,
        offsets=offsets,
        lists=arrays["postings"],
        works=arrays["works"],
        controls=Lines(arrays["controls"]),
        weight=weight,
    )


def _assemble(arrays: Arrays, about: dict[str, Any]) -> EvidenceIndex:
    records = postings_of(arrays)
    return EvidenceIndex(
        **{each.name: getattr(records, each.name) for each in fields(records)},
        numbers={axis: arrays[axis] for axis in _AXES},
        names={axis: to_lines(arrays[f"{axis}_names"]) for axis in _AXES},
        groups={
            (scheme, level): arrays[f"{scheme}/{level}"]
            for scheme, levels in LEVELS.items()
            for level in levels[:-1]
        },
        tables={scheme: _table(arrays[f"{scheme}_table"]) for scheme in LEVELS},
        about=about,
    )


def _usual(frequency: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return the length of each feature's list, where no lists were joined."""
    return np.where(frequency > CAP, np.int32(0), frequency)


def _table_text(table: Table) -> npt.NDArray[np.uint8]:
    """Return a line for each place: its key, then marks with their shares."""
    return from_lines(
        tuple(
            " ".join([str(key), *(f"{place.mark} {place.share}" for place in places)])
            for key, places in sorted(table.items())
        )
    )


def _table(data: npt.NDArray[np.uint8]) -> dict[int, tuple[Place, ...]]:
    table = {}
    for line in to_lines(data):
        key, *rest = line.split(" ")
        pairs = zip(rest[::2], rest[1::2], strict=True)
        table[int(key)] = tuple(Place(mark, float(share)) for mark, share in pairs)
    return table

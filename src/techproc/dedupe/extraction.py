"""The first pass: what is kept of each record, part by part, in whatever process reads it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.blocking import hashed
from techproc.dedupe.columns import Columns, Row, columns_from, row_of
from techproc.dedupe.edges import EdgeStore
from techproc.dedupe.entries import Entries
from techproc.dedupe.intake import Part, cut, read_features
from techproc.dedupe.store import ColumnStore, FeatureStore, pack
from techproc.findings import Finding

__all__ = ["Extract", "Found", "extract"]


@dataclass(frozen=True, slots=True)
class Extract:
    """What a part gave: its records one after the other, and a finding for what is no record.

    `seen` counts both. Each record has a number in the file, or from 1 in this part when that was
    `cut` from a file; a 001; features, packed, with their size; and columns and hashes of its keys.
    """

    file: str
    cut: bool
    seen: int
    findings: list[Finding]
    numbers: list[int]
    controls: list[str]
    packed: bytes
    sizes: NDArray[np.int64]
    columns: Columns
    hashes: NDArray[np.uint64]
    keys: NDArray[np.int32]  # how many each record has


def extract(part: Part) -> Extract:
    """Return what a part gives."""
    findings: list[Finding] = []
    numbers: list[int] = []
    controls: list[str] = []
    packed: list[bytes] = []
    rows: list[Row] = []
    keys: list[str] = []
    counts: list[int] = []
    for raw in cut(part):
        one = read_features(raw)
        if isinstance(one, Finding):
            findings.append(one)
            continue
        numbers.append(raw.number)
        controls.append(one.control)
        packed.append(pack(one))
        rows.append(row_of(one))
        keys += one.keys
        counts.append(len(one.keys))
    return Extract(
        part.file,
        bool(part.data),
        len(numbers) + len(findings),
        findings,
        numbers,
        controls,
        b"".join(packed),
        np.array([len(each) for each in packed], dtype=np.int64),
        columns_from(rows),
        hashed(keys),
        np.array(counts, dtype=np.int32),
    )


@dataclass(slots=True)
class Found:
    """The features and keys of all records, and what comparing them gives."""

    store: FeatureStore = field(default_factory=FeatureStore)
    columns: ColumnStore = field(default_factory=ColumnStore)
    edges: EdgeStore = field(default_factory=EdgeStore)
    entries: Entries = field(default_factory=Entries)
    hashes: list[NDArray[np.uint64]] = field(default_factory=list)
    keys: list[NDArray[np.int32]] = field(default_factory=list)  # how many keys each record has
    numbered: dict[str, int] = field(default_factory=dict)  # how many items each file had so far
    findings: list[Finding] = field(default_factory=list)
    rejected: int = 0

    def collect(self, part: Extract) -> None:
        """Add what the next part gave."""
        before = self.numbered.get(part.file, 0) if part.cut else 0
        self.numbered[part.file] = self.numbered.get(part.file, 0) + part.seen
        self.findings += [one.at(record=(one.record or 0) + before) for one in part.findings]
        self.rejected += len(part.findings)
        self.store.extend(part.packed, part.sizes)
        self.entries.add(part.file, [number + before for number in part.numbers], part.controls)
        self.columns.append(part.columns)
        self.hashes.append(part.hashes)
        self.keys.append(part.keys)

    def close(self) -> None:
        """Give the temporary files back."""
        self.store.close()
        self.columns.close()
        self.edges.close()

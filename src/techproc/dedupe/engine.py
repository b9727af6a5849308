"""Finding the duplicates in files: read, block, score, cluster, with two processes by default.

The first pass reads every record once and writes its columns and features to mapped files (`store`),
with the hashes of its match keys. Blocking gives pairs, some ten thousand at a time; scoring takes
their columns, and unpacks the features only of pairs that may be one. Both passes run in processes;
nothing depends on how many.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pymarc
from numpy.typing import NDArray

from techproc.config import MatchPolicy
from techproc.dedupe.blocking import Blocks, Places, find_blocks, hash_key, hashed
from techproc.dedupe.clusters import Cluster, cluster_components
from techproc.dedupe.columns import Columns, Row, columns_from, row_of
from techproc.dedupe.compare import (
    Comparison,
    compare_many,
)
from techproc.dedupe.edges import Edge, EdgeStore
from techproc.dedupe.intake import Part, Raw, cut, parts, read_features
from techproc.dedupe.rules import Rules, rules_of
from techproc.dedupe.scoring import Judged, Side
from techproc.dedupe.store import ColumnStore, FeatureStore, pack
from techproc.errors import TechprocError
from techproc.findings import Finding, Severity, Tally

__all__ = ["Entry", "Found", "Run", "find_in_files", "find_in_records"]

_BATCH = 500  # records to a process at a time
_PAIRS = 20_000  # pairs to a process at a time
_SMALL = 3_000  # records under which starting processes costs more than it saves
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a record of the run came from: file, number in it, 001."""

    file: str
    number: int
    control: str


@dataclass(slots=True)
class Run:
    """What a run found.

    `entries` are the records by position; `edges` every pair at or above the review limit;
    `clusters` the groups to show, `certain` those made of matches alone, which may be merged;
    `refused` the matches that would have joined groups that contradict each
    other; `findings` what was noticed: unreadable records, numbers used twice, keys too common.
    """

    entries: list[Entry]
    edges: Sequence[Edge]
    clusters: list[Cluster]
    certain: list[Cluster]
    refused: list[Edge]
    findings: list[Finding]
    tally: Tally
    compared: int
    store: FeatureStore
    rules: Rules

    def compare(self, pairs: Sequence[tuple[int, int]]) -> list[Comparison]:
        """Compare pairs of positions again, this time with all explanations."""
        first, second = (
            (self.store.take(side) for side in zip(*pairs, strict=True)) if pairs else ((), ())
        )
        return compare_many(first, second, self.rules)

    def close(self) -> None:
        """Give the temporary file back."""
        self.store.close()


@dataclass(slots=True)
class Found:
    """The features and keys of all records, and what comparing them gives."""

    store: FeatureStore = field(default_factory=FeatureStore)
    columns: ColumnStore = field(default_factory=ColumnStore)
    edges: EdgeStore = field(default_factory=EdgeStore)
    entries: list[Entry] = field(default_factory=list)
    hashes: list[NDArray[np.uint64]] = field(default_factory=list)
    keys: list[NDArray[np.int32]] = field(default_factory=list)  # how many keys each record has
    numbered: dict[str, int] = field(default_factory=dict)  # how many items each file had so far
    findings: list[Finding] = field(default_factory=list)
    rejected: int = 0

    def close(self) -> None:
        """Give the temporary files back."""
        self.store.close()
        self.columns.close()
        self.edges.close()


Decide = Callable[[Entry, Entry], str | None]


def find_in_files(
    paths: Iterable[str | Path],
    policy: MatchPolicy | None = None,
    *,
    processes: int = 2,
    block: int = 60,
    decided: Decide | None = None,
) -> Run:
    """Find the duplicates within and across files.

    `block` is the number of records that may share a match key before it is too common to use.
    `decided` gives a person's word on two entries: "same", "different" or None. The caller closes
    the run. Raises InputError for a file that can't be read at all, TechprocError when memory runs
    out.
    """
    rules = rules_of(policy or MatchPolicy())
    found = Found()
    try:
        with _mapper(processes, None) as run:
            for batch in run(_extract, parts(paths)):
                _collect(found, batch)
        return _finish(found, rules, processes, block, decided)
    except MemoryError as error:
        found.close()
        raise TechprocError(
            f"memory ran out at {len(found.entries):,} records: allow more, take one process, "
            "or spread the work over machines (--engine spark)"
        ) from error
    except BaseException:
        found.close()
        raise


def find_in_records(
    records: Iterable[pymarc.Record],
    policy: MatchPolicy | None = None,
    *,
    name: str = "records",
    block: int = 60,
    decided: Decide | None = None,
) -> Run:
    """Find the duplicates among records in memory, in this process."""
    found = Found()
    items = (Raw(name, number, b"", record) for number, record in enumerate(records, start=1))
    while batch := tuple(islice(items, _BATCH)):
        _collect(found, _extract(Part(name, items=batch)))
    return _finish(found, rules_of(policy or MatchPolicy()), 1, block, decided)


@dataclass(frozen=True, slots=True)
class _Extract:
    """What a part gave: of each record number, 001 and packed features; a finding for no record."""

    file: str
    cut: bool  # numbered from 1 within this part
    items: list[tuple[int, str, bytes] | Finding]
    columns: Columns
    hashes: NDArray[np.uint64]
    keys: NDArray[np.int32]


def _extract(part: Part) -> list[_Extract]:
    """Return what a part gives, some hundred records in each: as objects they are large."""
    records = cut(part)
    out = []
    while batch := list(islice(records, _BATCH)):
        items: list[tuple[int, str, bytes] | Finding] = []
        good: list[Row] = []
        keys: list[tuple[str, ...]] = []
        for raw in batch:
            one = read_features(raw)
            if isinstance(one, Finding):
                items.append(one)
            else:
                items.append((raw.number, one.control, pack(one)))
                good.append(row_of(one))
                keys.append(one.keys)
        every = hashed(key for some in keys for key in some)
        counts = np.array([len(some) for some in keys], dtype=np.int32)
        out.append(_Extract(part.file, bool(part.data), items, columns_from(good), every, counts))
    return out


def _collect(found: Found, some: list[_Extract]) -> None:
    for batch in some:
        before = found.numbered.get(batch.file, 0) if batch.cut else 0
        for item in batch.items:
            if isinstance(item, Finding):
                found.findings.append(item.at(record=(item.record or 0) + before))
                found.rejected += 1
                continue
            number, control, packed = item
            found.store.append(packed)
            found.entries.append(Entry(batch.file, number + before, control))
        found.columns.append(batch.columns)
        found.hashes.append(batch.hashes)
        found.keys.append(batch.keys)
    if some and some[0].cut:
        file = some[0].file
        seen = sum(len(batch.items) for batch in some)
        found.numbered[file] = found.numbered.get(file, 0) + seen


def _finish(found: Found, rules: Rules, processes: int, block: int, decided: Decide | None) -> Run:
    found.store.freeze()
    side = Side(found.columns.freeze(), found.store, rules)
    blocks = _block(found, block)
    findings = [*found.findings, *_repeated(found.entries), *_overflow(found, blocks, block)]
    if len(found.entries) < _SMALL:
        processes = 1
    edges = found.edges
    compared = 0
    with _mapper(processes, side) as run:
        for size, batch in run(_score, blocks.pairs(_PAIRS)):
            compared += size
            some = [Edge(*one) for one in batch]
            if decided is not None:
                some, told = _overrule(some, found.entries, decided)
                findings += told
            edges.append(some)
    edges.freeze()

    def look(pairs: list[tuple[int, int]]) -> list[Edge]:
        first, second = np.array(pairs, dtype=np.int64).T
        return [Edge(*one) for one in side.judge(first, second, least=0.0)]

    clusters, certain, refused = cluster_components(edges, look)
    tally = Tally(read=len(found.entries) + found.rejected, rejected=found.rejected)
    tally.merged = sum(len(cluster.records) - 1 for cluster in certain)
    tally.written = len(found.entries) - tally.merged
    tally.check()
    found.columns.close()
    edges.close()
    return Run(
        entries=found.entries,
        edges=edges,
        clusters=clusters,
        certain=certain,
        refused=refused,
        findings=findings,
        tally=tally,
        compared=compared,
        store=found.store,
        rules=rules,
    )


def _block(found: Found, largest: int) -> Blocks:
    none = np.empty(0, dtype=np.uint64)
    counts = np.concatenate([none.astype(np.int32), *found.keys])
    owners = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    every = np.concatenate([none, *found.hashes])
    found.hashes.clear()
    return find_blocks(every, owners, largest=largest)


def _repeated(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Tell which 001 stand on several records, and that some have none."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        if not entry.control:
            yield Finding(
                rule="dedupe.no-control-number",
                severity=Severity.WARNING,
                message="the record has no 001; it is called by its place in the file",
                file=entry.file,
                record=entry.number,
            )
        elif entry.control in seen:
            first = seen[entry.control]
            yield Finding(
                rule="dedupe.control-number-twice",
                severity=Severity.WARNING,
                control=entry.control,
                message=f"{first.file}, record {first.number} has the same 001",
                fix="give one of them another number before loading both",
                file=entry.file,
                record=entry.number,
            )
        else:
            seen[entry.control] = entry


def _overflow(found: Found, blocks: Blocks, largest: int) -> Iterator[Finding]:
    for record, number, size in blocks.overflow:
        one = found.store[record]
        key = next((key for key in one.keys if hash_key(key) == number), "?")
        yield Finding(
            rule="dedupe.common-key",
            severity=Severity.INFO,
            message=f"{size} records share the key {key!r}, more than {largest}: it was not used",
        )


def _overrule(
    edges: list[Edge], entries: Sequence[Entry], decided: Decide
) -> tuple[list[Edge], list[Finding]]:
    out, told = [], []
    for edge in edges:
        word = decided(entries[edge.first], entries[edge.second])
        if word is None:
            out.append(edge)
            continue
        band = "match" if word == "same" else "no"
        out.append(Edge(edge.first, edge.second, edge.probability, band, decided=True))
        if band != edge.band:
            told.append(
                Finding(
                    rule="dedupe.overruled",
                    severity=Severity.INFO,
                    control=entries[edge.first].control,
                    message=f"decided {word} as {entries[edge.second].control}, "
                    f"where the score says {edge.band}",
                )
            )
    return out, told


_state: Side | None = None  # what forked processes inherit


def _score(pairs: tuple[Places, Places]) -> tuple[int, list[Judged]]:
    """Return how many pairs there were, and those worth a look."""
    assert _state is not None
    return len(pairs[0]), _state.judge(*pairs, least=_state.rules.review)


_Map = Callable[[Callable[[T], U], Iterable[T]], Iterable[U]]


@contextmanager
def _mapper(processes: int, state: Side | None) -> Iterator[Any]:
    """Give a `map` over processes, in order; in this one when it is enough or can't fork."""
    global _state  # noqa: PLW0603  (inherited by the forked processes)
    _state = state
    try:
        if processes <= 1 or "fork" not in multiprocessing.get_all_start_methods():
            yield map
            return
        # The batches make no cycles, and looking for some takes a third of the time.
        with multiprocessing.get_context("fork").Pool(processes, gc.disable) as pool:
            yield _limited(pool, processes)
    finally:
        _state = None


def _limited(pool: Any, processes: int) -> Callable[..., Iterator[Any]]:
    """Return a `map` that keeps only a few batches under way, so that memory stays bounded."""

    def run(function: Callable[[T], U], items: Iterable[T]) -> Iterator[U]:
        waiting: list[Any] = []
        for item in items:
            waiting.append(pool.apply_async(function, (item,)))
            if len(waiting) > 2 * processes:
                yield waiting.pop(0).get()
        for result in waiting:
            yield result.get()

    return run

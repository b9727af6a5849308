"""Finding the duplicates in files: read, block, score, cluster, with two processes by default.

The first pass reads every record once and packs its features into a mapped file (`store`), with the
hashes of its match keys. Blocking gives pairs; scoring takes them by the ten thousand, unpacking
only the records a batch needs. Both passes run in processes; nothing depends on how many.
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
from techproc.dedupe.blocking import Blocks, candidate_pairs, hash_key, hashed
from techproc.dedupe.clusters import Cluster, Edge, cluster_records
from techproc.dedupe.columns import columns_of
from techproc.dedupe.compare import (
    Comparison,
    band_of,
    compare_many,
    field_points,
    joins,
    total,
)
from techproc.dedupe.intake import Raw, raw_items, read_features
from techproc.dedupe.rules import Rules, rules_of
from techproc.dedupe.store import FeatureStore, pack
from techproc.dedupe.vetoes import vetoes_of
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
    edges: list[Edge]
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
    """The features and keys of all records, before they are compared."""

    store: FeatureStore = field(default_factory=FeatureStore)
    entries: list[Entry] = field(default_factory=list)
    hashes: list[NDArray[np.uint64]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rejected: int = 0


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
    the run. Raises InputError for a file that can't be read at all.
    """
    rules = rules_of(policy or MatchPolicy())
    found = Found()
    try:
        with _mapper(processes, None) as run:
            for batch in run(_extract, _batches(raw_items(paths), _BATCH)):
                _collect(found, batch)
        return _finish(found, rules, processes, block, decided)
    except BaseException:
        found.store.close()
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
    for number, record in enumerate(records, start=1):
        _collect(found, [_packed(Raw(name, number, b"", record))])
    return _finish(found, rules_of(policy or MatchPolicy()), 1, block, decided)


_Packed = tuple[str, int, str, bytes, bytes] | Finding


def _extract(batch: list[Raw]) -> list[_Packed]:
    return [_packed(raw) for raw in batch]


def _packed(raw: Raw) -> _Packed:
    one = read_features(raw)
    if isinstance(one, Finding):
        return one
    return raw.file, raw.number, one.control, pack(one), hashed(one.keys).tobytes()


def _collect(found: Found, batch: list[_Packed]) -> None:
    for item in batch:
        if isinstance(item, Finding):
            found.findings.append(item)
            found.rejected += 1
            continue
        file, number, control, packed, keys = item
        found.store.append(packed)
        found.entries.append(Entry(file, number, control))
        found.hashes.append(np.frombuffer(keys, dtype=np.uint64))


def _finish(found: Found, rules: Rules, processes: int, block: int, decided: Decide | None) -> Run:
    found.store.freeze()
    blocks = _block(found, block)
    findings = [*found.findings, *_repeated(found.entries), *_overflow(found, blocks, block)]
    if len(found.entries) < _SMALL:
        processes = 1
    edges: list[Edge] = []
    with _mapper(processes, (found.store, rules)) as run:
        for batch in run(_score, _slices(blocks)):
            edges += [Edge(i, j, p, band, joined) for i, j, p, band, joined in batch]
    if decided is not None:
        edges, told = _overrule(edges, found.entries, decided)
        findings += told

    def look(pairs: list[tuple[int, int]]) -> list[Edge]:
        first, second = ([found.store[i] for i in side] for side in zip(*pairs, strict=True))
        return [
            Edge(i, j, one.probability, one.band)
            for (i, j), one in zip(pairs, compare_many(first, second, rules), strict=True)
        ]

    clusters, _ = cluster_records(edges, certain=False, look=look)
    certain, refused = cluster_records(edges, look=look)
    tally = Tally(read=len(found.entries) + found.rejected, rejected=found.rejected)
    tally.merged = sum(len(cluster.records) - 1 for cluster in certain)
    tally.written = len(found.entries) - tally.merged
    tally.check()
    edges.sort(key=lambda edge: (edge.first, edge.second))
    return Run(
        entries=found.entries,
        edges=edges,
        clusters=clusters,
        certain=certain,
        refused=refused,
        findings=findings,
        tally=tally,
        compared=len(blocks.first),
        store=found.store,
        rules=rules,
    )


def _block(found: Found, largest: int) -> Blocks:
    counts = [len(keys) for keys in found.hashes]
    owners = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    every = np.concatenate(found.hashes) if found.hashes else np.empty(0, dtype=np.uint64)
    found.hashes.clear()
    return candidate_pairs(every, owners, largest=largest)


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


def _slices(blocks: Blocks) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    for start in range(0, len(blocks.first), _PAIRS):
        end = start + _PAIRS
        yield blocks.first[start:end], blocks.second[start:end]


_state: tuple[FeatureStore, Rules] | None = None  # what forked processes inherit


def _score(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> list[tuple[int, int, float, str, bool]]:
    """Return (first, second, probability, band, joins) of the pairs worth a look."""
    assert _state is not None
    store, rules = _state
    wanted, places = np.unique(np.concatenate(pairs), return_inverse=True)
    records = store.take(wanted.tolist())
    columns = columns_of(records)
    at, to = places[: len(pairs[0])], places[len(pairs[0]) :]
    probability = rules.weights.probability(
        total(field_points(columns, at, columns, to, rules), rules)
    )
    out = []
    for i in np.flatnonzero(probability >= rules.review).tolist():
        a, b = records[at[i]], records[to[i]]
        vetoes, p = vetoes_of(a, b, rules.strengths), float(probability[i])
        band = band_of(p, vetoes, rules)
        out.append((int(pairs[0][i]), int(pairs[1][i]), p, band, joins(p, vetoes, rules)))
    return out


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    stream: Iterator[T] = iter(items)
    while batch := list(islice(stream, size)):
        yield batch


_Map = Callable[[Callable[[T], U], Iterable[T]], Iterable[U]]


@contextmanager
def _mapper(processes: int, state: tuple[FeatureStore, Rules] | None) -> Iterator[Any]:
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

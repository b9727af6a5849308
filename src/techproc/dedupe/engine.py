"""Finding the duplicates in files: read, block, score, cluster, with two processes by default.

The first pass reads every record once and writes its columns and features to mapped files (`store`),
with the hashes of its match keys. Blocking gives pairs, some ten thousand at a time; scoring takes
their columns, and unpacks the features only of pairs that may be one. Both passes run in processes;
nothing depends on how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pymarc
from numpy.typing import NDArray

from techproc.config import MatchPolicy
from techproc.dedupe.blocking import Blocks, Places, find_blocks, hash_key
from techproc.dedupe.clusters import Cluster, cluster_components, rank
from techproc.dedupe.compare import Comparison, compare_many
from techproc.dedupe.edges import Edge, EdgeStore, edge_columns, edges_of
from techproc.dedupe.entries import Entry, repeated_numbers
from techproc.dedupe.extraction import Found, extract
from techproc.dedupe.intake import Part, Raw, parts
from techproc.dedupe.rules import Rules, rules_of
from techproc.dedupe.scoring import Side
from techproc.dedupe.store import FeatureStore
from techproc.errors import TechprocError
from techproc.findings import Finding, Severity, Tally
from techproc.workers import in_order

__all__ = ["Entry", "Found", "Run", "find_in_files", "find_in_records"]

_BATCH = 500  # records in memory that are read at a time
_PAIRS = 20_000  # pairs to a process at a time
_as_tuple = attrgetter(*Edge.__slots__)


@dataclass(slots=True)
class Run:
    """What a run found.

    `entries` are the records by position; `edges` every pair at or above the review limit;
    `clusters` the groups to show, `certain` those made of matches alone, which may be merged;
    `refused` the matches that would have joined groups that contradict each
    other; `findings` what was noticed: unreadable records, numbers used twice, keys too common.
    """

    entries: Sequence[Entry]
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
        with closing(in_order(extract, parts(paths), processes)) as extracted:
            for part in extracted:
                found.collect(part)
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
        found.collect(extract(Part(name, items=batch)))
    return _finish(found, rules_of(policy or MatchPolicy()), 1, block, decided)


def _finish(found: Found, rules: Rules, processes: int, block: int, decided: Decide | None) -> Run:
    found.store.freeze()
    side = Side(found.columns.freeze(), found.store, rules)
    blocks = _block(found, block)
    findings = [*found.findings, *repeated_numbers(found.entries), *_overflow(found, blocks, block)]
    edges = found.edges
    compared = 0
    with closing(in_order(partial(_score, side), blocks.pairs(_PAIRS), processes)) as scored:
        for size, some in scored:
            compared += size
            if decided is None:
                edges.extend(some)
            else:
                judged, told = _overrule(edges_of(some), found.entries, decided)
                findings += told
                edges.append(judged)
    edges.freeze()
    components = iter(edges.parts())
    with closing(in_order(partial(_group, side, edges), components, processes)) as grouped:
        clusters, certain, refused = _united(grouped)
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


def _score(side: Side, pairs: tuple[Places, Places]) -> tuple[int, list[NDArray[Any]]]:
    """Return how many pairs there were, and those worth a look, as columns."""
    judged = side.judge(*pairs, least=side.rules.review)
    return len(pairs[0]), edge_columns((*one, False) for one in judged)


# A group and its edges as plain tuples, which travel between processes for a fraction.
_Plain = tuple[tuple[int, ...], list[tuple[Any, ...]], tuple[str, ...]]


def _group(
    side: Side, edges: EdgeStore, part: tuple[int, int]
) -> tuple[list[_Plain], list[_Plain], list[tuple[Any, ...]]]:
    """Return the groups of some components, those of matches alone, and the matches refused."""

    def look(pairs: list[tuple[int, int]]) -> list[Edge]:
        first, second = np.array(pairs, dtype=np.int64).T
        return [Edge(*one) for one in side.judge(first, second, least=0.0)]

    clusters, certain, refused = cluster_components(edges.components([part]), look)
    plain, sure = (
        [(one.records, list(map(_as_tuple, one.edges)), one.flags) for one in groups]
        for groups in (clusters, certain)
    )
    return plain, sure, list(map(_as_tuple, refused))


def _united(
    parts: Iterable[tuple[list[_Plain], list[_Plain], list[tuple[Any, ...]]]],
) -> tuple[list[Cluster], list[Cluster], list[Edge]]:
    """Return what all components gave, in the order that one call for all would give."""
    clusters: list[Cluster] = []
    certain: list[Cluster] = []
    refused: list[Edge] = []
    for plain, sure, against in parts:
        for some, groups in ((plain, clusters), (sure, certain)):
            groups += [
                Cluster(records, tuple([Edge(*edge) for edge in edges]), flags)
                for records, edges, flags in some
            ]
        refused += [Edge(*edge) for edge in against]
    for groups in (clusters, certain):
        groups.sort(key=lambda cluster: cluster.records)
    return clusters, certain, sorted(refused, key=rank)

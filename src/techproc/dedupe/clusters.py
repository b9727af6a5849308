"""Groups of records that are one: built edge by edge, the best first, and never by chains alone.

Joining whatever is connected turns one wrong pair into a group of hundreds. Here two groups are
joined only when no pair across them is vetoed, and at least half of the pairs across are matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from techproc.dedupe.edges import Edge

__all__ = ["Cluster", "cluster_components", "cluster_records", "rank"]

# Compares pairs that blocking never brought together.
Look: TypeAlias = Callable[[list[tuple[int, int]]], list[Edge]]

LARGEST = 6  # a group that grows beyond this is flagged


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that are one: `edges` hold it together, `flags` say why a person should look."""

    records: tuple[int, ...]
    edges: tuple[Edge, ...]
    flags: tuple[str, ...] = ()


def cluster_records(
    edges: Sequence[Edge],
    *,
    certain: bool = True,
    support: float = 0.5,
    largest: int = LARGEST,
    look: Look | None = None,
) -> tuple[list[Cluster], list[Edge]]:
    """Return the groups of two and more, and the matches that were refused.

    `edges` are all compared pairs that a person or the score thought possible; `look` compares
    pairs that blocking never brought together, so that joining two groups always sees every pair
    across them. With `certain` groups are made of matches alone, else also of pairs that `joins`;
    what rests on those is flagged. The outcome does not depend on the order of `edges`.

    >>> a, b, c = Edge(0, 1, .99, "match"), Edge(1, 2, .98, "match"), Edge(0, 2, .1, "no")
    >>> [group.records for group in cluster_records([a, b, c])[0]]
    [(0, 1)]
    """
    known: dict[tuple[int, int], Edge] = {}
    for edge in sorted(edges, key=rank, reverse=True):
        known.setdefault(_pair(edge.first, edge.second), edge)
    group_of: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    refused: list[Edge] = []
    ranked = sorted((e for e in known.values() if _holds(e, certain)), key=rank)
    for edge in ranked:
        for record in (edge.first, edge.second):
            if record not in group_of:
                group_of[record] = record
                members[record] = [record]
        one, other = group_of[edge.first], group_of[edge.second]
        if one == other:
            continue
        if not _may_join(members[one], members[other], known, certain, support, look):
            refused.append(edge)
            continue
        keep, drop = (one, other) if len(members[one]) >= len(members[other]) else (other, one)
        for record in members[drop]:
            group_of[record] = keep
        members[keep] += members.pop(drop)
    return _clusters(members, known, refused, group_of, largest), refused


def cluster_components(
    components: Iterable[Sequence[Edge]], look: Look | None = None
) -> tuple[list[Cluster], list[Cluster], list[Edge]]:
    """Return the groups to show, those made of matches alone, and the matches that these refused.

    The same as `cluster_records` of all their edges without and with `certain`, but one connected
    component after another, so that only the edges of some are objects at a time.
    """
    clusters: list[Cluster] = []
    certain: list[Cluster] = []
    refused: list[Edge] = []
    for some in components:
        clusters += cluster_records(some, certain=False, look=look)[0]
        sure, against = cluster_records(some, look=look)
        certain += sure
        refused += against
    for groups in (clusters, certain):
        groups.sort(key=lambda cluster: cluster.records)
    return clusters, certain, sorted(refused, key=rank)


def _holds(edge: Edge, certain: bool) -> bool:
    return edge.band == "match" or (not certain and edge.joins)


def rank(edge: Edge) -> tuple[bool, float, int, int]:
    """Return what edges are ordered by: a person's word first, then the best, then by position."""
    return not edge.decided, -edge.probability, edge.first, edge.second


def _pair(first: int, second: int) -> tuple[int, int]:
    return (first, second) if first < second else (second, first)


def _may_join(
    one: list[int],
    other: list[int],
    known: dict[tuple[int, int], Edge],
    certain: bool,
    support: float,
    look: Look | None,
) -> bool:
    pairs = [_pair(x, y) for x in one for y in other]
    unseen = [pair for pair in pairs if pair not in known]
    if unseen and look is not None:
        for edge in look(unseen):
            known[_pair(edge.first, edge.second)] = edge
    across = [known[pair] for pair in pairs if pair in known]
    if any(edge.band == "no" for edge in across):
        return False
    matches = sum(_holds(edge, certain) for edge in across)
    return matches >= support * len(pairs)


def _clusters(
    members: Mapping[int, list[int]],
    known: Mapping[tuple[int, int], Edge],
    refused: Sequence[Edge],
    group_of: Mapping[int, int],
    largest: int,
) -> list[Cluster]:
    torn: dict[int, int] = {}
    for one in refused:
        for record in (one.first, one.second):
            torn[group_of[record]] = torn.get(group_of[record], 0) + 1
    out = []
    for name, records in members.items():
        if len(records) < 2:
            continue
        ordered = tuple(sorted(records))
        inside = [
            edge
            for i, x in enumerate(ordered)
            for y in ordered[i + 1 :]
            if (edge := known.get((x, y))) is not None
        ]
        flags = []
        if len(records) > largest:
            flags.append(f"{len(records)} records: more than {largest}")
        if name in torn:
            flags.append(f"{torn[name]} more matches were refused: they contradict the others")
        if weak := sum(edge.band != "match" for edge in inside):
            flags.append(f"{weak} of {len(inside)} pairs inside are no sure match")
        held = tuple(edge for edge in inside if edge.band == "match" or edge.joins)
        out.append(Cluster(ordered, held, tuple(flags)))
    return sorted(out, key=lambda cluster: cluster.records)

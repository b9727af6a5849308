"""The compared pairs that are worth a look, as columns in temporary files mapped into memory.

As objects a million of them are some two hundred megabytes; as columns twenty, which the system
drops from memory under pressure. Objects are made of those alone that are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.store import Spool

__all__ = ["Edge", "EdgeStore", "edge_columns", "edges_of"]

_BANDS = ("match", "review", "no")
_KINDS: dict[str, type[np.generic]] = {
    "first": np.int32,
    "second": np.int32,
    "probability": np.float64,
    "band": np.uint8,
    "joins": np.bool_,
    "decided": np.bool_,
}
_BAND = 3  # the place of the band among them
_AT_ONCE = 10_000  # edges that are objects at one time


@dataclass(frozen=True, slots=True)
class Edge:
    """A compared pair: positions, probability, and band ("match", "review" or "no").

    `joins` is true when the pair may stand in one group although it is no match; `decided` when a
    person said so.
    """

    first: int
    second: int
    probability: float
    band: str
    joins: bool = False
    decided: bool = False


def edge_columns(rows: Iterable[tuple[int, int, float, str, bool, bool]]) -> list[NDArray[Any]]:
    """Return the columns of edges that are given by what `Edge` holds of each."""
    columns = list(zip(*rows, strict=True)) or [()] * len(_KINDS)
    columns[_BAND] = tuple(map(_BANDS.index, columns[_BAND]))
    return [np.array(c, dtype=kind) for c, kind in zip(columns, _KINDS.values(), strict=True)]


def edges_of(columns: Iterable[NDArray[Any]]) -> list[Edge]:
    """Return the edges that columns hold."""
    return [
        Edge(first, second, probability, _BANDS[band], joins, decided)
        for first, second, probability, band, joins, decided in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


@dataclass(frozen=True, slots=True)
class _Sets:
    """Connected sets, one after the other."""

    roots: NDArray[np.int32]  # of each record, the least of its set
    starts: NDArray[np.int64]  # of the edges of each record, as the sets name them
    counts: NDArray[np.int64]
    ends: NDArray[np.int64]  # where each set ends among these records


class EdgeStore(Sequence[Edge]):
    """Edges in rising order of their first record; filled, then frozen and read.

    >>> edges = EdgeStore()
    >>> edges.append([Edge(0, 1, 0.99, "match"), Edge(2, 3, 0.5, "review")])
    >>> edges.freeze()
    >>> len(edges), edges[-1].band, [edge.second for edge in edges[:1]]
    (2, 'review', [1])
    >>> edges.close()
    """

    def __init__(self) -> None:
        self._spools = {name: Spool() for name in _KINDS}
        self._columns: dict[str, NDArray[Any]] = {}
        self._sets: _Sets | None = None
        self._last = 0

    def append(self, edges: Iterable[Edge]) -> None:
        """Add edges; raises ValueError when their first record is before that of the last one."""
        self.extend(
            edge_columns(
                (e.first, e.second, e.probability, e.band, e.joins, e.decided) for e in edges
            )
        )

    def extend(self, columns: Sequence[NDArray[Any]]) -> None:
        """Add edges as `edge_columns` gives them; raises ValueError as `append` does."""
        first = columns[0]
        if not len(first):
            return
        if np.any(np.diff(first, prepend=self._last) < 0):
            raise ValueError("edges are added in rising order of their first record")
        self._last = int(first[-1])
        for spool, column in zip(self._spools.values(), columns, strict=True):
            spool.write(column.tobytes())

    def freeze(self) -> None:
        """Make what was added readable; nothing more can be added."""
        for name, kind in _KINDS.items():
            self._spools[name].freeze()
            self._columns[name] = np.frombuffer(self._spools[name].view, kind)

    def close(self) -> None:
        """Give the files back; edges that were frozen can be read as long as the store is held."""
        for spool in self._spools.values():
            spool.close()

    def __len__(self) -> int:
        return self._spools["band"].size

    @overload
    def __getitem__(self, index: int) -> Edge: ...

    @overload
    def __getitem__(self, index: slice) -> list[Edge]: ...

    def __getitem__(self, index: int | slice) -> Edge | list[Edge]:
        if isinstance(index, slice):
            return self._take(index)
        return self._take([range(len(self))[index]])[0]

    def __iter__(self) -> Iterator[Edge]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self._take(slice(start, start + _AT_ONCE))

    def _take(self, at: slice | list[int] | NDArray[np.int64]) -> list[Edge]:
        return edges_of(column[at] for column in self._columns.values())

    def components(self, parts: Iterable[tuple[int, int]] | None = None) -> Iterator[list[Edge]]:
        """Yield the edges within each set of records that matches, or pairs that join, connect.

        Edges between two sets are in none: they hold nothing together. With `parts`, some of those
        that `parts` gave, only the sets of these.
        """
        for begin, end in self.parts() if parts is None else parts:
            yield from self._within(begin, end)

    def parts(self) -> list[tuple[int, int]]:
        """Return the connected sets in parts, each of about as many edges as may be objects."""
        if not len(self):
            return []
        sets = self._sets = self._sets or self._connect()
        so_far = np.cumsum(sets.counts)
        found = []
        begin, end = 0, len(so_far)
        while begin < end:
            done = int(so_far[begin - 1]) if begin else 0
            full = int(np.searchsorted(so_far, done + _AT_ONCE))
            last = int(np.searchsorted(sets.ends, full, side="right"))
            stop = int(sets.ends[min(last, len(sets.ends) - 1)])
            found.append((begin, stop))
            begin = stop
        return found

    def _connect(self) -> _Sets:
        first = self._columns["first"]
        roots = self._roots()
        order = np.argsort(roots, kind="stable").astype(np.int32)  # set by set
        starts = np.searchsorted(first, order)
        counts = np.searchsorted(first, order, side="right") - starts
        return _Sets(roots, starts, counts, np.flatnonzero(np.diff(roots[order], append=-1)) + 1)

    def _within(self, begin: int, end: int) -> Iterator[list[Edge]]:
        sets = self._sets
        assert sets is not None  # `parts` was asked for
        some = sets.counts[begin:end]
        before = np.cumsum(some) - some
        places = np.repeat(sets.starts[begin:end] - before, some) + np.arange(some.sum())
        of = sets.roots[self._columns["first"][places]]
        inside = of == sets.roots[self._columns["second"][places]]
        edges, of = self._take(places[inside]), of[inside]
        start = 0
        for stop in (np.flatnonzero(np.diff(of, append=-1)) + 1).tolist():
            yield edges[start:stop]
            start = stop

    def _roots(self) -> NDArray[np.int32]:
        """Return for each record the least of those it is connected with."""
        first, second = self._columns["first"], self._columns["second"]
        holds = (self._columns["band"] == 0) | self._columns["joins"]
        roots = np.arange(max(int(first.max()), int(second.max())) + 1, dtype=np.int32)
        one, other = first[holds], second[holds]
        while len(one):
            # The greater of two roots goes under the lesser; then all go straight to their root.
            x, y = roots[one], roots[other]
            apart = x != y
            one, other, x, y = one[apart], other[apart], x[apart], y[apart]
            np.minimum.at(roots, np.maximum(x, y), np.minimum(x, y))
            while not np.array_equal(above := roots[roots], roots):
                roots = above
        return roots

"""The compared pairs that are worth a look, as columns in temporary files mapped into memory.

As objects a million of them are some two hundred megabytes; as columns twenty, which the system
drops from memory under pressure. Objects are made of those alone that are looked at.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.store import Spool

__all__ = ["Edge", "EdgeStore"]

_BANDS = ("match", "review", "no")
_KINDS: dict[str, type[np.generic]] = {
    "first": np.int32,
    "second": np.int32,
    "probability": np.float64,
    "band": np.uint8,
    "joins": np.bool_,
    "decided": np.bool_,
}
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
        self._last = 0

    def append(self, edges: Iterable[Edge]) -> None:
        """Add edges; raises ValueError when their first record is before that of the last one."""
        rows = [
            (e.first, e.second, e.probability, _BANDS.index(e.band), e.joins, e.decided)
            for e in edges
        ]
        if not rows:
            return
        values = [np.array(column) for column in zip(*rows, strict=True)]
        if np.any(np.diff(values[0], prepend=self._last) < 0):
            raise ValueError("edges are added in rising order of their first record")
        self._last = rows[-1][0]
        for (name, kind), column in zip(_KINDS.items(), values, strict=True):
            self._spools[name].write(column.astype(kind).tobytes())

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
        columns = [column[at].tolist() for column in self._columns.values()]
        return [
            Edge(first, second, probability, _BANDS[band], joins, decided)
            for first, second, probability, band, joins, decided in zip(*columns, strict=True)
        ]

    def components(self) -> Iterator[list[Edge]]:
        """Yield the edges within each set of records that matches, or pairs that join, connect.

        Edges between two sets are in none: they hold nothing together.
        """
        if not len(self):
            return
        first, second = self._columns["first"], self._columns["second"]
        roots = self._roots()
        order = np.argsort(roots, kind="stable").astype(np.int32)  # set by set
        starts = np.searchsorted(first, order)
        counts = np.searchsorted(first, order, side="right") - starts
        so_far = np.cumsum(counts)
        ends = np.flatnonzero(np.diff(roots[order], append=-1)) + 1  # of the sets
        begin = 0
        while begin < len(order):
            # Whole sets, together about as many edges as may be objects.
            done = int(so_far[begin - 1]) if begin else 0
            full = int(np.searchsorted(so_far, done + _AT_ONCE))
            last = int(np.searchsorted(ends, full, side="right"))
            end = int(ends[min(last, len(ends) - 1)])
            some = counts[begin:end]
            before = np.cumsum(some) - some
            places = np.repeat(starts[begin:end] - before, some) + np.arange(some.sum())
            of = roots[first[places]]
            inside = of == roots[second[places]]
            edges, of = self._take(places[inside]), of[inside]
            start = 0
            for stop in (np.flatnonzero(np.diff(of, append=-1)) + 1).tolist():
                yield edges[start:stop]
                start = stop
            begin = end

    def _roots(self) -> NDArray[np.int32]:
        """Return for each record the least of those it is connected with."""
        first, second = self._columns["first"], self._columns["second"]
        parent = array("i", range(max(int(first.max()), int(second.max())) + 1))

        def root(record: int) -> int:
            while parent[record] != record:
                parent[record] = parent[parent[record]]
                record = parent[record]
            return record

        for start in range(0, len(self), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            holds = (self._columns["band"][part] == 0) | self._columns["joins"][part]
            pairs = zip(first[part][holds].tolist(), second[part][holds].tolist(), strict=True)
            for one, other in pairs:
                a, b = root(one), root(other)
                parent[max(a, b)] = min(a, b)
        return np.fromiter(map(root, range(len(parent))), np.int32, len(parent))

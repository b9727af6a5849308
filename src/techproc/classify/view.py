"""An index seen at one level of one scheme: letters, class, three digits, full number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from techproc.classify.coarse import Coarse, Floats, Places
from techproc.classify.evidence import Axis, EvidenceIndex, pattern_axis
from techproc.classify.features import Feature
from techproc.classify.numbers import Level, Scheme, cut

__all__ = ["SILENT", "View"]

Counted = npt.NDArray[np.float64]

SILENT = np.float32(-9.0)  # logarithm of the share where nobody has an opinion


class View:
    """An index seen at one level of one scheme: the number of each record, cut there.

    With `patterns`, seen by what is left of the full numbers without their places (`tables`).
    """

    def __init__(
        self, index: EvidenceIndex, scheme: Scheme, level: Level, *, patterns: bool = False
    ) -> None:
        self.index, self.scheme, self.level = index, scheme, level
        self._above: dict[Level, Places] = {}
        self._coarse: Places | None = None
        axis: Axis = pattern_axis(scheme) if patterns else scheme
        self._names = index.names[axis]
        self._by_class = axis == "lcc"
        own = index.numbers[axis]
        if level == "full":
            self.number = own
            self.size = len(self._names)
        else:
            groups = index.groups[scheme, level]
            self.size = int(groups[-1]) + 1 if len(groups) else 0
            self.number = np.append(groups, np.int32(-1))[own] if len(own) else own

    @cached_property
    def count(self) -> npt.NDArray[np.float64]:
        """Return how many records have each number, each by its weight."""
        known = self.number >= 0
        count = np.bincount(self.number[known], self.index.weight[known], minlength=self.size)
        return np.asarray(count, np.float64)

    @cached_property
    def common(self) -> npt.NDArray[np.float64]:
        """Return how common each number is, smoothed by half a record."""
        smooth: npt.NDArray[np.float64] = (self.count + 0.5) / self._all
        return smooth

    @cached_property
    def _all(self) -> float:
        return float(self.count.sum()) + 0.5 * max(self.size, 1)

    def left(self, query: Places, number: Places, own: tuple[Places, Places]) -> Counted:
        """Return the count of each number when records of the query's own work do not count.

        `own` are pairs of query and record. Numbers from the size on are in no record.
        """
        count = np.append(self.count, 0.0)[np.minimum(number, self.size)]
        of_query, record = own
        places = self.number[record].astype(np.int64)
        known = places >= 0
        key = of_query[known] * (self.size + 1) + places[known]
        keys, at = np.unique(key, return_inverse=True)
        if len(keys):
            less = np.bincount(at, self.index.weight[record[known]])
            wanted = query * (self.size + 1) + np.minimum(number, self.size)
            place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            same = keys[place] == wanted
            count[same] -= less[place[same]]
        return count

    def commonness(self, count: Counted) -> Counted:
        """Return how common numbers of such counts are, smoothed by half a record."""
        smooth: Counted = (count + 0.5) / self._all
        return smooth

    @cached_property
    def patterns(self) -> View:
        """Return the same index seen by what its numbers are without their places."""
        return View(self.index, self.scheme, "full", patterns=True)

    @cached_property
    def by_name(self) -> dict[str, int]:
        """Return the number of each full name."""
        return {name: place for place, name in enumerate(self._names)}

    @cached_property
    def first(self) -> Places:
        """Return for each number the first name that is cut to it."""
        if self.level == "full":
            return np.arange(self.size)
        groups = self.index.groups[self.scheme, self.level]
        return np.searchsorted(groups, np.arange(self.size))

    def name(self, number: int) -> str:
        """Return the text of a number."""
        return cut(self._names[int(self.first[number])], self.level)

    def place(self, number: str) -> int | None:
        """Return the number that has a text, or None."""
        if self.level == "full":
            return self.by_name.get(number)
        names = self._names
        order = (lambda n: (cut(n, "class"), n)) if self._by_class else None
        wanted = (cut(number, "class"), number) if self._by_class else number
        at = bisect_left(names, wanted, key=order)  # type: ignore[arg-type]
        if at == len(names) or cut(names[at], self.level) != number:
            return None
        return int(self.index.groups[self.scheme, self.level][at])

    def above(self, coarser: View) -> Places:
        """Return for each number here the number it has at a coarser level."""
        if coarser.level not in self._above:
            groups = self.index.groups[self.scheme, coarser.level]
            moved = groups[self.first].astype(np.int64) if self.size else np.zeros(0, np.int64)
            self._above[coarser.level] = moved
        return self._above[coarser.level]

    def opinions(self, coarse: Coarse, records: Sequence[Sequence[Feature]]) -> list[Floats]:
        """Return what is thought of each record and number here; silent on those unheard of."""
        places = self._places(coarse)
        known = places >= 0
        told = []
        for opinion in coarse(records):
            moved = np.full((len(records), max(self.size, 1)), SILENT, np.float32)
            moved[:, places[known]] = opinion[:, known]
            told.append(moved)
        return told

    def _places(self, coarse: Coarse) -> Places:
        if self._coarse is None:
            places = [self.place(name) for name in coarse.names]
            self._coarse = np.array([-1 if p is None else p for p in places], np.int64)
        return self._coarse

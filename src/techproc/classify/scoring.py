"""From the features of records to candidate numbers, each with what speaks for it, as arrays.

Everything works on a batch of records at once: numpy's cost is by call, so a batch of 64 costs
little more than one record. The inputs of a candidate are, for each kind of feature,

- the greatest share: of the records that carry one such feature, the part that has the number
  (support × purity: n of N count as n / (N + 1), so that one record of one says less than nine of
  ten),
- the summed surprise: log(1 + n / (5 p)) over the features, where p is how common the number is,

and besides, how common the number is, a first rough score, and what the coarser level made of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from techproc.classify.evidence import EvidenceIndex, Ints
from techproc.classify.features import CROSSWALK, KINDS, Feature
from techproc.classify.numbers import Level, Scheme, cut

__all__ = [
    "INPUTS",
    "ROUGH",
    "SUBSTANCE",
    "TOP",
    "Candidates",
    "Hits",
    "Query",
    "View",
    "candidates",
    "look_up",
]

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

TOP = 40
# A rough weight by kind, only to choose which candidates are looked at closely.
ROUGH = np.array(
    [
        *(3, 4, 2, 3, 2, 3, 2, 3, 0.3, 1, 0.7, 1.2, 1, 2, 0.5, 1.5),
        *(2, 0.1, 0.1, 0.3, 0.1, 0.1, 0.8, 0.3, 1, 1, 1, 0.05, 3, 1, 3, 2),
    ]
)
# Kinds that say something about the subject, unlike codes of language, place and form.
SUBSTANCE = np.array([k.group not in ("code", "publisher", "subdivision") for k in KINDS])
# Kinds kept in a small index though one record alone has the feature: headings and authors.
RARE = np.isin(np.arange(len(KINDS)), [0, 2, 4, 6, 13])
_SURPRISE = 5.0
INPUTS = 3 * len(KINDS) + 4
# Below the coarsest level, features this common say nothing that the coarser level did not.
COMMON = 500


@dataclass(frozen=True, slots=True)
class Query:
    """One record to find numbers for: its features and the work it belongs to."""

    features: Sequence[Feature]
    work: int


@dataclass(frozen=True, slots=True)
class Hits:
    """The records found for a batch, one row for each feature and record.

    `feature` is the row's place among the features that were found; `kind`, `query`, `frequency`
    and `source` describe those (source: place within the query's own features).
    """

    feature: Places
    record: Ints
    kind: Ints
    query: Ints
    source: Ints
    frequency: Ints
    queries: int


class View:
    """An index seen at one level of one scheme: the number of each record, cut there."""

    def __init__(self, index: EvidenceIndex, scheme: Scheme, level: Level) -> None:
        self.index, self.scheme, self.level = index, scheme, level
        self._above: dict[Level, Places] = {}
        own = index.numbers[scheme]
        if level == "full":
            self.number = own
            self.size = len(index.names[scheme])
        else:
            groups = index.groups[scheme, level]
            self.size = int(groups[-1]) + 1 if len(groups) else 0
            self.number = np.append(groups, np.int32(-1))[own] if len(own) else own

    @cached_property
    def common(self) -> npt.NDArray[np.float64]:
        """Return how common each number is, smoothed by half a record."""
        known = self.number >= 0
        count = np.bincount(self.number[known], self.index.weight[known], minlength=self.size)
        smooth: npt.NDArray[np.float64] = (count + 0.5) / (count.sum() + 0.5 * max(self.size, 1))
        return smooth

    @cached_property
    def first(self) -> Places:
        """Return for each number the first name that is cut to it."""
        if self.level == "full":
            return np.arange(self.size)
        groups = self.index.groups[self.scheme, self.level]
        return np.searchsorted(groups, np.arange(self.size))

    def name(self, number: int) -> str:
        """Return the text of a number."""
        return cut(self.index.names[self.scheme][int(self.first[number])], self.level)

    def place(self, number: str) -> int | None:
        """Return the number that has a text, or None."""
        names = self.index.names[self.scheme]
        order = (lambda n: (cut(n, "class"), n)) if self.scheme == "lcc" else None
        wanted = (cut(number, "class"), number) if self.scheme == "lcc" else number
        at = bisect_left(names, wanted, key=order)  # type: ignore[arg-type]
        if at == len(names) or cut(names[at], self.level) != number:
            return None
        return at if self.level == "full" else int(self.index.groups[self.scheme, self.level][at])

    def above(self, coarser: View) -> Places:
        """Return for each number here the number it has at a coarser level."""
        if coarser.level not in self._above:
            groups = self.index.groups[self.scheme, coarser.level]
            moved = groups[self.first].astype(np.int64) if self.size else np.zeros(0, np.int64)
            self._above[coarser.level] = moved
        return self._above[coarser.level]


def look_up(
    index: EvidenceIndex, queries: Sequence[Query], scheme: Scheme, *, apart: bool = False
) -> Hits:
    """Return the records that share features with the queries.

    The features that say the number itself in the other scheme count; those of `scheme` do not.
    With `apart`, records of the same work as the query are left out, as a fair score needs.
    """
    keep = {kind for kind in range(len(KINDS)) if kind not in CROSSWALK[_other(scheme)]}
    rows = [
        (f.key, f.kind, q, place)
        for q, query in enumerate(queries)
        for place, f in enumerate(query.features)
        if f.kind in keep
    ]
    table = np.array(rows, np.int64).reshape(-1, 4)
    keys = table[:, 0].astype(np.uint32)
    place = np.searchsorted(index.keys, keys)
    place[place == len(index.keys)] = 0
    hit = index.keys[place] == keys if len(index.keys) else np.zeros(len(keys), bool)
    place, table = place[hit], table[hit]
    start = index.offsets[place]
    length = index.offsets[place + 1] - start
    feature = np.repeat(np.arange(len(place)), length)
    at = np.arange(len(feature)) + np.repeat(start - (np.cumsum(length) - length), length)
    record = index.postings[at]
    if apart:
        works = np.array([q.work for q in queries], np.uint32)
        fair = index.works[record] != works[table[:, 2]][feature]
        # A small index has dropped what one record alone has (`build`, rare): a feature that is left
        # with one record here would not be there for a record the index never saw.
        left = np.bincount(feature[fair], minlength=len(place))
        fair &= ~((left < 2) & (length > left) & ~RARE[table[:, 1]])[feature]
        feature, record = feature[fair], record[fair]
    return Hits(
        feature=feature,
        record=record,
        kind=table[:, 1].astype(np.int32),
        query=table[:, 2].astype(np.int32),
        source=table[:, 3].astype(np.int32),
        frequency=index.frequency[place],
        queries=len(queries),
    )


def _other(scheme: Scheme) -> Scheme:
    return "ddc" if scheme == "lcc" else "lcc"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The likeliest numbers of each query of a batch, in the order of queries, with inputs."""

    query: Places
    number: Places
    inputs: Floats
    queries: int

    @property
    def starts(self) -> Places:
        """Return where each query that has candidates begins."""
        return np.flatnonzero(np.r_[True, self.query[1:] != self.query[:-1]][: len(self.query)])


def candidates(
    view: View, hits: Hits, *, top: int = TOP, above: Floats | None = None
) -> Candidates:
    """Return the `top` numbers of each query at the level of the view.

    `above` holds, by query and number at the next coarser level, the logarithm of its share there.
    """
    number = view.number[hits.record]
    known = number >= 0
    if above is not None:
        known &= (hits.frequency <= COMMON)[hits.feature]
    feature, number = hits.feature[known], number[known]
    weight = view.index.weight[hits.record[known]]
    count, size, kinds = hits.queries, max(view.size, 1), len(KINDS)
    total = np.bincount(feature, weight, minlength=len(hits.kind))
    key = feature * size + number
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        key, weight = key[order], weight[order]
    runs = np.flatnonzero(np.r_[True, key[1:] != key[:-1]][: len(key)])
    if not len(runs):
        nothing = np.zeros(0, np.int64)
        return Candidates(nothing, nothing, np.zeros((0, INPUTS), np.float32), count)
    support = np.add.reduceat(weight, runs)
    feature, number = key[runs] // size, key[runs] % size
    kind = hits.kind[feature]
    share = support / (total[feature] + 1.0)
    surprise = np.log1p(support / (_SURPRISE * view.common[number]))
    pair, row = np.unique(hits.query[feature] * np.int64(size) + number, return_inverse=True)
    rough = np.bincount(row, ROUGH[kind] * share, minlength=len(pair))
    query = pair // size
    order = np.lexsort((-rough, query))
    place = np.arange(len(order)) - np.searchsorted(query[order], np.arange(count))[query[order]]
    kept = np.sort(order[place < top])
    renumber = np.full(len(pair), -1)
    renumber[kept] = np.arange(len(kept))
    row = renumber[row]
    inside = row >= 0
    cell = row[inside] * kinds + kind[inside]
    summed = np.bincount(cell, surprise[inside], minlength=len(kept) * kinds)
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    starts = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
    greatest = np.zeros(len(kept) * kinds)
    greatest[cell[starts]] = np.maximum.reduceat(share[inside][order], starts)
    query, number = query[kept], pair[kept] % size
    inputs = np.empty((len(kept), INPUTS), np.float32)
    inputs[:, :kinds] = greatest.reshape(-1, kinds)
    inputs[:, kinds : 2 * kinds] = np.sqrt(inputs[:, :kinds])
    inputs[:, 2 * kinds : 3 * kinds] = summed.reshape(-1, kinds) / 10
    inputs[:, -4] = np.log(view.common[number]) / 5
    inputs[:, -3] = rough[kept]
    inputs[:, -2] = np.log(rough[kept] + 1e-3)
    inputs[:, -1] = 0.0 if above is None else above[query, number]
    return Candidates(query, number, inputs, count)

"""From the features of records to candidate numbers, each with what speaks for it, as arrays.

Everything works on a batch of records at once: numpy's cost is by call, so a batch of 64 costs
little more than one record. The inputs of a candidate are, for each kind of feature,

- the greatest share: of the records that carry one such feature, the part that has the number
  (support × purity: n of N count as n / (N + 1), so that one record of one says less than nine of
  ten),
- the summed surprise: log(1 + n / (5 p)) over the features, where p is how common the number is,

and besides, how common the number is, a first rough score, what the coarser level made of it, what
`coarse` thinks of it (the coarsest level), and the share of the pattern it is built from (the
deepest).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from techproc.classify.coarse import OPINIONS, Floats, Places
from techproc.classify.evidence import Ints, Postings
from techproc.classify.features import Feature
from techproc.classify.kinds import CROSSWALK, EVIDENCE, KINDS
from techproc.classify.numbers import Scheme, cut
from techproc.classify.view import SILENT, View

__all__ = [
    "INPUTS",
    "LEAST",
    "ROUGH",
    "SUBSTANCE",
    "TOP",
    "Above",
    "Building",
    "Candidates",
    "Hits",
    "Query",
    "Support",
    "candidates",
    "look_up",
    "most",
    "support",
]

_FORM = next(i for i, k in enumerate(KINDS) if k.name == "title form")

TOP = 40
# A rough weight by kind, only to choose which candidates are looked at closely.
ROUGH = np.array(
    [
        *(3, 4, 2, 3, 2, 3, 2, 3, 0.3, 1, 0.7, 1.2, 1, 2, 0.5, 1.5),
        *(2, 0.1, 0.1, 0.3, 0.1, 0.1, 0.8, 0.3, 1, 1, 1, 0.05, 3, 1, 3, 2, 0.3),
    ]
)
# Kinds that say something about the subject, unlike codes of language, place and form.
SUBSTANCE = np.array(
    [k.group not in ("code", "publisher", "subdivision", "place") for k in KINDS]
) & (np.arange(len(KINDS)) != _FORM)
# In how many records a small index wants a feature to be kept: headings and authors in one, turns of
# phrase in three.
LEAST = np.full(EVIDENCE, 2)
LEAST[[0, 2, 4, 6, 13]] = 1
LEAST[11] = 3
_SURPRISE = 5.0
_OPINION = 3.0  # rough weight of an opinion's share
_BUILT = 2.0  # rough weight of a pattern's share
_HEARD = -4.0  # logarithm of the share from which an opinion alone makes a candidate
# After the kinds: how common, the rough score twice, the level above, the opinions, built.
INPUTS = 3 * EVIDENCE + 4 + len(OPINIONS) + 2


@dataclass(frozen=True, slots=True)
class Query:
    """One record to find numbers for: its features and the work it belongs to."""

    features: Sequence[Feature]
    work: int


@dataclass(frozen=True, slots=True)
class Hits:
    """The records found for a batch, one row for each feature and record.

    `feature` is the row's place among the features that have records; `kind`, `query`, `frequency`
    and `source` describe those (source: place within the query's own features). `telling` are the
    queries with a feature that is known to the index and says something about the subject; `own`
    are pairs of query and record of the same work, which were left out.
    """

    feature: Places
    record: Ints
    kind: Ints
    query: Ints
    source: Ints
    frequency: Ints
    queries: int
    telling: frozenset[int]
    own: tuple[Places, Places]


def look_up(
    index: Postings, queries: Sequence[Query], scheme: Scheme | None, *, apart: bool = False
) -> Hits:
    """Return the records that share features with the queries.

    The features that say the number itself in the other scheme count; those of `scheme` do not;
    without a scheme, all do.
    With `apart`, records of the same work as the query are left out, as a fair score needs.
    """
    hidden = CROSSWALK[_other(scheme)] if scheme else ()
    rows = [
        (f[2], f[0], q, place)
        for q, query in enumerate(queries)
        for place, f in enumerate(query.features)
        if f[0] < EVIDENCE and f[0] not in hidden
    ]
    table = np.array(rows, np.int64).reshape(-1, 4)
    keys = table[:, 0].astype(np.uint32)
    place = np.searchsorted(index.keys, keys)
    place[place == len(index.keys)] = 0
    hit = index.keys[place] == keys if len(index.keys) else np.zeros(len(keys), bool)
    telling = frozenset(table[hit & SUBSTANCE[table[:, 1]], 2].tolist())
    start = index.offsets[place] if len(index.keys) else place
    length = np.where(hit, index.offsets[place + 1] - start, 0) if len(index.keys) else place
    listed = length > 0
    place, table, start, length = place[listed], table[listed], start[listed], length[listed]
    feature = np.repeat(np.arange(len(place)), length)
    at = np.arange(len(feature)) + np.repeat(start - (np.cumsum(length) - length), length)
    record = index.postings[at]
    own = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    if apart:
        works = np.array([q.work for q in queries], np.uint32)
        own = index.of_works(works)
        fair = index.works[record] != works[table[:, 2]][feature]
        # A small index has dropped what few records have (`build`, least): a feature that is left with
        # fewer here would not be there for a record the index never saw.
        left = np.bincount(feature[fair], minlength=len(place))
        fair &= ~((left < LEAST[table[:, 1]]) & (length > left))[feature]
        feature, record = feature[fair], record[fair]
    return Hits(
        feature=feature,
        record=record,
        kind=table[:, 1].astype(np.int32),
        query=table[:, 2].astype(np.int32),
        source=table[:, 3].astype(np.int32),
        frequency=index.frequency[place],
        queries=len(queries),
        telling=telling,
        own=own,
    )


def _other(scheme: Scheme) -> Scheme:
    return "ddc" if scheme == "lcc" else "lcc"


@dataclass(frozen=True, slots=True)
class Support:
    """How much each feature's records speak for each number: a row for feature and number."""

    feature: Places
    number: Places
    support: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]


def support(view: View, hits: Hits) -> Support:
    """Return the rows that were found, counted by feature and number."""
    number = view.number[hits.record]
    known = np.flatnonzero(number >= 0)
    feature, places = hits.feature[known], number[known].astype(np.int64)
    weight = view.index.weight[hits.record[known]]
    total = np.bincount(feature, weight, minlength=len(hits.kind))
    key = feature * max(view.size, 1) + places
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        key, feature, places, weight = key[order], feature[order], places[order], weight[order]
    runs = np.flatnonzero(np.r_[True, key[1:] != key[:-1]][: len(key)])
    summed = np.add.reduceat(weight, runs).astype(np.float64) if len(runs) else np.zeros(0)
    feature = feature[runs]
    return Support(feature, places[runs], summed, summed / (total[feature] + 1.0))


@dataclass(frozen=True, slots=True)
class Building:
    """Numbers built for the queries of a batch, each with the logarithm of its pattern's share.

    Those that no record has are in `names`; they are numbered from the size of the view on.
    """

    query: Places
    number: Places
    share: Floats
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The likeliest numbers of each query of a batch, in the order of queries, with inputs.

    Numbers from the size of the view on are `built`, in no record of the index.
    """

    query: Places
    number: Places
    inputs: Floats
    queries: int
    built: tuple[str, ...] = ()

    @property
    def starts(self) -> Places:
        """Return where each query that has candidates begins."""
        return np.flatnonzero(np.r_[True, self.query[1:] != self.query[:-1]][: len(self.query)])

    def name(self, number: int, view: View) -> str:
        """Return the text of a number."""
        return view.name(number) if number < view.size else self.built[number - view.size]


@dataclass(frozen=True, slots=True)
class Above:
    """What was made of the coarser level: by query and number there, the logarithm of its share."""

    view: View
    share: Floats

    def __call__(self, query: Places, number: Places, finer: View, built: Sequence[str]) -> Floats:
        """Return the logarithm of the share of what stands above each candidate."""
        up = finer.above(self.view)
        if built:
            places = [self.view.place(cut(name, self.view.level)) for name in built]
            up = np.append(up, [self.view.size if p is None else p for p in places])
        found: Floats = self.share[query, up[number]]
        return found


def candidates(
    view: View,
    hits: Hits,
    *,
    top: int = TOP,
    opinions: Sequence[Floats] = (),
    above: Above | None = None,
    building: Building | None = None,
) -> Candidates:
    """Return the `top` numbers of each query at the level of the view.

    `opinions` are logarithms of shares by query and number, as `Coarse` gives them, moved to the
    numbers of the view (the coarsest level); `building` brings numbers that no record has (the
    deepest).
    """
    found = support(view, hits)
    built = building.names if building else ()
    size = view.size + len(built)
    kind = hits.kind[found.feature]
    pair = hits.query[found.feature] * np.int64(max(size, 1)) + found.number
    rough = ROUGH[kind] * found.share
    pairs, roughs = [pair], [rough]
    if building:
        pairs.append(building.query * np.int64(max(size, 1)) + building.number)
        roughs.append(_BUILT * np.exp(building.share))
    for opinion in opinions:
        query, number = np.nonzero(opinion > _HEARD)
        pairs.append(query * np.int64(max(size, 1)) + number)
        roughs.append(_OPINION * np.exp(opinion[query, number]))
    every, row = np.unique(np.concatenate(pairs), return_inverse=True)
    if not len(every):
        nothing = np.zeros(0, np.int64)
        return Candidates(nothing, nothing, np.zeros((0, INPUTS), np.float32), hits.queries)
    total = np.bincount(row, np.concatenate(roughs), minlength=len(every))
    kept = most(every // size, total, hits.queries, top)
    query, number = every[kept] // size, every[kept] % size
    renumber = np.full(len(every), -1)
    renumber[kept] = np.arange(len(kept))
    inputs = np.empty((len(kept), INPUTS), np.float32)
    left = view.left(query, number, hits.own)
    _by_kind(inputs, renumber[row[: len(pair)]], kind, found, view)
    own = inputs[:, 3 * EVIDENCE :]
    own[:, 0] = np.log(view.commonness(left)) / 5
    own[:, 1] = total[kept]
    own[:, 2] = np.log(total[kept] + 1e-3)
    own[:, 3] = above(query, number, view, built) if above else 0.0
    own[:, 4:] = 0.0
    for place, opinion in enumerate(opinions):
        own[:, 4 + place] = np.maximum(opinion[query, number], SILENT)
    if building:
        own[:, -2] = SILENT
        at = renumber[row[len(pair) : len(pair) + len(building.query)]]
        np.maximum.at(own[:, -2], at[at >= 0], building.share[at >= 0])
        own[:, -1] = left <= 0  # as if it were in no record, when only its own work has it
    return Candidates(query, number, inputs, hits.queries, tuple(built))


def most(query: Places, worth: npt.NDArray[Any], queries: int, top: int) -> Places:
    """Return the places of the `top` of each query, in order; queries stand together."""
    if not len(query):
        return np.zeros(0, np.int64)
    order = np.argsort(query - worth / (2 * worth.max() + 1), kind="stable")
    place = np.arange(len(order)) - np.searchsorted(query[order], np.arange(queries))[query[order]]
    kept: Places = np.sort(order[place < top])
    return kept


def _by_kind(inputs: Floats, row: Places, kind: Ints, found: Support, view: View) -> None:
    """Fill in for each kind of feature the greatest share, its root, and the summed surprise."""
    inside = np.flatnonzero(row >= 0)
    cell = row[inside] * EVIDENCE + kind[inside]
    count = len(inputs) * EVIDENCE
    surprise = np.log1p(found.support[inside] / (_SURPRISE * view.common[found.number[inside]]))
    summed = np.bincount(cell, surprise, minlength=count)
    share = found.share[inside]
    # Sorted so that the greatest share of a cell is written last.
    order = np.argsort(share)
    greatest = np.zeros(count, np.float32)
    greatest[cell[order]] = share[order]
    inputs[:, :EVIDENCE] = greatest.reshape(-1, EVIDENCE)
    np.sqrt(inputs[:, :EVIDENCE], out=inputs[:, EVIDENCE : 2 * EVIDENCE])
    inputs[:, 2 * EVIDENCE : 3 * EVIDENCE] = summed.reshape(-1, EVIDENCE) / 10

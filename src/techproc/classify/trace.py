"""From a suggestion back to its evidence: which headings, which records, for and against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from techproc.classify.building import marks
from techproc.classify.evidence import EvidenceIndex, Ints
from techproc.classify.kinds import EVIDENCE, KINDS
from techproc.classify.scoring import ROUGH, Hits, Query
from techproc.classify.tables import SLOT, readable, splits
from techproc.classify.view import View

__all__ = ["Evidence", "Trace"]

_SHOWN = 5
_RECORDS = 3
# Headings, names, series and uniform titles: what few records share by chance.
_TELLING = np.isin(np.arange(EVIDENCE), [0, 1, 2, 3, 4, 5, 6, 7, 13, 15, 16, 24, 28, 30])


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a number: `count` of `total` records that have it have the number.

    `kind` is a kind of feature ("heading", "author"), "nearest records", "same work" or "built
    number" (a known pattern filled with a place); `text` says which; `numbers` are control numbers
    of records behind it.
    """

    kind: str
    text: str
    count: int
    total: int
    numbers: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the evidence as a JSON object."""
        return {
            "kind": self.kind,
            "text": self.text,
            "count": self.count,
            "total": self.total,
            "records": list(self.numbers),
        }


@dataclass(frozen=True, slots=True)
class _Seen:
    """The rows of one query: feature counted from `first`, record, its number at a level."""

    first: int
    feature: npt.NDArray[np.int64]
    record: Ints
    number: Ints
    telling: npt.NDArray[np.bool_]
    known: npt.NDArray[np.int64]
    all_telling: int


class Trace:
    """The records found for a batch of queries, kept to explain what came of them."""

    def __init__(self, index: EvidenceIndex, queries: Sequence[Query], hits: Hits) -> None:
        self._index, self._queries, self._hits = index, queries, hits
        # Features stand in the order of queries, rows in the order of features.
        edges = np.searchsorted(hits.query, np.arange(hits.queries + 1))
        self._edges = edges, np.searchsorted(hits.feature, edges)
        self._cache: dict[tuple[int, View], _Seen] = {}

    def _seen(self, q: int, view: View) -> _Seen:
        """Return what query `q` found, seen at one level; kept for its other suggestions."""
        at = (q, view)
        if at not in self._cache:
            (first, last), (start, end) = (e[[q, q + 1]].tolist() for e in self._edges)
            hits = self._hits
            feature = hits.feature[start:end] - first
            record = hits.record[start:end]
            number = view.number[record]
            telling = _TELLING[hits.kind[first:last]][feature] & (number >= 0)
            self._cache[at] = _Seen(
                first=first,
                feature=feature,
                record=record,
                number=number,
                telling=telling,
                known=np.bincount(feature[number >= 0], minlength=last - first),
                all_telling=len(np.unique(record[telling])),
            )
        return self._cache[at]

    def evidence(self, q: int, view: View, number: str) -> tuple[list[Evidence], int, int]:
        """Return what speaks for a number of query `q`: evidence, records for it, records against.

        Each record counts once, by telling features (headings, author, series), not by words or
        codes of language or place that thousands share. For a number that no record has, it is
        what speaks for the pattern that it was built from.
        """
        if view.level == "full" and view.place(number) is None:
            return self._built(q, view, number)
        seen = self._seen(q, view)
        first, feature, record, telling = seen.first, seen.feature, seen.record, seen.telling
        hits = self._hits
        kind = hits.kind[first : first + len(seen.known)]
        place = view.place(number)
        rows = np.flatnonzero(seen.number == place) if place is not None else np.zeros(0, int)
        count = np.bincount(feature[rows], minlength=len(seen.known))
        known = seen.known
        near = rows[telling[rows]]
        nearest, place_of = np.unique(record[near], return_inverse=True)
        supporting = len(nearest)
        contradicting = seen.all_telling - supporting
        if not len(rows):
            return [], 0, contradicting
        having = np.flatnonzero(count)
        worth = ROUGH[kind[having]] * count[having] / (known[having] + 1.0)
        result: list[Evidence] = []
        texts: set[str] = set()
        for f in having[np.argsort(-worth, kind="stable")].tolist():
            feature_of = self._queries[q].features[int(hits.source[first + f])]
            if len(result) == _SHOWN:
                break
            if feature_of.text in texts:  # a heading counts as first heading and as topic too
                continue
            texts.add(feature_of.text)
            behind = record[rows[feature[rows] == f][:_RECORDS]]
            result.append(
                Evidence(
                    kind=KINDS[feature_of.kind].name,
                    text=feature_of.text,
                    count=int(count[f]),
                    total=int(known[f]),
                    numbers=tuple([self._index.controls[r] for r in behind.tolist()]),
                )
            )
        if len(near):
            rarity = np.log(len(self._index) / hits.frequency[first + feature[near]])
            likeness = np.bincount(place_of, rarity)
            best = nearest[np.argsort(-likeness, kind="stable")[:_RECORDS]]
            result.append(
                Evidence(
                    kind="nearest records",
                    text="share the most and the rarest features",
                    count=len(best),
                    total=supporting,
                    numbers=tuple(self._index.controls[r] for r in best.tolist()),
                )
            )
        return result, supporting, contradicting

    def _built(self, q: int, view: View, number: str) -> tuple[list[Evidence], int, int]:
        """Return what speaks for a number that was built from a pattern and a place."""
        scheme, shapes = view.scheme, view.patterns
        known = marks(self._queries[q], self._index.tables[scheme])
        seen = self._seen(q, shapes)
        best: tuple[int, str, str] = (0, "", "")
        for before, mark, after in splits(number, scheme):
            shape = f"{before}{SLOT}{after}"
            place = shapes.place(shape) if mark in known else None
            if place is not None:
                having = len(np.unique(seen.record[seen.number == place]))
                best = max(best, (having, shape, mark))
        having, shape, mark = best
        if not having:
            return [], 0, 0
        found, supporting, contradicting = self.evidence(q, shapes, shape)
        text = f"{readable(shape, scheme)} with {mark} for {known[mark][1]}"
        shaped = len(np.unique(seen.record[seen.number >= 0]))
        return [Evidence("built number", text, having, shaped), *found], supporting, contradicting

"""From a suggestion back to its evidence: which headings, which records, for and against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from techproc.classify.evidence import CAP, EvidenceIndex
from techproc.classify.features import KINDS
from techproc.classify.scoring import ROUGH, Hits, Query, View

__all__ = ["Evidence", "Trace"]

_SHOWN = 5
_RECORDS = 3
# Headings, names, series and uniform titles: what few records share by chance.
_TELLING = np.isin(np.arange(len(KINDS)), [0, 1, 2, 3, 4, 5, 6, 7, 13, 15, 16, 24, 28, 30])


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a number: `count` of `total` records that have it have the number.

    `kind` is a kind of feature ("heading", "author"), "nearest records" or "same work"; `text` says
    which; `numbers` are control numbers of records behind it.
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


class Trace:
    """The records found for a batch of queries, kept to explain what came of them."""

    def __init__(self, index: EvidenceIndex, queries: Sequence[Query], hits: Hits) -> None:
        self._index, self._queries, self._hits = index, queries, hits
        # Features stand in the order of queries, rows in the order of features.
        edges = np.searchsorted(hits.query, np.arange(hits.queries + 1))
        self._edges = edges, np.searchsorted(hits.feature, edges)

    def evidence(self, q: int, view: View, number: str) -> tuple[list[Evidence], int, int]:
        """Return what speaks for a number of query `q`: evidence, records for it, records against.

        Each record counts once, by telling features (headings, author, series), not by words or
        codes of language or place that thousands share.
        """
        place = view.place(number)
        (first, last), (start, end) = (e[[q, q + 1]] for e in self._edges)
        hits = self._hits
        feature = hits.feature[start:end] - first
        record = hits.record[start:end]
        found = view.number[record]
        kind = hits.kind[first:last]
        size = int(last - first)
        has = found == place if place is not None else np.zeros(len(found), bool)
        known = np.bincount(feature[found >= 0], minlength=size)
        count = np.bincount(feature[has], minlength=size)
        # The lists of common features are samples: their counts stand for as many times more.
        telling = (_TELLING[kind] & (hits.frequency[first:last] <= CAP))[feature] & (found >= 0)
        supporting = len(np.unique(record[telling & has]))
        contradicting = len(np.unique(record[telling & ~has]))
        if not supporting and not count.any():
            return [], 0, contradicting
        worth = ROUGH[kind] * count / (known + 1.0)
        result: list[Evidence] = []
        texts: set[str] = set()
        for f in np.argsort(-worth, kind="stable").tolist():
            feature_of = self._queries[q].features[int(hits.source[first + f])]
            if not count[f] or len(result) == _SHOWN:
                break
            if feature_of.text in texts:  # a heading counts as first heading and as topic too
                continue
            texts.add(feature_of.text)
            rows = record[has & (feature == f)][:_RECORDS]
            scale = hits.frequency[first + f] / max(min(CAP, hits.frequency[first + f]), 1)
            result.append(
                Evidence(
                    kind=KINDS[feature_of.kind].name,
                    text=feature_of.text,
                    count=round(float(count[f] * scale)),
                    total=round(float(known[f] * scale)),
                    numbers=tuple(self._index.controls[r] for r in rows.tolist()),
                )
            )
        near = record[has & telling]
        if len(near):
            common = np.log(len(self._index) / hits.frequency[first:last])[feature[has & telling]]
            nearest, place_of = np.unique(near, return_inverse=True)
            likeness = np.bincount(place_of, common)
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

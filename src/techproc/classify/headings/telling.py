"""From a suggested heading back to its evidence: words, names, nearest records, labels in the title."""

from __future__ import annotations

import numpy as np

from techproc.classify.evidence import Ints
from techproc.classify.headings.gathering import COLUMN, Gathered
from techproc.classify.headings.index import HeadingIndex, Places
from techproc.classify.kinds import KINDS
from techproc.classify.scoring import ROUGH, SUBSTANCE
from techproc.classify.trace import Evidence

__all__ = ["Telling"]

_SHOWN = 4
_RECORDS = 3


_Labelled = tuple[Places, Ints, Places]  # row of a record, main heading, edges of queries


class Telling:
    """What was gathered on a batch, kept to explain the headings that came of it."""

    def __init__(self, index: HeadingIndex, found: Gathered) -> None:
        self._index, self._found = index, found
        hits = found.hits
        features = np.searchsorted(hits.query, np.arange(len(found) + 1))
        self._features = features
        self._mains = self._labelled(hits.record, np.searchsorted(hits.feature, features))
        self._near = np.searchsorted(found.near_query, np.arange(len(found) + 1))
        self._near_mains = self._labelled(found.near, self._near)
        self._total = np.bincount(hits.feature, minlength=len(hits.kind))
        common = found.common[SUBSTANCE[found.common[:, 1]], 0]
        # The queries that have a feature which says something of a subject.
        self.told = frozenset(
            [
                *hits.query[self._total > 0][SUBSTANCE[hits.kind[self._total > 0]]].tolist(),
                *common.tolist(), *found.matches.query.tolist(),
            ]
        )  # fmt: skip

    def evidence(self, q: int, main: int, chain: int) -> list[Evidence]:
        """Return what speaks for a main heading, and how its subdivisions are used."""
        return [
            *self._labels(q, main), *self._of_features(q, main), *self._of_common(q, main),
            *self._nearest(q, main), *self._chain(main, chain),
        ]  # fmt: skip

    def _labelled(self, records: np.ndarray, edges: Places) -> _Labelled:
        """Return the main headings of records that stand in the order of queries."""
        row, label = self._index.by_main.of(records)
        return row, label, np.searchsorted(row, edges)

    def _of_features(self, q: int, main: int) -> list[Evidence]:
        hits = self._found.hits
        first = int(self._features[q])
        having = _having(self._mains, q, main)
        if not len(having):
            return []
        count = np.bincount(hits.feature[having] - first)
        total = self._total[first : first + len(count)]
        worth = ROUGH[hits.kind[first : first + len(count)]] * count / (total + 1.0)
        told: list[Evidence] = []
        texts: set[str] = set()
        for f in np.argsort(-np.round(worth, 6), kind="stable").tolist():
            if not count[f] or len(told) == _SHOWN:
                break
            feature = self._found.queries[q].features[int(hits.source[first + f])]
            if feature.text in texts:
                continue
            texts.add(feature.text)
            behind = hits.record[having[hits.feature[having] == first + f][:_RECORDS]]
            told.append(
                Evidence(
                    KINDS[feature.kind].name, feature.text, int(count[f]), int(total[f]),
                    tuple(self._index.records.controls[r] for r in behind.tolist()),
                )
            )  # fmt: skip
        return told

    def _of_common(self, q: int, main: int) -> list[Evidence]:
        """Return what the likeliest feature without a list of records says."""
        of = self._index.of_mains
        best: Evidence | None = None
        for _, kind, place in self._found.common[self._found.common[:, 0] == q].tolist():
            start, end = of.offsets[[place, place + 1]].tolist()
            at = np.flatnonzero(of.labels[start:end] == main)
            if not len(at) or COLUMN[kind] < 0:
                continue
            count, total = int(of.counts[start + at[0]]), int(of.totals[place])
            key = int(of.keys[place])
            text = next(f.text for f in self._found.queries[q].features if f.key == key)
            if best is None or count * best.total > best.count * total:
                best = Evidence(KINDS[kind].name, text, count, total)
        return [best] if best else []

    def _nearest(self, q: int, main: int) -> list[Evidence]:
        start, end = self._near[[q, q + 1]].tolist()
        having = self._found.near[_having(self._near_mains, q, main)]
        if not len(having):
            return []
        controls = self._index.records.controls
        numbers = tuple(controls[r] for r in having[:_RECORDS].tolist())
        text = "share the most and the rarest words and names"
        return [Evidence("nearest records", text, len(having), end - start, numbers)]

    def _labels(self, q: int, main: int) -> list[Evidence]:
        match = self._found.matches
        rows = np.flatnonzero((match.query == q) & (match.main == main)).tolist()
        if not rows:
            return []
        row = max(rows, key=lambda r: (match.whole[r], match.words[r]))
        return [
            Evidence(
                "label in title", match.texts[row], int(match.right[row]), int(match.seen[row])
            )
        ]

    def _chain(self, main: int, chain: int) -> list[Evidence]:
        index = self._index
        if not chain or chain >= len(index.chains):
            return []
        text = "--".join(part[1:] for part in index.chains[chain].split("\x1f"))
        string = int(index.string(np.array([main]), np.array([chain]))[0])
        if string >= 0:
            count = int(index.by_string.count[string])
            return [Evidence("subdivisions", text, count, int(index.by_main.count[main]))]
        return [Evidence("put together", text, 0, int(index.by_chain.count[chain]))]


def _having(labelled: _Labelled, q: int, main: int) -> Places:
    """Return the rows of a query whose record has a main heading."""
    row, label, edges = labelled
    start, end = edges[[q, q + 1]].tolist()
    having: Places = row[start:end][label[start:end] == main]
    return having

"""What the heading index holds on a batch of records: features, nearest records, labels in titles.

Nearest records are those that share the rarest words, phrases and names with a record (TF-IDF, by
the weights below, over the length of what the other has).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from techproc.classify.features import same_work
from techproc.classify.fields import Field
from techproc.classify.headings.clues import CLUES, NUMBERS, clues, title_of, title_phrases
from techproc.classify.headings.index import Associations, HeadingIndex, Labels, Places, ranges
from techproc.classify.kinds import KINDS
from techproc.classify.scoring import Hits, Query, look_up

__all__ = ["Gathered", "Matches", "Votes", "gather", "sums", "votes"]

NEAREST = 60
# How much a shared feature of a kind makes records alike.
_WORTH = {
    "title word": 1, "title phrase": 0.5, "title beginning": 0.3, "author": 1, "contributor": 0.5,
    "series": 1, "uniform title": 0.5, "summary word": 0.7,
}  # fmt: skip
_LIKE = np.array([_WORTH.get(kind.name, 0.0) for kind in KINDS])
_LEAST_LENGTH = 8.0  # a record of two words must not be near to everything
COLUMN = np.full(len(KINDS), -1)
COLUMN[[*CLUES, *NUMBERS]] = np.arange(len(CLUES) + len(NUMBERS))

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matches:
    """Labels that a title holds: query, main heading, words, whether whole, seen and right.

    `texts` has the words of the title that each was found by.
    """

    query: Places
    main: Places
    words: Doubles
    whole: Doubles
    seen: Doubles
    right: Doubles
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of a batch of records before any label is looked at.

    `common` are pairs of query, kind and place of a feature without a list of records. Of the
    nearest records, `near_query` says whose, `near` which, `likeness` how near. `numbered` when class
    numbers were looked at.
    """

    queries: Sequence[Query]
    hits: Hits
    common: npt.NDArray[np.int64]
    near_query: Places
    near: Places
    likeness: Doubles
    matches: Matches
    phrases: Sequence[dict[int, tuple[int, str]]]
    numbered: bool

    def __len__(self) -> int:
        return len(self.queries)


def gather(
    index: HeadingIndex,
    records: Sequence[Sequence[Field]],
    *,
    apart: bool = False,
    numbers: bool = False,
) -> Gathered:
    """Return what the index holds on records; with `apart`, without the records of their own works.

    With `numbers`, their class numbers are looked at.
    """
    queries = [Query(clues(fields, numbers=numbers), same_work(fields)) for fields in records]
    hits = look_up(index.records, queries, None, apart=apart)
    having = index.starts[hits.record + 1] > index.starts[hits.record]
    if not having.all():  # records without headings say nothing
        hits = replace(hits, feature=hits.feature[having], record=hits.record[having])
    near_query, near, likeness = _nearest(index, hits)
    phrases = [title_phrases(title_of(fields)) for fields in records]
    own = _own_mains(index, hits, len(queries)) if apart else {}
    return Gathered(
        queries=queries,
        hits=hits,
        common=_common(index, queries),
        near_query=near_query,
        near=near,
        likeness=likeness,
        matches=_match(index, phrases, own),
        phrases=phrases,
        numbered=numbers,
    )


def _common(index: HeadingIndex, queries: Sequence[Query]) -> npt.NDArray[np.int64]:
    """Return query, kind and place of the features that many records carry."""
    rows = [(q, f.kind, f.key) for q, query in enumerate(queries) for f in query.features]
    table = np.array(rows, np.int64).reshape(-1, 3)
    keys = index.of_mains.keys
    if not len(keys):
        return table[:0]
    place = np.minimum(np.searchsorted(keys, table[:, 2]), len(keys) - 1)
    known = keys[place] == table[:, 2]
    table[:, 2] = place
    common: npt.NDArray[np.int64] = table[known]
    return common


def _nearest(index: HeadingIndex, hits: Hits) -> tuple[Places, Places, Doubles]:
    size = max(len(index.records), 1)
    worth = _LIKE[hits.kind] * np.log(size / np.maximum(hits.frequency, 1)) ** 2
    length = np.maximum(index.length, _LEAST_LENGTH)
    like = worth[hits.feature] / length[hits.record]
    pair, row = np.unique(
        hits.query[hits.feature] * np.int64(size) + hits.record, return_inverse=True
    )
    total = np.bincount(row, like, minlength=len(pair))
    # Rounded, so that a batch and a record alone come to the same order.
    query, order = pair // size, np.lexsort((-np.round(total, 6), pair // size))
    place = (
        np.arange(len(order)) - np.searchsorted(query[order], np.arange(hits.queries))[query[order]]
    )
    kept = order[(place < NEAREST) & (total[order] > 0)]
    return query[kept], pair[kept] % size, total[kept]


def _own_mains(index: HeadingIndex, hits: Hits, queries: int) -> dict[int, list[set[int]]]:
    """Return for each query the main headings of each record of its own work."""
    found: dict[int, list[set[int]]] = {}
    starts, labels = index.by_main.starts, index.by_main.labels
    for q, record in zip(*(part.tolist() for part in hits.own), strict=True):
        mains = set(labels[starts[record] : starts[record + 1]].tolist())
        found.setdefault(q, []).append(mains)
    return found


def _match(
    index: HeadingIndex,
    phrases: Sequence[dict[int, tuple[int, str]]],
    own: dict[int, list[set[int]]],
) -> Matches:
    """Return the labels that titles hold; records of a query's own work are taken out of the counts."""
    held = index.phrases
    rows: list[tuple[int, int]] = []
    texts: list[str] = []
    for q, told in enumerate(phrases):
        keys = np.array(sorted(told), np.uint32)
        start = np.searchsorted(held.keys, keys)
        end = np.searchsorted(held.keys, keys, side="right")
        for key, a, b in zip(keys.tolist(), start.tolist(), end.tolist(), strict=True):
            rows += [(q, row) for row in range(a, b)]
            texts += [told[key][1]] * (b - a)
    table = np.array(rows, np.int64).reshape(-1, 2)
    query, row = table[:, 0], table[:, 1]
    main = held.mains[row].astype(np.int64)
    seen, right = held.seen[row].astype(float), held.right[row].astype(float)
    for at, (q, m) in enumerate(zip(query.tolist(), main.tolist(), strict=True) if own else ()):
        for mains in own.get(q, ()):
            seen[at] -= 1
            right[at] -= m in mains
    return Matches(
        query=query,
        main=main,
        words=held.words[row].astype(float),
        whole=held.whole[row].astype(float),
        seen=np.maximum(seen, 0),
        right=np.maximum(right, 0),
        texts=tuple(texts),
    )


@dataclass(frozen=True, slots=True)
class Votes:
    """What speaks for labels: from features (a row for feature and label) and from nearest records.

    `query`, `label`, `kind` (column), `support` and `share` describe the first; `near_query`,
    `near_label`, `near_share` and `near_sharp` (the nearest counting most) the second.
    """

    query: Places
    label: Places
    kind: Places
    support: Doubles
    share: Doubles
    near_query: Places
    near_label: Places
    near_share: Doubles
    near_sharp: Doubles


def votes(index: HeadingIndex, found: Gathered, labels: Labels, of: Associations | None) -> Votes:
    """Return what speaks for the labels of one sort."""
    hits, size = found.hits, max(len(labels.count), 1)
    row, label = labels.of(hits.record)
    key, support = np.unique(hits.feature[row] * np.int64(size) + label, return_counts=True)
    feature = key // size
    total = np.bincount(hits.feature, minlength=len(hits.kind))
    parts = [
        (
            hits.query[feature].astype(np.int64), key % size, COLUMN[hits.kind[feature]],
            support.astype(float), support / (total[feature] + 1.0),
        )
    ]  # fmt: skip
    if of is not None and len(found.common):
        query, kind, place = found.common.T
        start = of.offsets[place]
        row, at = ranges(start, of.offsets[place + 1] - start)
        count = of.counts[at].astype(float)
        parts.append(
            (
                query[row], of.labels[at].astype(np.int64), COLUMN[kind[row]], count,
                count / (of.totals[place[row]] + 1.0),
            )
        )  # fmt: skip
    query, told, kind, count, share = (np.concatenate(each) for each in zip(*parts, strict=True))
    near_row, near_label = labels.of(found.near)
    whose = found.near_query
    return Votes(
        query=query,
        label=told,
        kind=kind,
        support=count,
        share=share,
        near_query=whose[near_row],
        near_label=near_label.astype(np.int64),
        near_share=_shared(found.likeness, whose, len(found))[near_row],
        near_sharp=_shared(found.likeness**3, whose, len(found))[near_row],
    )


def _shared(likeness: Doubles, query: Places, queries: int) -> Doubles:
    total = np.bincount(query, likeness, minlength=queries)
    shared: Doubles = likeness / (total[query] + 1e-9)
    return shared


def sums(row: Places, worth: Doubles, size: int) -> Doubles:
    """Return the sum of the worth of each row; rows below 0 are left out."""
    inside = row >= 0
    total = np.bincount(row[inside], worth[inside], minlength=size)
    return total.astype(np.float64)

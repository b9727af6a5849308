"""Numbers built for records: the likeliest patterns, filled with the places of the record."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from techproc.classify.evidence import Ints
from techproc.classify.kinds import PLACES
from techproc.classify.scoring import ROUGH, Building, Hits, Query, most, support
from techproc.classify.tables import Table, fill
from techproc.classify.view import View

__all__ = ["build_numbers", "marks"]

_SHAPES = 6
_MARKS = 4
# How much less likely a place is with each figure or letter that another has more: the narrower
# place is the one that numbers are divided by.
_NARROWER = 0.5


def marks(query: Query, table: Table) -> dict[str, tuple[float, str]]:
    """Return what stands for the places of a record: mark → share and name, the likeliest first."""
    found: dict[str, tuple[float, str]] = {}
    for feature in query.features:
        if feature.kind in PLACES:
            for place in table.get(feature.key, ()):
                if place.share > found.get(place.mark, (0.0, ""))[0]:
                    found[place.mark] = (place.share, feature.text)
    if not found:
        return found
    longest = max(map(len, found))
    weighed = {
        mark: (share * _NARROWER ** (longest - len(mark)), name)
        for mark, (share, name) in found.items()
    }
    order = sorted(weighed, key=lambda mark: (-weighed[mark][0], mark))[:_MARKS]
    greatest = weighed[order[0]][0]
    return {mark: (weighed[mark][0] / greatest, weighed[mark][1]) for mark in order}


def build_numbers(view: View, shapes: View, hits: Hits, queries: Sequence[Query]) -> Building:
    """Return numbers built for each query that has a known place and whose records have patterns.

    `view` is the full level, `shapes` the patterns of the same scheme.
    """
    table = view.index.tables[view.scheme]
    placed = {q: found for q, query in enumerate(queries) if (found := marks(query, table))}
    numbers: dict[tuple[int, int], float] = {}
    names: dict[str, int] = {}
    if placed and shapes.size:
        for q, shape, share in _likeliest(shapes, hits):
            for mark, (worth, _) in placed.get(q, {}).items():
                made = fill(shape, mark, view.scheme)
                number = view.by_name.get(made)
                if number is None:
                    number = view.size + names.setdefault(made, len(names))
                at = (q, number)
                numbers[at] = max(numbers.get(at, 0.0), share * worth)
    order = sorted(numbers)
    return Building(
        query=np.array([q for q, _ in order], np.int64),
        number=np.array([n for _, n in order], np.int64),
        share=np.array([math.log(numbers[at] + 1e-4) for at in order], np.float32),
        names=tuple(names),
    )


def _likeliest(shapes: View, hits: Hits) -> list[tuple[int, str, float]]:
    """Return the likeliest patterns of each query with their shares."""
    found = support(shapes, hits)
    kind: Ints = hits.kind[found.feature]
    pair = hits.query[found.feature] * np.int64(shapes.size) + found.number
    every, row = np.unique(pair, return_inverse=True)
    total = np.bincount(row, ROUGH[kind] * found.share, minlength=len(every))
    query, number = every // shapes.size, every % shapes.size
    whole = np.bincount(query, total, minlength=hits.queries)
    kept = most(query, total, hits.queries, _SHAPES)
    return [
        (q, shapes.name(n), s)
        for q, n, s in zip(
            query[kept].tolist(),
            number[kept].tolist(),
            (total[kept] / whole[query[kept]]).tolist(),
            strict=True,
        )
    ]

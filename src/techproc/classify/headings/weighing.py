"""From what was gathered to main headings with what speaks for each, as arrays.

For each kind of feature the inputs of a main heading are the greatest share (of *N* records with the
feature, *n* have the heading: *n* / (*N* + 1)), its root, the greatest count, the summed surprise and
the summed shares; besides, the votes of the nearest records, how often the label proved right where
a title held it, and how common the heading is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from techproc.classify.coarse import Floats
from techproc.classify.headings.clues import CLUES, NUMBERS
from techproc.classify.headings.gathering import Doubles, Gathered, Votes, sums, votes
from techproc.classify.headings.index import HeadingIndex, Places
from techproc.classify.scoring import ROUGH, most

__all__ = ["Candidates", "main_candidates"]

_PLAIN = len(CLUES)
_KINDS = _PLAIN + len(NUMBERS)
_ROUGH = ROUGH[[*CLUES, *NUMBERS]]
_MAINS = 40


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates in the order of queries, with inputs.

    `main` and `chain` are places in the index; chains are 0 at the first stage.
    """

    query: Places
    main: Places
    chain: Places
    inputs: Floats
    queries: int

    @property
    def edges(self) -> Places:
        """Return where each query's candidates begin, and at last their number."""
        return np.searchsorted(self.query, np.arange(self.queries + 1))


def main_candidates(index: HeadingIndex, found: Gathered) -> Candidates:
    """Return the likeliest main headings of each record of a batch."""
    labels = index.by_main
    size = max(len(index.mains), 1)
    told = votes(index, found, labels, index.of_mains)
    pair = told.query * size + told.label
    near = told.near_query * size + told.near_label
    match = found.matches
    lexical = match.query * size + match.main
    belief = (match.right + 0.3) / (match.seen + 1.5)
    every, row = np.unique(np.concatenate([pair, near, lexical]), return_inverse=True)
    worth = np.concatenate(
        [
            _ROUGH[told.kind] * told.share,
            2 * told.near_share,
            match.words * match.whole * (0.1 + 0.3 * belief),
        ]
    )
    total = np.bincount(row, worth, minlength=len(every))
    kept = most(every // size, np.round(total, 6), len(found), _MAINS)
    query, main = every[kept] // size, every[kept] % size
    moved = np.full(len(every), -1)
    moved[kept] = np.arange(len(kept))
    ends = np.cumsum([len(pair), len(near), len(lexical)])
    rows = moved[row]
    common = (labels.count[main] + 0.5) / (len(index.records) + 1)
    by_kind, by_number = _by_kind(told, rows[: ends[0]], len(kept), index)
    near_rows = rows[ends[0] : ends[1]]
    flat = sums(near_rows, told.near_share, len(kept))
    sharp = sums(near_rows, told.near_sharp, len(kept))
    matched = np.zeros((len(kept), 4))
    at = rows[ends[1] :]
    for column, value in enumerate(
        (match.words * match.whole, belief, match.words, match.seen > 0)
    ):
        np.maximum.at(matched[:, column], at[at >= 0], value[at >= 0])
    inputs = np.column_stack(
        [
            by_kind, flat, np.sqrt(flat), sharp, np.sqrt(sharp), total[kept],
            np.log(total[kept] + 1e-3), np.log(common) / 5, matched,
            np.eye(7)[index.tags[main]],
            *([by_number] if found.numbered else []),
        ]
    )  # fmt: skip
    return Candidates(query, main, np.zeros_like(main), inputs.astype(np.float32), len(found))


def _by_kind(told: Votes, row: Places, size: int, index: HeadingIndex) -> tuple[Doubles, Doubles]:
    """Return the inputs of each kind, and those of class numbers."""
    inside = np.flatnonzero(row >= 0)
    cell = row[inside] * _KINDS + told.kind[inside]
    greatest, count = np.zeros(size * _KINDS), np.zeros(size * _KINDS)
    np.maximum.at(greatest, cell, told.share[inside])
    np.maximum.at(count, cell, np.log1p(told.support[inside]))
    common = (index.by_main.count[told.label[inside]] + 0.5) / (len(index.records) + 1)
    surprise = np.log1p(told.share[inside] / (5 * common))
    parts = [
        greatest, np.sqrt(greatest), count / 3,
        np.bincount(cell, surprise, minlength=size * _KINDS) / 10,
        np.bincount(cell, told.share[inside], minlength=size * _KINDS),
    ]  # fmt: skip
    tables = [part.reshape(size, _KINDS) for part in parts]
    return (
        np.column_stack([table[:, :_PLAIN] for table in tables]),
        np.column_stack([table[:, _PLAIN:] for table in tables]),
    )

"""Judging pairs of prepared records: one step, the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from techproc.dedupe.blocking import Places
from techproc.dedupe.columns import Columns
from techproc.dedupe.compare import band_of, field_points, joins, total
from techproc.dedupe.features import Features
from techproc.dedupe.rules import Rules
from techproc.dedupe.vetoes import vetoes_of

__all__ = ["Held", "Judged", "Side"]

Judged: TypeAlias = tuple[int, int, float, str, bool]  # first, second, probability, band, joins


class Held(Protocol):
    """Where the features of a record are found by its position."""

    def __getitem__(self, position: int, /) -> Features: ...


@dataclass(frozen=True, slots=True)
class Side:
    """Records ready to be compared with each other: columns and features by position."""

    columns: Columns
    store: Held
    rules: Rules

    def judge(self, first: Places, second: Places, least: float) -> list[Judged]:
        """Return the pairs whose probability is at least `least`, in their order."""
        rules = self.rules
        points = field_points(self.columns, first, self.columns, second, rules)
        probability = rules.weights.probability(total(points, rules))
        held: dict[int, Features] = {}
        out = []
        for k in np.flatnonzero(probability >= least).tolist():
            i, j, p = int(first[k]), int(second[k]), float(probability[k])
            for place in (i, j):
                if place not in held:
                    held[place] = self.store[place]
            vetoes = vetoes_of(held[i], held[j], rules.strengths)
            out.append((i, j, p, band_of(p, vetoes, rules), joins(p, vetoes, rules)))
        return out

"""The two sides of many pairs, column by column: what measures are taken of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel, JaroWinkler

from techproc.dedupe.columns import Columns
from techproc.dedupe.rows import Places, overlap, similarities

__all__ = ["NAN", "Codes", "Column", "Sides", "Truth", "ratio", "steps"]

Column = NDArray[np.float32]
Codes = NDArray[np.int32]
Truth = NDArray[np.bool_]
NAN = np.float32("nan")


class Sides:
    """The two sides of the pairs, column by column."""

    def __init__(self, one: Columns, at: Places, other: Columns, to: Places) -> None:
        self.one, self.at, self.other, self.to = one, at, other, to

    def codes(self, name: str) -> tuple[Codes, Codes]:
        """Return the numbers that both sides have in a column."""
        return self.one.numbers[name][self.at], self.other.numbers[name][self.to]

    def gap(self, name: str, largest: int) -> Column:
        """Return how far two numbers are apart, NaN where one is not known."""
        x, y = self.codes(name)
        out: Column = np.minimum(np.abs(x - y), largest).astype(np.float32)
        out[(x == 0) | (y == 0)] = NAN
        return out

    def sizes(self, name: str) -> tuple[Codes, Codes]:
        """Return how many members both sides have in a column of sets."""
        return self.one.rows[name].sizes(self.at), self.other.rows[name].sizes(self.to)

    def shared(self, name: str, of: str | None = None) -> Codes:
        """Return how much of the first side's `name` is in the second side's `of`."""
        return overlap(self.one.rows[name], self.at, self.other.rows[of or name], self.to)

    def within(self, name: str, of: str) -> tuple[Codes, Codes]:
        """Return how much of `name` the other side has in its `of`, both ways."""
        back = overlap(self.other.rows[name], self.to, self.one.rows[of], self.at)
        return self.shared(name, of), back

    def share(self, name: str) -> Column:
        """Return the share of the smaller set that the other has, NaN where one is empty."""
        return ratio(self.shared(name), np.minimum(*self.sizes(name)))

    def texts(self, name: str, chosen: Places | None = None) -> tuple[list[str], list[str]]:
        """Return the texts of both sides, of the chosen pairs or of all."""
        at, to = (self.at, self.to) if chosen is None else (self.at[chosen], self.to[chosen])
        return self.one.texts[name].take(at), self.other.texts[name].take(to)

    def similar(self, name: str, scorer: Any = Indel, *, start: bool = False) -> Column:
        """Return the similarity of two texts, NaN where one is empty.

        With `start` of as much of their start as both have.
        """
        one, other = self.one.texts[name], self.other.texts[name]
        what = "equal" if scorer is not Indel else "start" if start else "whole"
        out: Column = similarities(one, self.at, other, self.to, what)
        p, q = self.lengths(name)
        out[(p == 0) | (q == 0)] = NAN
        left = np.flatnonzero(out < 0)  # what is still to be told
        if len(left):
            x, y = self.texts(name, left)
            if start:
                sizes = [min(len(a), len(b)) for a, b in zip(x, y, strict=True)]
                x, y = ([text[:n] for text, n in zip(z, sizes, strict=True)] for z in (x, y))
            out[left] = process.cpdist(x, y, scorer=scorer.normalized_similarity, dtype=np.float32)
        return out

    def lengths(self, name: str) -> tuple[Codes, Codes]:
        """Return how many bytes the texts of both sides have."""
        x, y = self.one.texts[name].ends, self.other.texts[name].ends
        at, to = self.at, self.to
        return (x[at + 1] - x[at]).astype(np.int32), (y[to + 1] - y[to]).astype(np.int32)

    def near(self, name: str, chosen: Places, least: float) -> Truth:
        """Return which of the chosen pairs have texts of at least that Jaro-Winkler similarity."""
        out = np.zeros(len(self.at), dtype=bool)
        if len(chosen):
            x, y = self.texts(name, chosen)
            alike = process.cpdist(x, y, scorer=JaroWinkler.normalized_similarity, dtype=np.float32)
            out[chosen] = alike > least
        return out


def ratio(part: Codes, whole: Codes) -> Column:
    """Return the shares that parts are of the wholes, NaN of what is none."""
    out = np.full(len(part), NAN, dtype=np.float32)
    np.divide(part, whole, out=out, where=whole > 0, casting="unsafe")
    return out


def steps(default: float, *cases: tuple[Truth, float]) -> Column:
    """Return for every pair the value of the first case that holds."""
    out: Column = np.select(
        [case for case, _ in cases], [np.float32(value) for _, value in cases], np.float32(default)
    )
    return out

"""Which headings are given, in which order, and how many.

Two cataloguers agree on a main heading far oftener than on a whole string, so a list is worth what
is expected of both: F1 of whole strings, and, by a weight, F1 of main headings, which a second string
under the same main heading adds nothing to. The weight and what is expected in all were learned on
held-out records of the training part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["MOST", "Choice", "choose"]

MOST = 5
# What a main heading weighs beside a whole string.
_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class Choice:
    """A heading to give: main heading and chain, as places, how sure both are, and the main alone."""

    main: int
    chain: int
    confidence: float
    main_confidence: float


def choose(
    mains: Mapping[int, float],
    strings: Sequence[tuple[int, int, float]],
    expects: float,
    *,
    top: int | None = None,
    least: float = 0.0,
) -> list[Choice]:
    """Return the headings to give, the one worth most first.

    `mains` are main headings with confidence, `strings` those with chains (0 for none). `expects`
    is how many headings a record is taken to have for each that confidence adds up to. With `top`
    so many are given, without it none to five. What is less sure than `least` is given without its
    chain, and left out when its main heading is less sure too.

    >>> found = choose({1: 0.8, 2: 0.3}, [(1, 7, 0.6), (1, 8, 0.2), (2, 0, 0.1)], 1.0)
    >>> [(each.main, each.chain) for each in found]
    [(1, 7)]
    """
    left = [
        Choice(main, chain, min(sure, mains[main]), mains[main])
        for main, chain, sure in strings
        if main in mains and mains[main] > 0 and min(sure, mains[main]) >= least
    ]
    there = {each.main for each in left}
    left += [
        Choice(main, 0, sure, sure)
        for main, sure in mains.items()
        if main not in there and sure >= least and sure > 0
    ]
    left.sort(key=lambda each: (-each.confidence, each.main, each.chain))
    ordered: list[Choice] = []
    named: set[int] = set()
    while left and len(ordered) < (top or MOST):
        best = max(left, key=lambda each: _worth(each, named))
        left.remove(best)
        named.add(best.main)
        ordered.append(best)
    if top is not None:
        return ordered
    wanted = max(1.0, expects * sum(mains.values()))
    wanted_whole = max(1.0, expects * sum(sure for _, _, sure in strings))
    return ordered[: _number(ordered, wanted, wanted_whole)]


def _worth(each: Choice, named: set[int]) -> float:
    return each.confidence + (0.0 if each.main in named else _WEIGHT * each.main_confidence)


def _number(ordered: Sequence[Choice], wanted: float, wanted_whole: float) -> int:
    """Return how many to give so that what is expected of the list is greatest.

    With k strings given under m main headings, of which P and p are right as expected, and N and n
    right ones in all, F1 is 2 P / (k + N) of strings and 2 p / (m + n) of main headings.
    """
    named: set[int] = set()
    right = right_whole = best = 0.0
    number = 0
    for given, each in enumerate(ordered, 1):
        right_whole += each.confidence
        if each.main not in named:
            named.add(each.main)
            right += each.main_confidence
        worth = right_whole / (given + wanted_whole) + _WEIGHT * right / (len(named) + wanted)
        if worth > best:
            best, number = worth, given
    return number

"""How far suggested headings can be trusted: F1, calibration and what each limit costs.

Every record is judged blind: neither its own headings nor the index's records of its work are
looked at, so an index may be scored on the very records it was learned from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import numpy as np

from techproc.classify.calibration import coverage, expected_error
from techproc.classify.evaluation import rounded
from techproc.classify.fields import Field
from techproc.classify.headings.choosing import MOST, Choice
from techproc.classify.headings.clues import subjects
from techproc.classify.headings.suggesting import HeadingSuggester

__all__ = ["HeadingScore", "Limit", "evaluate", "f1", "render_scores"]

_BATCH = 64
_LIMITS = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
_Level = Literal["concept", "exact"]
_Given = dict[str, float]  # headings with their confidence, in the order in which they are given


@dataclass(frozen=True, slots=True)
class Limit:
    """What is left of five headings a record when those less sure than `confidence` are left out.

    `precision`: the part of the headings given that are right. `coverage`: the part of the records
    that are given any. `recall`: the part of all headings of the records that are given.
    """

    confidence: float
    precision: float
    coverage: float
    recall: float


@dataclass(frozen=True, slots=True)
class HeadingScore:
    """How good the suggestions are: main headings ("concept") or whole strings ("exact").

    `f1_at_5`: F1 of a record's headings and the five suggested, the mean over `records`; `f1`: the
    same with as many as are worth it, of which `given` come to a record. `error`: expected
    calibration error of those. `covered`: the greatest part of the records, the surest first, of
    which nine in ten surest headings are right.
    """

    level: _Level
    records: int
    f1_at_5: float
    f1: float
    given: float
    error: float
    covered: float
    limits: tuple[Limit, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the score as a JSON object, rounded to a hundredth of a percent."""
        return {**rounded(self), "limits": [rounded(each) for each in self.limits]}


def f1(given: Iterable[str], wanted: Collection[str]) -> float:
    """Return F1 of headings given and wanted, each counted once.

    >>> f1(["Cats", "Dogs"], {"Cats"})
    0.6666666666666666
    """
    named, right = set(given), set(wanted)
    hits = len(named & right)
    return 2 * hits / (len(named) + len(right)) if hits else 0.0


@dataclass(slots=True)
class _Seen:
    """The records scored so far at one level: five and chosen headings, and those they have."""

    five: list[_Given] = field(default_factory=list)
    chosen: list[_Given] = field(default_factory=list)
    wanted: list[set[str]] = field(default_factory=list)

    def score(self, level: _Level) -> HeadingScore:
        told, right = _judged(self.chosen, self.wanted)
        surest = [max(given, key=given.__getitem__, default="") for given in self.five]
        first = np.array([g.get(s, 0.0) for g, s in zip(self.five, surest, strict=True)])
        hit = np.array([s in w for s, w in zip(surest, self.wanted, strict=True)], bool)
        return HeadingScore(
            level=level,
            records=len(self.wanted),
            f1_at_5=_mean_f1(self.five, self.wanted),
            f1=_mean_f1(self.chosen, self.wanted),
            given=len(told) / len(self.wanted),
            error=expected_error(told, right),
            covered=coverage(first, hit),
            limits=tuple(self._limit(least) for least in _LIMITS),
        )

    def _limit(self, least: float) -> Limit:
        left = [{n: sure for n, sure in given.items() if sure >= least} for given in self.five]
        _, right = _judged(left, self.wanted)
        return Limit(
            confidence=least,
            precision=float(right.mean()) if len(right) else 0.0,
            coverage=sum(map(bool, left)) / len(left),
            recall=float(right.sum()) / sum(map(len, self.wanted)),
        )


def _judged(
    given: Sequence[_Given], wanted: Sequence[set[str]]
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.bool_]]]:
    pairs = [(s, n in w) for g, w in zip(given, wanted, strict=True) for n, s in g.items()]
    return np.array([s for s, _ in pairs], np.float64), np.array([r for _, r in pairs], bool)


def _mean_f1(given: Sequence[_Given], wanted: Sequence[set[str]]) -> float:
    return float(np.mean([f1(g, w) for g, w in zip(given, wanted, strict=True)]))


def evaluate(
    suggester: HeadingSuggester, records: Iterable[Sequence[Field]], *, numbers: bool = False
) -> list[HeadingScore]:
    """Return the scores of main headings and of whole strings on the records that have headings.

    A heading is right when the record has it, main headings that LC has replaced in their present
    form on both sides. Records without LCSH headings are passed over; without any other, the list is
    empty. A vocabulary of the suggester is not looked at; class numbers are with `numbers`.
    """
    seen: dict[_Level, _Seen] = {"concept": _Seen(), "exact": _Seen()}
    index = suggester.index
    headed = ((fields, held) for fields in records if (held := subjects(fields)))
    while batch := list(islice(headed, _BATCH)):
        chosen: list[list[list[Choice]]] = [[[], []] for _ in batch]
        records_of = [fields for fields, _ in batch]
        for each in suggester.weighed(records_of, numbers=numbers):
            chosen[each.record] = [each.choose(top=MOST), each.choose()]
        for (_, held), pair in zip(batch, chosen, strict=True):
            for whole, one in enumerate(seen.values()):
                one.wanted.append({h.text if whole else h.main for h in held})
                for choices, into in zip(pair, (one.five, one.chosen), strict=True):
                    given: _Given = {}
                    for c in choices:
                        name = index.text(c.main, c.chain) if whole else index.mains[c.main]
                        given.setdefault(name, c.confidence if whole else c.main_confidence)
                    into.append(given)
    return [one.score(level) for level, one in seen.items() if one.wanted]


_NAMES = {"concept": "main heading", "exact": "whole heading"}


def render_scores(scores: Sequence[HeadingScore]) -> str:
    """Return scores as tables to read."""
    lines = ["               records   F1@5      F1   given     ECE  covered"]
    lines += [
        f"{_NAMES[s.level]:<14} {s.records:>7}  {s.f1_at_5:5.3f}   {s.f1:5.3f}  {s.given:6.2f}  "
        f"{s.error:6.3f}  {s.covered:7.1%}"
        for s in scores
    ]
    lines += ["", "               confidence  precision  coverage  recall"]
    lines += [
        f"{_NAMES[s.level]:<14} {each.confidence:>10.1f}  {each.precision:9.1%} "
        f"{each.coverage:9.1%} {each.recall:7.1%}"
        for s in scores
        for each in s.limits
    ]
    return "\n".join(lines)

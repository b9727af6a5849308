"""Class numbers for a record, each with its confidence and the evidence behind it.

>>> from pymarc import Field, Indicators, Record, Subfield
>>> record = Record()
>>> title = [Subfield("a", "Soil fertility in Ghana.")]
>>> record.add_field(Field("245", Indicators("1", "0"), title))
>>> heading = [Subfield("a", "Soil fertility"), Subfield("z", "Ghana.")]
>>> record.add_field(Field("650", Indicators(" ", "0"), heading))
>>> best = Suggester.starter().suggest(record, "lcc")[0]
>>> best.at("letters").number
'S'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from techproc.classify.evidence import EvidenceIndex
from techproc.classify.features import features, same_work
from techproc.classify.fields import Field, fields_of
from techproc.classify.judging import Bench, Judged, judge_batch
from techproc.classify.numbers import LEVELS, Level, Scheme, class_number, cut
from techproc.classify.scoring import Query, look_up
from techproc.classify.storage import load
from techproc.classify.tally import Tallied, tally
from techproc.classify.trace import Evidence, Trace
from techproc.classify.view import View

if TYPE_CHECKING:
    from pymarc import Record

__all__ = ["Evidence", "Step", "Suggester", "Suggestion", "cut_off", "unit"]

_DATA = Path(__file__).parent / "data"
# A number is given with its Cutter where the Cutter is likelier than not, given the class.
_LIKELIER = 0.5
_DEEP = 12  # numbers of the other levels that are looked at


@dataclass(frozen=True, slots=True)
class Step:
    """A suggestion seen at one level: the number cut there, and how sure it is."""

    level: Level
    number: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class number that the evidence speaks for.

    `confidence` is the calibrated probability that `number` is right at its `level`; `steps` are
    the same number from the coarsest level to the deepest known, each with its own. `supporting`
    and `contradicting` count the records that share a telling feature with this one and have, or
    do not have, the number. `index` names what the counts were learned from, and when.
    """

    number: str
    level: Level
    confidence: float
    evidence: tuple[Evidence, ...]
    supporting: int
    contradicting: int
    steps: tuple[Step, ...]
    index: str

    def at(self, level: Level) -> Step:
        """Return the suggestion at a level; the deepest known when it does not go so deep."""
        return next((s for s in self.steps if s.level == level), self.steps[-1])

    def as_json(self) -> dict[str, Any]:
        """Return the suggestion as a JSON object."""
        return {
            "number": self.number,
            "level": self.level,
            "confidence": round(self.confidence, 4),
            "steps": [
                {"level": s.level, "number": s.number, "confidence": round(s.confidence, 4)}
                for s in self.steps
            ],
            "supporting": self.supporting,
            "contradicting": self.contradicting,
            "evidence": [e.as_json() for e in self.evidence],
            "index": self.index,
        }


class Suggester:
    """An evidence index with the judges that weigh it, ready to suggest class numbers."""

    def __init__(self, index: EvidenceIndex, bench: Bench) -> None:
        self.index = index
        self.bench = bench
        self.source = "; ".join(
            f"{s['name']}, {s['records']} records, {s['date']}" for s in index.about["sources"]
        )
        self._views: dict[Scheme, list[View]] = {}

    @staticmethod
    @cache
    def starter() -> Suggester:
        """Return the suggester that ships with the package."""
        return Suggester(load(_DATA / "starter.bin"), Bench.load(_DATA / "judges.npz"))

    @staticmethod
    def load(path: str | Path) -> Suggester:
        """Return the suggester of an index file that `classify train` made.

        Raises InputError or CatalogError, as `techproc.classify.storage.load` does.
        """
        return Suggester(load(path), Bench.load(_DATA / "judges.npz"))

    def views(self, scheme: Scheme) -> list[View]:
        """Return the index as seen at each level of a scheme, the coarsest first."""
        if scheme not in self._views:
            self._views[scheme] = [View(self.index, scheme, level) for level in LEVELS[scheme]]
        return self._views[scheme]

    def suggest(
        self,
        record: Record,
        scheme: Scheme,
        *,
        top: int = 3,
        blind: bool = False,
        others: Sequence[Record] = (),
        confidence: float = 0.0,
    ) -> list[Suggestion]:
        """Return at most `top` numbers for a record, the likeliest first.

        `others` are records that may be of the same work (from the catalogue, from other
        libraries): those that share an ISBN, an LCCN, or creator and title vote with their
        numbers, as do the index's records of the same creator and title.

        With `confidence`, each number is cut at the deepest level that is at least so sure, and
        left out when none is. With `blind`, fields 050, 055, 060, 070, 08X and 09X of the record
        and the index's records of its work are not looked at: for evaluation.
        """
        fields = fields_of(record)
        more = [fields_of(each) for each in others]
        return self.suggest_all(
            [fields], scheme, top=top, blind=blind, others=[more], confidence=confidence
        )[0]

    def suggest_all(
        self,
        records: Sequence[Sequence[Field]],
        scheme: Scheme,
        *,
        top: int = 3,
        blind: bool = False,
        others: Sequence[Sequence[Sequence[Field]]] = (),
        confidence: float = 0.0,
    ) -> list[list[Suggestion]]:
        """Return the suggestions for each of several records, given as fields; faster together."""
        if not records:
            return []
        queries = [Query(features(f, numbers=not blind), same_work(f)) for f in records]
        views = self.views(scheme)
        # Records of the same work vote in the tally; counted as neighbours too, they would make the
        # judges, who learned without them, too sure.
        hits = look_up(self.index, queries, scheme, apart=True)
        judged = judge_batch(self.bench, views, queries, hits=hits)
        trace = Trace(self.index, queries, hits)
        results = []
        for q, fields in enumerate(records):
            # Language and country alone are no evidence: without a telling feature, no number.
            ladders = _ladders(judged, views, q, top) if q in hits.telling else []
            votes = tally(
                fields,
                others[q] if others else (),
                scheme,
                index=None if blind else self.index,
                own=None if blind else class_number(fields, scheme),
            )
            ladders, told = self._with_votes(ladders, votes, scheme)
            ladders.sort(key=lambda steps: -_of(steps, unit(scheme)).confidence)
            suggestions = []
            for steps, step in _chosen(ladders, top, confidence):
                view = views[LEVELS[scheme].index(step.level)]
                same_work_says = told.get(_of(steps, unit(scheme)).number, ())
                found = trace.evidence(q, view, step.number)
                suggestions.append(self._told(steps, step, same_work_says, found))
            results.append(suggestions)
        return results

    def _with_votes(
        self, ladders: list[tuple[Step, ...]], votes: Tallied, scheme: Scheme
    ) -> tuple[list[tuple[Step, ...]], dict[str, tuple[Evidence, ...]]]:
        """Add what records of the same work have, at the rate at which such records agree."""
        if not votes.numbers:
            return ladders, {}
        merged = {_of(steps, unit(scheme)).number: steps for steps in ladders}
        told: dict[str, tuple[Evidence, ...]] = {}
        for number in votes.numbers:
            steps = tuple(
                Step(
                    level,
                    cut(number, level),
                    votes.share(number, level) * self.bench.same_work[scheme, level],
                )
                for level in LEVELS[scheme]
            )
            base = cut(number, unit(scheme))
            known = merged.get(base)
            if not known or steps[-1].confidence >= known[-1].confidence:
                before = {s.level: s.confidence for s in known or ()}
                same = known is not None and known[-1].number == steps[-1].number
                merged[base] = tuple(
                    Step(s.level, s.number, max(s.confidence, before.get(s.level, 0.0)))
                    if same or s.level != "full"
                    else s
                    for s in steps
                )
            told[base] = (*told.get(base, ()), *votes.evidence(number))
        return list(merged.values()), told

    def _told(
        self,
        steps: tuple[Step, ...],
        step: Step,
        votes: tuple[Evidence, ...],
        traced: tuple[list[Evidence], int, int],
    ) -> Suggestion:
        found, supporting, contradicting = traced
        return Suggestion(
            number=step.number,
            level=step.level,
            confidence=step.confidence,
            evidence=(*votes, *found),
            supporting=supporting + sum(v.count for v in votes),
            contradicting=contradicting + sum(v.total - v.count for v in votes[:1]),
            steps=steps,
            index=self.source,
        )


def unit(scheme: Scheme) -> Level:
    """Return the level at which suggestions differ: LC without Cutters, the full Dewey number."""
    return "class" if scheme == "lcc" else "full"


def _of(steps: tuple[Step, ...], level: Level) -> Step:
    return next((s for s in steps if s.level == level), steps[-1])


def _ladders(
    judged: Sequence[Judged], views: Sequence[View], q: int, top: int
) -> list[tuple[Step, ...]]:
    """Return the best numbers of one query, each from the coarsest level to the deepest known."""
    level = unit(views[0].scheme)
    depth = next(i for i, v in enumerate(views) if v.level == level)
    named = _best(judged[depth], views[depth], q, top)
    coarse = _best(judged[0], views[0], q, None)
    if not named:  # nothing but what very common features say
        return [(Step(views[0].level, name, sure),) for name, sure in coarse[:top]]
    above = dict(coarse)
    deeper: dict[str, tuple[str, float]] = {}
    if depth + 1 < len(views):
        for name, sure in _best(judged[depth + 1], views[depth + 1], q, None):
            deeper.setdefault(cut(name, level), (name, sure))  # the best comes first
    ladders = []
    for name, sure in named:
        steps = [Step(level, name, sure)]
        if name in deeper and deeper[name][1] >= _LIKELIER * sure:
            steps.append(Step("full", deeper[name][0], min(deeper[name][1], sure)))
        up = cut(name, views[0].level)
        ladders.append((Step(views[0].level, up, max(above.get(up, 0.0), sure)), *steps))
    return ladders


def _best(judged: Judged, view: View, q: int, top: int | None) -> list[tuple[str, float]]:
    """Return the names of the likeliest numbers of one query, with their confidence."""
    found = judged.found
    start, end = np.searchsorted(found.query, [q, q + 1])
    # Rounded: whether a record comes alone or in a batch must not decide between equals.
    share = np.round(judged.share[start:end], 4)
    order = np.argsort(-share, kind="stable")[: top or _DEEP] + start
    return [
        (found.name(n, view), sure)
        for n, sure in zip(
            found.number[order].tolist(), judged.confidence[order].tolist(), strict=True
        )
    ]


def cut_off(suggestions: Sequence[Suggestion], confidence: float, top: int) -> list[Suggestion]:
    """Return the first `top` suggestions, each at the deepest level that is at least so sure.

    What is nowhere so sure is left out, and of two that come to the same number, the second.
    """
    by_steps = {s.steps: s for s in suggestions}
    return [
        replace(by_steps[steps], number=step.number, level=step.level, confidence=step.confidence)
        for steps, step in _chosen([s.steps for s in suggestions], top, confidence)
    ]


def _chosen(
    ladders: Sequence[tuple[Step, ...]], top: int, confidence: float
) -> list[tuple[tuple[Step, ...], Step]]:
    """Return the first `top` numbers with the step at which each is given."""
    chosen: list[tuple[tuple[Step, ...], Step]] = []
    seen: set[str] = set()
    for steps in ladders:
        step = next((s for s in reversed(steps) if s.confidence >= confidence), None)
        if step is None or step.number in seen:
            continue
        seen.add(step.number)
        chosen.append((steps, step))
    return chosen[:top]

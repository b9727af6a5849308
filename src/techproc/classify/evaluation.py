"""How far suggestions can be trusted: accuracy, calibration and coverage on records with numbers.

Every record is judged blind: neither its own numbers nor the index's records of its work are
looked at, so an index may be scored on the very records it was learned from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from techproc.classify.calibration import coverage, expected_error
from techproc.classify.features import features, same_work
from techproc.classify.fields import Field
from techproc.classify.judging import judge_batch
from techproc.classify.learning import Example, right_candidates
from techproc.classify.numbers import LEVELS, Level, Scheme, class_number, cut
from techproc.classify.scoring import Query, look_up
from techproc.classify.suggest import Suggester, Suggestion
from techproc.classify.view import View

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Score", "evaluate", "examples", "render_scores", "rounded", "score_suggestions"]

_BATCH = 64


@dataclass(frozen=True, slots=True)
class Score:
    """How good the suggestions are at one level of one scheme.

    `first`, `third` and `tenth`: the part of the `records` whose number is the first, or among the
    first three or ten suggested. `error`: expected calibration error of the first. `covered`: the
    greatest part of the records, the surest first, of which nine in ten are right. `unseen`: the
    part whose number is not in the index.
    """

    scheme: Scheme
    level: Level
    records: int
    first: float
    third: float
    tenth: float
    error: float
    covered: float
    unseen: float

    def as_json(self) -> dict[str, Any]:
        """Return the score as a JSON object, rounded to a hundredth of a percent."""
        return rounded(self)


def rounded(score: DataclassInstance) -> dict[str, Any]:
    """Return the fields of a score, numbers rounded to a hundredth of a percent."""
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(score).items()}


def examples(records: Iterable[Sequence[Field]], *, numbers: bool = False) -> Iterator[Example]:
    """Yield the records that have a usable number, with features and numbers.

    With `numbers`, the numbers count among the features too, for learning the crosswalk.
    """
    for fields in records:
        known = {scheme: number for scheme in LEVELS if (number := class_number(fields, scheme))}
        if known:
            yield Example(features(fields, numbers=numbers), same_work(fields), known)


def evaluate(
    suggester: Suggester,
    tests: Sequence[Example],
    scheme: Scheme,
    *,
    kinds: Collection[int] | None = None,
) -> list[Score]:
    """Return a score for each level of a scheme, the coarsest first.

    `kinds` limits what is looked at to some kinds of feature (`kinds.TITLE`: the title alone).
    Levels are scored each by its own ranking; one work counts as often as it has records.
    """
    tests = [t for t in tests if t.numbers.get(scheme)]
    views = suggester.views(scheme)
    ranks: list[list[int]] = [[] for _ in views]
    sure: list[list[float]] = [[] for _ in views]
    unseen = [0 for _ in views]
    for at in range(0, len(tests), _BATCH):
        some = tests[at : at + _BATCH]
        queries = [
            Query([f for f in t.features if kinds is None or f.kind in kinds], t.work) for t in some
        ]
        hits = look_up(suggester.index, queries, scheme, apart=True)
        for i, judged in enumerate(judge_batch(suggester.bench, views, queries, hits=hits)):
            right, missing = right_candidates(judged.found, views[i], some, scheme)
            unseen[i] += missing
            edges = np.searchsorted(judged.found.query, np.arange(len(some) + 1))
            for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                order = np.argsort(-judged.share[start:end], kind="stable")
                place = np.flatnonzero(right[start:end][order])
                ranks[i].append(int(place[0]) if len(place) else 1000)
                sure[i].append(float(judged.confidence[start + order[0]]) if len(order) else 0.0)
    return [
        _score(scheme, view, ranks[i], sure[i], unseen[i]) for i, view in enumerate(views) if tests
    ]


def score_suggestions(
    suggested: Iterable[tuple[str, Sequence[Suggestion]]], views: Sequence[View]
) -> list[Score]:
    """Return a score for each level from pairs of the right number and what was suggested blind.

    For suggestions that others had a part in; `views` are those of the index (`Suggester.views`).
    """
    pairs = list(suggested)
    scores = []
    for view in views:
        ranks, sure, unseen = [], [], 0
        for number, suggestions in pairs:
            right = cut(number, view.level)
            unseen += view.place(right) is None
            steps = [s.at(view.level) for s in suggestions]
            steps = [s for s in steps if s.level == view.level]
            steps.sort(key=lambda s: -s.confidence)
            names = list(dict.fromkeys(s.number for s in steps))
            ranks.append(names.index(right) if right in names else 1000)
            sure.append(steps[0].confidence if steps else 0.0)
        if pairs:
            scores.append(_score(view.scheme, view, ranks, sure, unseen))
    return scores


def _score(scheme: Scheme, view: View, ranks: list[int], sure: list[float], unseen: int) -> Score:
    rank, confidence = np.array(ranks), np.array(sure)
    return Score(
        scheme=scheme,
        level=view.level,
        records=len(ranks),
        first=float((rank < 1).mean()),
        third=float((rank < 3).mean()),
        tenth=float((rank < 10).mean()),
        error=expected_error(confidence, rank == 0),
        covered=coverage(confidence, rank == 0),
        unseen=unseen / len(ranks),
    )


def render_scores(scores: Iterable[Score]) -> str:
    """Return scores as a table to read."""
    lines = [
        "scheme  level         records   @1     @3     @10    ECE    covered  unseen",
        *(
            f"{s.scheme:<7} {s.level:<13} {s.records:>7}  {s.first:6.1%} {s.third:6.1%} "
            f"{s.tenth:6.1%} {s.error:6.3f} {s.covered:7.1%} {s.unseen:7.1%}"
            for s in scores
        ),
    ]
    return "\n".join(lines)

"""Two records compared: a score by field, the vetoes, and what follows from both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from techproc.config import MatchPolicy
from techproc.dedupe.columns import Columns, columns_of
from techproc.dedupe.evidence import beside, evidence_of, identifier_points
from techproc.dedupe.features import Features
from techproc.dedupe.measures import Places, measure_columns
from techproc.dedupe.rules import Rules, rules_of
from techproc.dedupe.vetoes import CODED, PATTERNED, STATED, Veto, vetoes_of

__all__ = ["Comparison", "compare", "compare_many"]

_DOUBTED = 1 / 3
_SHOWN = 0.05  # points under which a field's contribution is not worth a word


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing two records gave.

    `score` is in log-odds points, the start value and the contributions added up; `probability`
    its calibrated value, which knows nothing of vetoes. `band` is "match", "review" or "no" with
    the vetoes counted; `relation` is "same", "other-edition", "other-format", "other-part" or
    "different". A contribution is (field, points, what was compared).
    """

    probability: float
    score: float
    band: str
    relation: str
    contributions: tuple[tuple[str, float, str], ...]
    vetoes: tuple[str, ...]

    def explain(self) -> str:
        """Return the fields' points in one line, the weightiest first, then the vetoes."""
        ranked = sorted(self.contributions, key=lambda part: -abs(part[1]))
        parts = [
            f"{name} {points:+.1f}".replace("-", "−")
            for name, points, _ in ranked
            if abs(points) >= _SHOWN
        ]
        return "; ".join([", ".join(parts), *(f"veto {veto}" for veto in self.vetoes)])


def compare(a: Features, b: Features, policy: MatchPolicy | None = None) -> Comparison:
    """Compare two records; it is symmetric, and says what every field contributed.

    >>> import pymarc
    >>> from techproc.dedupe.features import features
    >>> empty = features(pymarc.Record())
    >>> compare(empty, empty).vetoes
    ('thin: a record without a title',)
    """
    return compare_many([a], [b], rules_of(policy or MatchPolicy()))[0]


def compare_many(
    first: Sequence[Features], second: Sequence[Features], rules: Rules
) -> list[Comparison]:
    """Compare many pairs at once, with their explanations."""
    if not first:
        return []
    # A record is often compared with several others: it is coded once.
    found: dict[int, int] = {}
    at, to = (
        np.array([found.setdefault(id(one), len(found)) for one in side])
        for side in (first, second)
    )
    named = {id(one): one for one in (*first, *second)}
    columns = columns_of(named[key] for key in found)
    points = field_points(columns, at, columns, to, rules)
    score = total(points, rules)
    probability = rules.weights.probability(score).tolist()
    rounded = [(name, part.astype(float).round(3).tolist()) for name, part in points.items()]
    said = {key: evidence_of(one) for key, one in named.items()}
    out = []
    for i, (a, b) in enumerate(zip(first, second, strict=True)):
        vetoes = vetoes_of(a, b, rules.strengths)
        out.append(
            Comparison(
                probability=probability[i],
                score=float(score[i]),
                band=band_of(probability[i], vetoes, rules),
                relation=relation_of(probability[i], vetoes, rules, a, b),
                contributions=tuple(
                    (name, column[i], beside(x, y))
                    for (name, column), x, y in zip(rounded, said[id(a)], said[id(b)], strict=True)
                ),
                vetoes=tuple(f"{veto.name}: {veto.text}" for veto in vetoes),
            )
        )
    return out


def field_points(
    one: Columns, at: Places, other: Columns, to: Places, rules: Rules
) -> dict[str, NDArray[np.float32]]:
    """Return the points of every pair by field, the policy's factors applied."""
    points = rules.weights.by_field(measure_columns(one, at, other, to))
    points["identifiers"] = identifier_points(one, at, other, to, rules.weights)
    for name, factor in rules.factors.items():
        points[name] = points[name] * np.float32(factor)
    return points


def total(points: dict[str, NDArray[np.float32]], rules: Rules) -> NDArray[np.float32]:
    """Return the score of every pair: the start value and all fields' points."""
    columns: NDArray[np.float32] = np.stack(list(points.values())).sum(axis=0)
    out: NDArray[np.float32] = columns + np.float32(rules.weights.start)
    return out


def band_of(probability: float, vetoes: Sequence[Veto], rules: Rules) -> str:
    """Return "match", "review" or "no" for a probability and the vetoes found.

    Titles of one pattern ("… Falls County, Tex.", "… Huron County, Ohio") or with other numbers are
    worth a look only when all else speaks for one publication. What the descriptions state otherwise,
    beside another sign of difference, is none: not one of 5,104 labelled pairs of one publication
    has both.
    """
    if probability < rules.review or any(veto.strength == "no" for veto in vetoes):
        return "no"
    signs = [veto.name for veto in vetoes if veto.name != "thin"]
    if len(signs) > 1 and not STATED.isdisjoint(signs):
        return "no"
    if probability < _DOUBTED and any(veto.name in PATTERNED for veto in vetoes):
        return "no"
    return "match" if probability >= rules.duplicate and not vetoes else "review"


def joins(probability: float, vetoes: Sequence[Veto], rules: Rules) -> bool:
    """Return whether a pair may stand in one group, to be shown though perhaps not merged."""
    coded = all(veto.strength == "review" and veto.name in CODED for veto in vetoes)
    return coded and probability >= rules.group


def relation_of(  # noqa: PLR0911
    probability: float, vetoes: Sequence[Veto], rules: Rules, a: Features, b: Features
) -> str:
    """Return what the two are to each other.

    A veto says what it makes of two records that are otherwise alike; without one, two records
    under the review limit with the same title and creator are editions of one work.
    """
    alike = probability >= rules.review
    if vetoes and vetoes[0].name == "linked":
        return vetoes[0].relation
    if any(veto.relation == "different" for veto in vetoes if veto.name != "thin"):
        return "different"
    if alike and (named := [veto for veto in vetoes if veto.relation != "different"]):
        return named[0].relation
    if alike:
        return "same"
    if same_work(a, b):
        for veto in vetoes:
            return veto.relation
        return "other-edition"
    return "different"


def same_work(a: Features, b: Features) -> bool:
    """Return True when title proper and creator say that two records are of one work."""
    titles = bool(a.short_title) and (a.short_title == b.short_title or a.title == b.title)
    creators = a.surname == b.surname and (a.given[:1] == b.given[:1] or not a.given or not b.given)
    return titles and creators and (bool(a.surname) or a.title == b.title)

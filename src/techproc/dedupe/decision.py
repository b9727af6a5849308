"""One arrival against the catalogue's candidates: new, duplicate, other edition or unsure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pymarc

from techproc.config import MatchPolicy
from techproc.dedupe.compare import Comparison, compare_many
from techproc.dedupe.features import Features, features
from techproc.dedupe.rules import rules_of

__all__ = ["MatchDecision", "decide", "judge"]


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """What an arrival is to the catalogue.

    `kind` is "new", "duplicate", "other-edition" or "unsure"; `best` the index of the candidate it
    rests on, `probability` that the two are one; `reasons` are sentences for a cataloguer, and
    `comparisons` has one entry for each candidate, in their order.
    """

    kind: str
    best: int | None
    probability: float
    reasons: tuple[str, ...]
    comparisons: tuple[Comparison, ...] = ()


def decide(
    record: pymarc.Record | Features,
    candidates: Sequence[pymarc.Record | Features],
    policy: MatchPolicy | None = None,
) -> MatchDecision:
    """Decide what a record is to the candidates that share a match key with it.

    "duplicate": exactly one candidate, or several that are duplicates of each other, is a match.
    "unsure": a match needs a person, or two different candidates match. "other-edition": none
    matches, but one is the same work in another edition, format or part. Otherwise "new".

    >>> decide(pymarc.Record(), []).kind
    'new'
    """
    policy = policy or MatchPolicy()
    own = _features(record)
    others = [_features(candidate) for candidate in candidates]
    rules = rules_of(policy)

    def distinct(i: int, j: int) -> bool:
        return compare_many([others[i]], [others[j]], rules)[0].band != "match"

    names = [each.control or f"candidate {each.record}" for each in others]
    return judge(names, compare_many([own] * len(others), others, rules), distinct)


def judge(
    names: Sequence[str],
    comparisons: Sequence[Comparison],
    distinct: Callable[[int, int], bool],
) -> MatchDecision:
    """Decide as `decide` does, from the comparisons of a record with each of the candidates.

    `names` is how reasons call the candidates; `distinct` says of two of them, by their places,
    whether they are different editions.
    """
    if not names:
        return MatchDecision("new", None, 0.0, ("no record of the catalogue shares a match key",))
    found = tuple(comparisons)
    order = sorted(range(len(found)), key=lambda i: (-found[i].probability, i))
    matches = [i for i in order if found[i].band == "match"]
    if matches:
        best = matches[0]
        rivals = [i for i in matches[1:] if distinct(best, i)]
        reasons = [_sentence(names[best], found[best])]
        if rivals:
            also = ", ".join(names[i] for i in rivals)
            reasons.insert(0, f"matches {names[best]} and also {also}, which differ")
            return MatchDecision("unsure", best, found[best].probability, tuple(reasons), found)
        if len(matches) > 1:
            also = ", ".join(names[i] for i in matches[1:])
            reasons.append(f"the catalogue has it more than once: also {also}")
        return MatchDecision("duplicate", best, found[best].probability, tuple(reasons), found)
    for kind, wanted in (("unsure", "review"), ("other-edition", "no")):
        for i in order:
            related = found[i].relation in ("other-edition", "other-format", "other-part")
            if found[i].band == wanted and (wanted == "review" or related):
                reasons = [_sentence(names[i], found[i])]
                return MatchDecision(kind, i, found[i].probability, tuple(reasons), found)
    best = order[0]
    text = f"nearest is {names[best]}: {_sentence(names[best], found[best])}"
    return MatchDecision("new", None, found[best].probability, (text,), found)


def _features(record: pymarc.Record | Features) -> Features:
    return record if isinstance(record, Features) else features(record)


def _sentence(name: str, comparison: Comparison) -> str:
    return (
        f"{name}: {comparison.relation}, probability {comparison.probability:.3f} "
        f"({comparison.explain()})"
    )

"""Others' suggesters: found by entry point, asked for numbers, pooled with the index's own.

A package offers one under the entry point group ``techproc.suggesters``: a function that takes
settings (a mapping of text to text) and returns an `Adviser`. Annif's REST API is the first
(`techproc.sources.annif`).

What an adviser says is pooled linearly (Stone 1961): with weight w, a number's confidence becomes
(1 - w) times ours plus w times the adviser's score. Two calibrated opinions pooled so are as
right on average as they say; how much weight an adviser deserves, the library finds out with
``classify evaluate --suggester``.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Protocol

from pymarc import Record

from techproc.classify.numbers import LEVELS, Level, Scheme, cut
from techproc.classify.suggest import Step, Suggester, Suggestion, cut_off, unit
from techproc.classify.trace import Evidence
from techproc.classify.training import loaded_fields
from techproc.errors import ConfigError

if TYPE_CHECKING:
    from techproc.classify.fields import Field
    from techproc.marc import Loaded

__all__ = [
    "GROUP",
    "Advice",
    "Advised",
    "Adviser",
    "ask_all",
    "open_adviser",
    "pool",
    "suggest_with",
    "without_numbers",
]

GROUP = "techproc.suggesters"
WEIGHT = 0.25
# Ours are asked for this many more than are wanted, so that an adviser can lift one.
MORE = 7
_NUMBERS = ("050", "055", "060", "070")
_RANGES = ("08", "09")


@dataclass(frozen=True, slots=True)
class Advice:
    """A number that an adviser gives, its score from 0 to 1, and what it says the number means."""

    number: str
    score: float
    label: str = ""


class Adviser(Protocol):
    """Something that suggests class numbers for records; `name` is said in the evidence."""

    name: str

    def advise(
        self, records: Sequence[Record], scheme: Scheme, *, limit: int
    ) -> Sequence[Sequence[Advice]]:
        """Return for each record at most `limit` numbers; SourceUnavailable when it cannot."""


@dataclass(frozen=True, slots=True)
class Advised:
    """An adviser with the weight that its word has beside the index's, from 0 to 1."""

    adviser: Adviser
    weight: float = WEIGHT


def open_adviser(text: str) -> Advised:
    """Return the adviser that a line names: its entry point, then settings as key=value.

    ``weight`` is ours, the other settings are the adviser's: ``annif url=http://127.0.0.1:5000
    project=lcc weight=0.3``. Raises ConfigError for a name that is not installed, a setting that
    is none, and what the adviser itself refuses.

    >>> open_adviser("anif url=http://127.0.0.1:5000")
    Traceback (most recent call last):
    ...
    techproc.errors.ConfigError: no suggester is called anif; installed: annif
    """
    try:
        name, *pairs = shlex.split(text)
    except ValueError as error:
        raise ConfigError(f"suggester {text!r}: name it, then key=value settings") from error
    settings: dict[str, str] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key:
            raise ConfigError(f"suggester {name}: {pair!r} is no setting; write key=value")
        settings[key] = value
    weight = settings.pop("weight", str(WEIGHT))
    try:
        share = float(weight)
    except ValueError:
        share = -1.0
    if not 0 < share < 1:
        raise ConfigError(f"suggester {name}: weight={weight} must be between 0 and 1")
    installed = {point.name: point for point in entry_points(group=GROUP)}
    if name not in installed:
        known = ", ".join(sorted(installed)) or "none"
        raise ConfigError(f"no suggester is called {name}; installed: {known}")
    make: Callable[[Mapping[str, str]], Adviser] = installed[name].load()
    return Advised(make(settings), share)


def without_numbers(record: Record) -> Record:
    """Return a copy of a record without its class numbers (050, 055, 060, 070, 08X, 09X).

    The fields are shared with the record, not copied.
    """
    copy = Record()
    copy.leader = record.leader
    copy.fields = [f for f in record.fields if f.tag not in _NUMBERS and f.tag[:2] not in _RANGES]
    return copy


def ask_all(
    advisers: Sequence[Advised], records: Sequence[Record], scheme: Scheme, *, limit: int
) -> list[list[tuple[Advised, Sequence[Advice]]]]:
    """Return for each record what each adviser says, in the order of the advisers."""
    told: list[list[tuple[Advised, Sequence[Advice]]]] = [[] for _ in records]
    for each in advisers:
        for at, advice in enumerate(each.adviser.advise(records, scheme, limit=limit)):
            told[at].append((each, advice))
    return told


def pool(
    suggestions: Sequence[Suggestion],
    told: Sequence[tuple[Advised, Sequence[Advice]]],
    scheme: Scheme,
) -> list[Suggestion]:
    """Return the suggestions with what advisers say pooled in, the likeliest first.

    A number that only an adviser gives joins them, with its share of the adviser's weight. What
    each adviser says of a number is told in the evidence: its score in percent.
    """
    for advised, advice in told:
        if advice:
            suggestions = _pool_one(suggestions, advised, advice, scheme)
    level = unit(scheme)
    return sorted(suggestions, key=lambda s: -s.at(level).confidence)


def suggest_with(
    suggester: Suggester,
    advisers: Sequence[Advised],
    items: Sequence[Loaded],
    scheme: Scheme,
    *,
    top: int = 3,
    blind: bool = False,
    confidence: float = 0.0,
) -> tuple[list[list[Field]], list[list[Suggestion]]]:
    """Return the fields of records as read, and the suggestions for each, advisers pooled in.

    The parameters are those of `Suggester.suggest_all`. With `blind`, the advisers too get the
    records without their class numbers. Raises SourceUnavailable when an adviser fails.
    """
    batch = list(loaded_fields(items))
    if not advisers:
        found = suggester.suggest_all(batch, scheme, top=top, blind=blind, confidence=confidence)
        return batch, found
    records = [without_numbers(each.record) if blind else each.record for each in items]
    told = ask_all(advisers, records, scheme, limit=top + MORE)
    ours = suggester.suggest_all(batch, scheme, top=top + MORE, blind=blind)
    pooled = [pool(own, others, scheme) for own, others in zip(ours, told, strict=True)]
    return batch, [cut_off(each, confidence, top) for each in pooled]


def _pool_one(
    suggestions: Sequence[Suggestion], advised: Advised, advice: Sequence[Advice], scheme: Scheme
) -> list[Suggestion]:
    weight, level = advised.weight, unit(scheme)
    left = {cut(a.number, level): a for a in reversed(advice)}
    pooled = []
    for own in suggestions:
        steps = tuple(
            replace(
                s,
                confidence=(1 - weight) * s.confidence + weight * _score(advice, s.number, s.level),
            )
            for s in own.steps
        )
        said = left.pop(own.at(level).number, None)
        pooled.append(_rewritten(own, steps, advised, said))
    for said in left.values():
        steps = tuple(
            Step(
                each, cut(said.number, each), weight * _score(advice, cut(said.number, each), each)
            )
            for each in LEVELS[scheme]
        )
        blank = Suggestion(
            number=said.number,
            level=LEVELS[scheme][-1],
            confidence=0.0,
            evidence=(),
            supporting=0,
            contradicting=0,
            steps=steps,
            index=advised.adviser.name,
        )
        pooled.append(_rewritten(blank, steps, advised, said))
    return pooled


def _score(advice: Sequence[Advice], number: str, level: Level) -> float:
    return min(sum(a.score for a in advice if cut(a.number, level) == number), 1.0)


def _rewritten(
    own: Suggestion, steps: tuple[Step, ...], advised: Advised, said: Advice | None
) -> Suggestion:
    evidence = own.evidence
    if said is not None:
        text = f"{said.number} {said.label}".rstrip()
        count = round(100 * min(said.score, 1.0))
        evidence = (*evidence, Evidence(advised.adviser.name, text, count, 100))
    deepest = next((s for s in steps if s.level == own.level), steps[-1])
    return replace(own, steps=steps, confidence=deepest.confidence, evidence=evidence)

"""Which records match by stated rules, and by which points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pymarc

from techproc.dedupe.mirror.rules import NORMS, Condition, MatchRules, Point
from techproc.findings import Finding, Severity

__all__ = ["Matched", "match_pair", "matches_in"]

_COMMON = 1_000  # records that share a value: more are told, not compared


@dataclass(frozen=True, slots=True)
class Matched:
    """Two records, by their places, that match: the score, and the points that they share."""

    first: int
    second: int
    score: int
    points: tuple[str, ...]


Values = tuple[frozenset[str], ...]  # for each point


def match_pair(
    one: pymarc.Record, other: pymarc.Record, rules: MatchRules
) -> tuple[bool, int, tuple[str, ...]]:
    """Return whether two records match, their score, and the points that they share.

    >>> from techproc.dedupe.mirror import load_match_rules
    >>> record = pymarc.Record(fields=[pymarc.Field("020", pymarc.Indicators(" ", " "),
    ...                                [pymarc.Subfield("a", "0306406152")])])
    >>> match_pair(record, record, load_match_rules("koha"))
    (True, 1000, ('ISBN',))
    """
    return _judge(_values(one, rules), _values(other, rules), rules)


def _values(record: pymarc.Record, rules: MatchRules) -> Values:
    return tuple(frozenset(_of_point(record, point)) for point in rules.points)


def _of_point(record: pymarc.Record, point: Point) -> Iterator[str]:
    norm = NORMS[point.norm]
    if point.parts:
        joined = [norm(path.first(record) or "") for path in point.parts]
        if all(joined):
            yield "\x1f".join(joined)
        return
    for path in point.fields:
        for value in path.values(record):
            normal = norm(value)
            if normal:
                yield normal


def _judge(one: Values, other: Values, rules: MatchRules) -> tuple[bool, int, tuple[str, ...]]:
    shared = {
        point.name: bool(mine & theirs)
        for point, mine, theirs in zip(rules.points, one, other, strict=True)
    }
    score = sum(point.score for point in rules.points if shared[point.name])
    names = tuple(name for name, there in shared.items() if there)
    holds = rules.require is None or _holds(rules.require, shared)
    return bool(names) and holds and score >= rules.threshold, score, names


def _holds(condition: Condition, shared: Mapping[str, bool]) -> bool:
    if isinstance(condition, str):
        return shared[condition]
    word, parts = condition
    if word == "not":
        return not any(_holds(part, shared) for part in parts)
    return (all if word == "all" else any)(_holds(part, shared) for part in parts)


def matches_in(
    records: Iterable[pymarc.Record], rules: MatchRules, findings: list[Finding] | None = None
) -> Iterator[Matched]:
    """Yield the pairs among records that match, in the order of their places from 0.

    Two records are compared when they share a value of some point. A value that over 1,000 records
    share brings none together; it is told in `findings`.
    """
    held: list[Values] = []
    sharing: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        values = _values(record, rules)
        held.append(values)
        for number, some in enumerate(values):
            for value in some:
                sharing[number, value].append(place)
    partners: defaultdict[int, set[int]] = defaultdict(set)
    for (number, value), places in sharing.items():
        if len(places) > _COMMON:
            if findings is not None:
                findings.append(_common(rules.points[number], value, len(places)))
            continue
        for at, place in enumerate(places):
            partners[place].update(places[at + 1 :])
    for place in sorted(partners):
        for other in sorted(partners[place]):
            matched, score, names = _judge(held[place], held[other], rules)
            if matched:
                yield Matched(place, other, score, names)


def _common(point: Point, value: str, count: int) -> Finding:
    return Finding(
        rule="dedupe.common-key",
        severity=Severity.INFO,
        message=f"{count} records share {value[:60]!r} ({point.name}): it brought none together",
    )

"""What a rule is, and how one is registered beside the code that checks it.

A module of `techproc.marc.validate.rules` makes its rules with `rule` and marks the functions that
look for them with `field_check` (one field at a time) or `record_check` (the whole record). Ids are
stable: profiles, waivers and baselines name them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import pymarc

from techproc.findings import Severity
from techproc.marc.validate.subject import Subject

__all__ = [
    "ERROR",
    "INFO",
    "WARNING",
    "Fault",
    "FieldCheck",
    "RecordCheck",
    "Rule",
    "field_check",
    "field_checks",
    "record_check",
    "record_checks",
    "rule",
    "rules",
]

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
FORMAT = "MARC 21 Format for Bibliographic Data"


class Fault(NamedTuple):
    """A rule broken at a place of a record."""

    rule: str
    path: str
    message: str
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it finds, how grave it is by default, who says so, and what to do.

    `failing` and `passing` are lines that, put into a sound record (`example.py`), break the rule
    at `path`, or keep it.
    """

    id: str
    severity: Severity
    finds: str
    source: str
    fix: str | None
    failing: tuple[str, ...]
    path: str
    passing: tuple[str, ...]
    family: str

    def __call__(self, path: str, message: str, fix: str | None = None) -> Fault:
        """Return this rule's fault at a place."""
        return Fault(self.id, path, message, fix)


FieldFunction = Callable[[pymarc.Field], Iterable[Fault]]
RecordFunction = Callable[[Subject], Iterable[Fault]]
Sound = Callable[[str], object]
F = TypeVar("F", bound=FieldFunction)
R = TypeVar("R", bound=RecordFunction)


class FieldCheck(NamedTuple):
    """A function that looks at each field of some tags, unless its text is `sound` at a glance."""

    function: FieldFunction
    rules: tuple[str, ...]
    tags: tuple[str, ...]
    sound: Sound | None
    when: int
    isbd: bool | None


class RecordCheck(NamedTuple):
    """A function that looks at a whole record."""

    function: RecordFunction
    rules: tuple[str, ...]
    formats: tuple[str, ...]
    when: int


rules: dict[str, Rule] = {}
field_checks: list[FieldCheck] = []
record_checks: list[RecordCheck] = []


def rule(
    name: str,
    severity: Severity,
    finds: str,
    *,
    source: str,
    failing: str | tuple[str, ...],
    path: str,
    passing: str | tuple[str, ...],
    fix: str | None = None,
    family: str,
) -> Rule:
    """Make a rule and put it on the list; its id is `marc.` and the name."""
    lines = [(line,) if isinstance(line, str) else line for line in (failing, passing)]
    made = Rule(f"marc.{name}", severity, finds, source, fix, lines[0], path, lines[1], family)
    if made.id in rules:
        raise ValueError(f"two rules {made.id}")
    rules[made.id] = made
    return made


def field_check(
    *raises: Rule,
    tags: Iterable[str],
    sound: str | Sound | None = None,
    when: int = 0,
    isbd: bool | None = None,
) -> Callable[[F], F]:
    """Mark a function as the check of rules on the fields of some tags.

    `when`: it has something to say only of fields with such a mark, which the scanner's table gives
    them (`screened.py` has what it marks them for); 0: every field's text is asked for.
    `sound` tells at a glance, from a field's text (two indicators, then 0x1F, code and value of
    each subfield), that none of the rules has anything to say: a function, or a pattern of the
    whole text. Most fields that are asked for should end there.
    `isbd`: only in records whose leader says that they have ISBD punctuation, or have none.
    """

    def mark(function: F) -> F:
        glance = re.compile(sound).fullmatch if isinstance(sound, str) else sound
        names = tuple(each.id for each in raises)
        field_checks.append(FieldCheck(function, names, tuple(tags), glance, when, isbd))
        return function

    return mark


def record_check(
    *raises: Rule, formats: tuple[str, ...] = ("bibliographic",), when: int = 0
) -> Callable[[R], R]:
    """Mark a function as the check of rules on whole records of some formats.

    `when`: it has something to say only of records with such a flag (`Subject.flags`).
    """

    def mark(function: R) -> R:
        names = tuple(each.id for each in raises)
        record_checks.append(RecordCheck(function, names, formats, when))
        return function

    return mark

"""The validator: the checks of a profile, run over one record after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Literal, NamedTuple, cast

import pymarc

from techproc.config import name_hint
from techproc.errors import ConfigError
from techproc.findings import Finding, Severity, finding_at
from techproc.marc.fixed import material_of
from techproc.marc.scanned import build_field, leader_text
from techproc.marc.schema import SCHEMAS, FieldRule, Schema, format_of
from techproc.marc.validate.positions import position_sets
from techproc.marc.validate.profiles import profile
from techproc.marc.validate.registry import (
    Fault,
    FieldCheck,
    FieldFunction,
    RecordFunction,
    Sound,
    field_checks,
    record_checks,
)
from techproc.marc.validate.rules import RULES
from techproc.marc.validate.rules.fields import schema_faults, shape_of
from techproc.marc.validate.rules.presence import unimarc
from techproc.marc.validate.rules.screened import marks_for
from techproc.marc.validate.screening import local_pattern, screening_table
from techproc.marc.validate.subject import (
    LOOK_NEEDED,
    ODD,
    SUSPECT,
    Look,
    Subject,
    subject_of,
)

__all__ = ["Validator"]

Punctuation = Literal["leader", "isbd", "none"]
_REMEMBERED = 4096


class _TagChecks:
    """The checks of one tag's fields: a glance at each text, and a look where one is not enough.

    Of checks without a glance of their own, the texts found sound before are remembered.
    """

    __slots__ = ("checks", "glance")

    def __init__(self, checks: Iterable[FieldCheck]) -> None:
        self.checks: list[tuple[Sound, FieldFunction, set[str] | None]] = []
        for check in checks:
            known: set[str] | None = None if check.sound else set()
            glance = check.sound or cast(set[str], known).__contains__
            self.checks.append((glance, check.function, known))
        glances = [glance for glance, _, _ in self.checks]
        self.glance: Sound = (
            glances[0]
            if len(glances) == 1
            else lambda text: all(glance(text) for glance in glances)
        )

    def look(self, tag: str, text: str) -> list[Fault]:
        """Return the faults of a field, when a glance is not enough for it."""
        field: pymarc.Field | None = None
        found: list[Fault] = []
        for glance, function, known in self.checks:
            if not glance(text):
                if field is None:
                    field = build_field(tag, text)
                faults = list(function(field))
                found += faults
                if known is not None and not faults:
                    if len(known) >= _REMEMBERED:
                        known.clear()
                    known.add(text)
        return found


class _Plan(NamedTuple):
    """What is done with the records of one format and material."""

    form: str
    schema: Schema | None
    table: bytes
    positions: bytes
    by_tag: Mapping[str, _TagChecks]  # for each field of a tag
    marked: Mapping[str, list[FieldCheck]]  # for fields with a mark
    whole: tuple[RecordFunction, ...]
    flagged: tuple[tuple[int, RecordFunction], ...]  # those for records with a flag
    flags: int  # all of them
    shapes: dict[str, tuple[Fault, ...]]  # faults by the schema, by tag, indicators and codes


class Validator:
    """Validates records by a profile; make one with `Validator.with_profile`, and keep it.

    `severities` are the rules in force. `local` are tags, with `X` for any digit, that the library
    has defined for itself; those with a 9 in them always are. `fields` are rules laid over MARC
    21's own, as `techproc.marc.schema.read_avram` gives them. `punctuation` says whether marks of
    ISBD are wanted between subfields: as the leader says, always, or never.
    """

    def __init__(
        self,
        severities: Mapping[str, Severity],
        *,
        local: Iterable[str] = (),
        fields: Mapping[str, FieldRule] | None = None,
        punctuation: Punctuation = "leader",
    ) -> None:
        self.severities = severities
        self._known = {
            rule: (each, RULES[rule].fix) for rule, each in severities.items() if rule in RULES
        }
        self._local = local_pattern(local)
        self._fields = fields or {}
        self._isbd = {"leader": None, "isbd": True, "none": False}[punctuation]
        self._plans: dict[str, _Plan] = {}  # by LDR/06, 07 and 18
        self._made: dict[tuple[str, bool | None], _Plan] = {}

    @classmethod
    def with_profile(
        cls,
        name: str = "default",
        *,
        ignore: Collection[str] = (),
        local: Iterable[str] = (),
        fields: Mapping[str, FieldRule] | None = None,
        punctuation: Punctuation = "leader",
    ) -> Validator:
        """Return a validator for a profile without the rules to `ignore`.

        Raises ConfigError for a profile or a rule that is none.
        """
        severities = dict(profile(name))
        for rule in ignore:
            if rule not in RULES:
                raise ConfigError(f"there is no rule {rule!r}; {name_hint(rule, RULES)}")
            severities.pop(rule, None)
        return cls(severities, local=local, fields=fields, punctuation=punctuation)

    def validate(self, record: pymarc.Record) -> Iterator[Finding]:
        """Yield what is wrong with a record, in the order of its tags.

        >>> record = pymarc.Record()
        >>> sorted({finding.path for finding in Validator.with_profile("minimal").validate(record)})
        ['008', '245']
        """
        control, faults = self.faults(record)
        for fault in faults:
            yield self.finding(fault, control)

    def faults(self, record: pymarc.Record) -> tuple[str | None, list[Fault]]:
        """Return the first 001 and what is wrong with a record by the rules in force, in order."""
        leader = leader_text(record)
        kind = leader[6:8] + leader[18:19]
        plan = self._plans.get(kind)
        if plan is None:
            plan = self._plans[kind] = self._plan_for(leader, format_of(leader))
        subject = subject_of(record, leader, plan.table, plan.positions)
        if plan.form != "bibliographic" and "245" in subject.by_tag:
            # A title has only a bibliographic record: it is LDR/06 that is wrong.
            plan = self._plan_for(leader, "bibliographic")
            subject = subject_of(record, leader, plan.table, plan.positions)
        found = [fault for fault in self._faults(subject, plan) if fault.rule in self.severities]
        if not found:
            return None, found
        if len(found) > 1:
            found.sort(key=_place)
        return subject.control, found

    def finding(
        self,
        fault: Fault,
        control: str | None,
        *,
        file: str | None = None,
        record: int | None = None,
        offset: int | None = None,
    ) -> Finding:
        """Return the finding of a fault, with its whereabouts."""
        rule, path, message, fix = fault
        severity, usual_fix = self._known[rule]
        return finding_at(
            rule, message, severity, path, fix or usual_fix, control, file, record, offset
        )

    def _faults(self, subject: Subject, plan: _Plan) -> list[Fault]:
        flags = subject.flags
        if flags & LOOK_NEEDED and (other := unimarc(subject)):
            return list(other)  # every other rule is about other fields
        subject.schema = plan.schema
        found: list[Fault] = []
        if subject.looks and plan.schema is not None:
            found += self._looked_at(subject.looks, plan, plan.schema)
        if plan.by_tag:
            by_tag, checks = subject.by_tag, plan.by_tag
            for tag in by_tag.keys() & checks.keys():
                of_tag = checks[tag]
                if not all(map(of_tag.glance, by_tag[tag])):
                    for text in by_tag[tag]:
                        found += of_tag.look(tag, text)
        for function in plan.whole:
            found += function(subject)
        if flags & plan.flags:
            for flag, function in plan.flagged:
                if flags & flag:
                    found += function(subject)
        return found

    def _looked_at(self, looks: Iterable[Look], plan: _Plan, schema: Schema) -> list[Fault]:
        """Return the faults of the fields that the scanner found reason to look at."""
        found: list[Fault] = []
        for tag, what, mark in looks:
            if self._local is not None and self._local.fullmatch(tag):
                continue
            text, field = (what, None) if isinstance(what, str) else ("", what)
            if mark & SUSPECT:
                shape = None if not text or mark & ODD else shape_of(tag, text)
                by_shape = plan.shapes.get(shape) if shape else None
                if by_shape is None:
                    field = field or build_field(tag, text)
                    by_shape = tuple(schema_faults(field, schema))
                    if shape and len(plan.shapes) < _REMEMBERED:
                        plan.shapes[shape] = by_shape
                found += by_shape
            for check in plan.marked.get(tag, ()):
                if mark & check.when and not (text and check.sound and check.sound(text)):
                    field = field or build_field(tag, text)
                    found += check.function(field)
        return found

    def _plan_for(self, leader: str, form: str) -> _Plan:
        isbd = _ISBD.get(leader[18:19]) if self._isbd is None else self._isbd
        plan = self._made.get((form, isbd))
        if plan is None:
            plan = self._made[form, isbd] = self._plan(form, isbd=isbd)
        return plan._replace(positions=position_sets(material_of(leader) or "?"))

    def _plan(self, form: str, *, isbd: bool | None) -> _Plan:
        schema = SCHEMAS[form]() if form in SCHEMAS else None
        of_tag: dict[str, list[FieldCheck]] = {}
        marked: dict[str, list[FieldCheck]] = {}
        if schema is not None:
            schema = schema.with_fields(self._fields)
        if form == "bibliographic":
            for check in field_checks:
                if self._in_force(check.rules) and check.isbd in (None, isbd):
                    for tag in set(check.tags) - set(self._fields):
                        (marked if check.when else of_tag).setdefault(tag, []).append(check)
        wanted = {tag: reduce(or_, [c.when for c in checks]) for tag, checks in marked.items()}
        whole, flagged = (
            tuple(
                (each.when, each.function)
                for each in record_checks
                if form in each.formats
                and self._in_force(each.rules)
                and bool(each.when) is of_flags
            )
            for of_flags in (False, True)
        )
        return _Plan(
            form,
            schema,
            # Without a schema every field is sound, and no check looks at one.
            screening_table(schema or _NOTHING, self._local, marks_for(wanted, isbd=isbd)),
            b"",
            {tag: _TagChecks(checks) for tag, checks in of_tag.items()},
            marked,
            tuple(function for _, function in whole),
            flagged,
            reduce(or_, [flag for flag, _ in flagged], 0),
            {},
        )

    def _in_force(self, rules: Iterable[str]) -> bool:
        return any(rule in self.severities for rule in rules)


_NOTHING = Schema("", {})
_ISBD = {"a": True, "i": True, "c": False, "n": False}  # LDR/18


def _place(fault: Fault) -> tuple[bool, str]:
    return not fault.path.startswith("LDR"), fault.path

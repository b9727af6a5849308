"""Laying one record over another by rules, with where each field of the result came from.

Fields are decided in groups: those of one tag that one rule names, of both records. Within a group
equal fields stay, and the rule's permissions say what becomes of the others. A rule on subfields or
positions then looks at the two fields that are the same but for these, or the only ones of a tag.
Whatever is left out is in the result too, as `Dropped`: nothing goes without being told.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pymarc
from pymarc import Field

from techproc.findings import Finding, Severity
from techproc.marc.linkage import (
    free_occurrence,
    linked_fields,
    numbers_full,
    occurrence,
    paired,
    with_link,
)
from techproc.marc.overlay.parts import Refining, content
from techproc.marc.overlay.rules import OverlayRule, OverlayRules
from techproc.marc.schema import bibliographic

__all__ = ["Dropped", "Overlaid", "Placed", "overlay"]

Origin: TypeAlias = Literal["existing", "incoming", "both", "merged"]
Side: TypeAlias = Literal["existing", "incoming"]
_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Placed:
    """A field of the result: which record it is from ("merged": of both), and which rule said so."""

    field: Field
    origin: Origin
    rule: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A field of one of the records that is not in the result, and the rule that said so."""

    field: Field
    side: Side
    rule: str


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The record that comes of an overlay, field by field, and what was left out."""

    record: pymarc.Record
    fields: tuple[Placed, ...]
    dropped: tuple[Dropped, ...] = ()
    findings: tuple[Finding, ...] = ()
    leader: Origin = "existing"


@dataclass(slots=True, eq=False)
class _Unit:
    """A field with its 880s, and what is decided of it; `joined` are 880s of the other record."""

    came: tuple[Field, ...]  # the field and its 880s as they were read
    places: tuple[int, ...]  # where these stand in their record
    side: Side
    field: Field
    linked: tuple[Field, ...]
    joined: tuple[Field, ...] = ()
    group: int = -1  # the rule's number
    rule: str = _DEFAULT
    allow: frozenset[str] = frozenset()
    strip: bool = False
    origin: Origin = "existing"
    kept: bool = True

    def fields(self) -> tuple[Field, ...]:
        return (self.field, *self.linked)


@dataclass(slots=True)
class _Group:
    existing: list[_Unit] = field(default_factory=list)
    incoming: list[_Unit] = field(default_factory=list)


def overlay(
    existing: pymarc.Record, incoming: pymarc.Record, rules: OverlayRules, *, source: str = ""
) -> Overlaid:
    """Return what comes of laying `incoming` over `existing`; neither is changed.

    Nothing that a rule protects is ever lost, and laying the same record over the result once more
    changes nothing. A field that MARC 21 does not let repeat is in the result once: the existing
    one stays, with a finding (`overlay.not-repeatable`).

    >>> from techproc.marc.overlay import load_rules
    >>> ours = pymarc.Record(fields=[Field("590", pymarc.Indicators(" ", " "),
    ...                                    [pymarc.Subfield("a", "Gift.")])])
    >>> done = overlay(ours, pymarc.Record(), load_rules("careful"))
    >>> [(placed.field.tag, placed.origin, placed.rule) for placed in done.fields]
    [('590', 'existing', 'local fields, holdings and items')]
    """
    active = rules.for_source(source)
    whole = [rule for rule in active if rule.part == "field"]
    refining = Refining([rule for rule in active if rule.part != "field"])
    ours = _units(existing, "existing", linked=rules.linked)
    theirs = _units(incoming, "incoming", linked=rules.linked)
    _assign(existing, ours, whole, rules.default)
    _assign(incoming, theirs, whole, rules.default)
    findings: list[Finding] = []
    leader, leader_origin = _leader(existing, incoming, whole, rules.default)
    groups = _grouped([*ours, *theirs], whole)
    pairs: list[tuple[_Unit, _Unit]] = []
    for group in groups.values():
        pairs += _decide(group, refining)
    _keep_single(ours, theirs, findings)
    pairs += _only_ones(ours, theirs, pairs)
    _refine(ours, theirs, pairs, refining, findings)
    record = pymarc.Record()
    record.leader = pymarc.Leader(refining.leader(leader, existing, incoming))
    if str(record.leader) != leader:
        leader_origin = "merged"
    if unpaired := _number(ours, theirs):
        findings.append(numbers_full(unpaired))
    placed = _assemble(ours, theirs)
    record.fields = [one.field for one in placed]
    dropped = _dropped([*ours, *theirs], placed)
    return Overlaid(record, tuple(placed), tuple(dropped), tuple(findings), leader_origin)


def _units(record: pymarc.Record, side: Side, *, linked: bool) -> list[_Unit]:
    copied = [copy.deepcopy(one) for one in record.fields]
    places = {id(one): at for at, one in enumerate(copied)}
    together: list[tuple[Field, ...]] = [(one,) for one in copied]
    if linked:
        together = [
            ((each.field,) if each.field is not None else ()) + each.vernacular
            for each in linked_fields(pymarc.Record(fields=copied))
        ]
    return [
        _Unit(came, tuple(places[id(one)] for one in came), side, came[0], came[1:], origin=side)
        for came in together
    ]


def _assign(
    record: pymarc.Record,
    units: Sequence[_Unit],
    rules: Sequence[OverlayRule],
    default: frozenset[str],
) -> None:
    """Give each field the first rule that names it."""
    holder = pymarc.Record(fields=[unit.field for unit in units])
    holder.leader = record.leader
    free = {id(unit.field): unit for unit in units}
    for unit in units:
        unit.allow = default
    for number, rule in enumerate(rules):
        for path in rule.paths:
            if path.tag == "LDR":
                continue
            for one in path.fields(holder):
                if id(one) in free:
                    unit = free.pop(id(one))
                    unit.group, unit.rule = number, rule.name
                    unit.allow, unit.strip = rule.allow, rule.strip


def _grouped(units: Iterable[_Unit], rules: Sequence[OverlayRule]) -> dict[tuple[int, str], _Group]:
    together = {number for number, rule in enumerate(rules) if rule.together}
    groups: dict[tuple[int, str], _Group] = {}
    for unit in units:
        key = (unit.group, "" if unit.group in together else unit.field.tag)
        group = groups.setdefault(key, _Group())
        (group.existing if unit.side == "existing" else group.incoming).append(unit)
    return groups


def _decide(group: _Group, refining: Refining) -> list[tuple[_Unit, _Unit]]:
    """Say of each field of a group whether it is in the result; return the fields that are equal."""
    allow = (group.existing or group.incoming)[0].allow
    if (group.existing or group.incoming)[0].strip:
        for unit in (*group.existing, *group.incoming):
            unit.kept = False
        return []
    waiting: dict[object, list[_Unit]] = {}
    for unit in group.existing:
        waiting.setdefault(refining.identity(unit.field), []).append(unit)
    pairs = []
    for unit in group.incoming:
        same = waiting.get(refining.identity(unit.field))
        if same:
            pairs.append((same.pop(0), unit))
    paired = {id(unit) for pair in pairs for unit in pair}
    for ours, theirs in pairs:
        ours.origin = "both"
        theirs.kept = False
        if content(ours.field) == content(theirs.field):
            theirs.origin = "both"
        _join_linked(ours, theirs, allow)
    needs = "append" if group.existing else "add"
    for unit in group.incoming:
        if id(unit) not in paired:
            unit.kept = needs in allow
    needs = "remove" if group.incoming else "delete"
    for unit in group.existing:
        if id(unit) not in paired:
            unit.kept = needs not in allow
    return pairs


def _join_linked(ours: _Unit, theirs: _Unit, allow: frozenset[str]) -> None:
    """Decide on the 880s of two equal fields as on fields of one tag."""
    held, offered = {content(f) for f in ours.linked}, {content(f) for f in theirs.linked}
    if held == offered:
        return
    needs = "remove" if offered else "delete"
    ours.linked = tuple(f for f in ours.linked if content(f) in offered or needs not in allow)
    if ("append" if held else "add") in allow:
        ours.joined = tuple(f for f in theirs.linked if content(f) not in held)
    ours.origin = "merged"


def _only_ones(
    ours: Sequence[_Unit], theirs: Sequence[_Unit], pairs: Sequence[tuple[_Unit, _Unit]]
) -> list[tuple[_Unit, _Unit]]:
    """Return the pairs of fields of which a record has only one, where one replaces the other."""
    taken = {id(unit) for pair in pairs for unit in pair}
    rules = bibliographic()
    by_tag: dict[str, tuple[list[_Unit], list[_Unit]]] = {}
    for side, units in enumerate((ours, theirs)):
        for unit in units:
            rule = rules.get(unit.field.tag)
            if rule is not None and not rule.repeatable:
                by_tag.setdefault(unit.field.tag, ([], []))[side].append(unit)
    return [
        (left[0], right[0])
        for left, right in by_tag.values()
        if len(left) == len(right) == 1
        and id(left[0]) not in taken
        and left[0].kept is not right[0].kept
    ]


def _keep_single(ours: Sequence[_Unit], theirs: Sequence[_Unit], findings: list[Finding]) -> None:
    """Keep of the fields that may not be repeated the existing one, where both would stand."""
    rules = bibliographic()
    held = {unit.field.tag for unit in ours if unit.kept}
    for unit in theirs:
        rule = rules.get(unit.field.tag)
        if unit.kept and rule is not None and not rule.repeatable and unit.field.tag in held:
            unit.kept = False
            findings.append(
                Finding(
                    rule="overlay.not-repeatable",
                    severity=Severity.INFO,
                    path=unit.field.tag,
                    message=f"{unit.field.tag} may not be repeated: the existing field stays, "
                    "the incoming one is left out",
                    fix="name the field in a rule that replaces it, if the incoming one is wanted",
                )
            )


def _refine(
    ours: Sequence[_Unit],
    theirs: Sequence[_Unit],
    pairs: Sequence[tuple[_Unit, _Unit]],
    refining: Refining,
    findings: list[Finding],
) -> None:
    """Apply the rules on subfields and positions."""
    if not refining:
        return
    seen: set[int] = set()
    for left, right in pairs:
        seen |= {id(left), id(right)}
        base = right if right.kept and not left.kept else left
        if not base.kept:
            continue
        merged, rule = refining.merged(base.field, left.field, right.field)
        if merged is not None:
            base.field, base.origin, base.rule = merged, "merged", rule
    for unit in ours:
        if id(unit) not in seen and not unit.kept and not unit.strip:
            rule = refining.protects(unit.field)
            if rule:
                unit.kept, unit.rule = True, rule
                findings.append(
                    Finding(
                        rule="overlay.kept-whole",
                        severity=Severity.WARNING,
                        path=unit.field.tag,
                        message=f"it has what the rule {rule!r} protects and no incoming field "
                        "is the same but for that: the field stays whole",
                        fix="compare the fields of this tag and delete the one that is outdated",
                    )
                )
    for unit in (*ours, *theirs):
        if unit.kept and id(unit) not in seen:
            alone, rule = refining.alone(unit.field)
            if alone is not None:
                unit.field, unit.rule = alone, rule
                unit.kept = bool(alone.control_field or alone.subfields)


def _leader(
    existing: pymarc.Record,
    incoming: pymarc.Record,
    rules: Sequence[OverlayRule],
    default: frozenset[str],
) -> tuple[str, Origin]:
    """Return the leader as a whole: the incoming one where it may be replaced."""
    allow = next(
        (rule.allow for rule in rules for path in rule.paths if path.tag == "LDR"), default
    )
    if {"append", "remove"} <= allow:
        return str(incoming.leader), "incoming"
    return str(existing.leader), "existing"


def _assemble(ours: Sequence[_Unit], theirs: Sequence[_Unit]) -> list[Placed]:
    """Return the fields of the result: the existing order, what is new after its like."""
    slots: dict[int, tuple[str, Placed | None]] = {}
    for unit in ours:
        for at, one in zip(unit.places, unit.came, strict=True):
            slots[at] = (one.tag, None)
        if unit.kept:
            slots[unit.places[0]] = (unit.field.tag, Placed(unit.field, unit.origin, unit.rule))
            stay = {id(one) for one in unit.linked}
            for at, one in zip(unit.places[1:], unit.came[1:], strict=True):
                if id(one) in stay:
                    slots[at] = (one.tag, Placed(one, unit.origin, unit.rule))
    result = [slots[at] for at in sorted(slots)]
    come = [unit for unit in theirs if unit.kept]
    for unit in come:
        for one in unit.fields():
            _insert(result, Placed(one, unit.origin, unit.rule))
    for unit in ours:
        for one in unit.joined if unit.kept else ():
            _insert(result, Placed(one, "incoming", unit.rule))
    return [placed for _, placed in result if placed is not None]


def _dropped(units: Iterable[_Unit], placed: Iterable[Placed]) -> Iterator[Dropped]:
    """Yield the fields whose content is not in the result (of the existing ones: as often)."""
    there = Counter(content(one.field) for one in placed)
    for unit in units:
        for one in unit.came:
            key = content(one)
            if there[key] > 0 or (unit.side == "incoming" and key in there):
                there[key] -= unit.side == "existing"
            else:
                yield Dropped(one, unit.side, unit.rule)


def _insert(result: list[tuple[str, Placed | None]], placed: Placed) -> None:
    """Put a field after its like, those that are gone included; else after lower tags."""
    tag = placed.field.tag
    places = [at for at, (other, _) in enumerate(result, 1) if other == tag] or [
        at for at, (other, _) in enumerate(result, 1) if other < tag
    ]
    result.insert(places[-1] if places else 0, (tag, placed))


def _number(ours: Sequence[_Unit], theirs: Sequence[_Unit]) -> int:
    """Give what comes in numbers that the existing record's pairs do not have; return how many get none."""
    used = {occurrence(one) for unit in ours if unit.kept for one in unit.fields()}
    unpaired = 0
    for unit in ours:
        if unit.kept and unit.joined:
            own = occurrence(unit.field)
            number = own or free_occurrence(used, occurrence(unit.joined[0]))
            unit.joined = tuple(paired(one, number) for one in unit.joined)
            if number and not own:
                unit.field = with_link(unit.field, f"880-{number}")
            used.add(number)
            unpaired += not number
    for unit in theirs:
        own = occurrence(unit.field)
        if unit.kept and own:
            number = free_occurrence(used, own)
            used.add(number)
            unit.field = paired(unit.field, number)
            unit.linked = tuple(paired(one, number) for one in unit.linked)
            unpaired += not number
    return unpaired

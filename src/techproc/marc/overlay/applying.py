"""Laying one record over another by rules, with where each field of the result came from.

Fields are decided in groups: those of one tag that one rule names, of both records. Within a group
equal fields stay, and the rule's permissions say what becomes of the others. A rule on subfields or
positions then looks at the two fields that are the same but for these, or the only ones of a tag.
Whatever is left out is in the result too, as `Dropped`: nothing goes without being told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pymarc

from techproc.findings import Finding, Severity
from techproc.marc.linkage import numbers_full
from techproc.marc.overlay.assembling import (
    Dropped,
    Placed,
    assembled,
    dropped_of,
    number_pairs,
)
from techproc.marc.overlay.parts import Refining, content
from techproc.marc.overlay.rules import OverlayRule, OverlayRules
from techproc.marc.overlay.units import Group, Origin, Unit, assign, grouped, units_of
from techproc.marc.schema import bibliographic

__all__ = ["Overlaid", "overlay"]


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The record that comes of an overlay, field by field, and what was left out."""

    record: pymarc.Record
    fields: tuple[Placed, ...]
    dropped: tuple[Dropped, ...] = ()
    findings: tuple[Finding, ...] = ()
    leader: Origin = "existing"


def overlay(
    existing: pymarc.Record, incoming: pymarc.Record, rules: OverlayRules, *, source: str = ""
) -> Overlaid:
    """Return what comes of laying `incoming` over `existing`; neither is changed.

    Nothing that a rule protects is ever lost, and laying the same record over the result once more
    changes nothing. A field that MARC 21 does not let repeat is in the result once: the existing
    one stays, with a finding (`overlay.not-repeatable`).

    >>> from techproc.marc.overlay import load_rules
    >>> ours = pymarc.Record(fields=[pymarc.Field("590", pymarc.Indicators(" ", " "),
    ...                                           [pymarc.Subfield("a", "Gift.")])])
    >>> done = overlay(ours, pymarc.Record(), load_rules("careful"))
    >>> [(placed.field.tag, placed.origin, placed.rule) for placed in done.fields]
    [('590', 'existing', 'local fields, holdings and items')]
    """
    active = rules.for_source(source)
    whole = [rule for rule in active if rule.part == "field"]
    refining = Refining([rule for rule in active if rule.part != "field"])
    ours = units_of(existing, "existing", linked=rules.linked)
    theirs = units_of(incoming, "incoming", linked=rules.linked)
    assign(existing, ours, whole, rules.default)
    assign(incoming, theirs, whole, rules.default)
    findings: list[Finding] = []
    leader, leader_origin = _leader(existing, incoming, whole, rules.default)
    groups = grouped([*ours, *theirs], whole)
    pairs: list[tuple[Unit, Unit]] = []
    for group in groups.values():
        pairs += _decide(group, refining)
    _keep_single(ours, theirs, findings)
    pairs += _only_ones(ours, theirs, pairs)
    _refine(ours, theirs, pairs, refining, findings)
    record = pymarc.Record()
    record.leader = pymarc.Leader(refining.leader(leader, existing, incoming))
    if str(record.leader) != leader:
        leader_origin = "merged"
    if unpaired := number_pairs(ours, theirs):
        findings.append(numbers_full(unpaired))
    placed = assembled(ours, theirs)
    record.fields = [one.field for one in placed]
    dropped = dropped_of([*ours, *theirs], placed)
    return Overlaid(record, tuple(placed), tuple(dropped), tuple(findings), leader_origin)


def _decide(group: Group, refining: Refining) -> list[tuple[Unit, Unit]]:
    """Say of each field of a group whether it is in the result; return the fields that are equal."""
    allow = (group.existing or group.incoming)[0].allow
    if (group.existing or group.incoming)[0].strip:
        for unit in (*group.existing, *group.incoming):
            unit.kept = False
        return []
    waiting: dict[object, list[Unit]] = {}
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


def _join_linked(ours: Unit, theirs: Unit, allow: frozenset[str]) -> None:
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
    ours: Sequence[Unit], theirs: Sequence[Unit], pairs: Sequence[tuple[Unit, Unit]]
) -> list[tuple[Unit, Unit]]:
    """Return the pairs of fields of which a record has only one, where one replaces the other."""
    taken = {id(unit) for pair in pairs for unit in pair}
    rules = bibliographic()
    by_tag: dict[str, tuple[list[Unit], list[Unit]]] = {}
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


def _keep_single(ours: Sequence[Unit], theirs: Sequence[Unit], findings: list[Finding]) -> None:
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
    ours: Sequence[Unit],
    theirs: Sequence[Unit],
    pairs: Sequence[tuple[Unit, Unit]],
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

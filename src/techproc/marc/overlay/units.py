"""The fields of two records as they are decided on: each with its 880s, and in groups."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pymarc
from pymarc import Field

from techproc.marc.linkage import linked_fields
from techproc.marc.overlay.rules import OverlayRule

__all__ = ["Group", "Origin", "Side", "Unit", "assign", "grouped", "units_of"]

Origin: TypeAlias = Literal["existing", "incoming", "both", "merged"]
Side: TypeAlias = Literal["existing", "incoming"]
_DEFAULT = "default"


@dataclass(slots=True, eq=False)
class Unit:
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
        """Return the field and its own 880s as they are by now."""
        return (self.field, *self.linked)


@dataclass(slots=True)
class Group:
    """The fields of one tag that one rule names, of both records."""

    existing: list[Unit] = field(default_factory=list)
    incoming: list[Unit] = field(default_factory=list)


def units_of(record: pymarc.Record, side: Side, *, linked: bool) -> list[Unit]:
    """Return copies of a record's fields in their order; with `linked` each has its 880s."""
    copied = [copy.deepcopy(one) for one in record.fields]
    places = {id(one): at for at, one in enumerate(copied)}
    together: list[tuple[Field, ...]] = [(one,) for one in copied]
    if linked:
        together = [
            ((each.field,) if each.field is not None else ()) + each.vernacular
            for each in linked_fields(pymarc.Record(fields=copied))
        ]
    return [
        Unit(came, tuple(places[id(one)] for one in came), side, came[0], came[1:], origin=side)
        for came in together
    ]


def assign(
    record: pymarc.Record,
    units: Sequence[Unit],
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


def grouped(units: Iterable[Unit], rules: Sequence[OverlayRule]) -> dict[tuple[int, str], Group]:
    """Return the fields of both records in groups, by the number of their rule and their tag.

    The fields of a rule that keeps them together are one group whatever their tags.
    """
    together = {number for number, rule in enumerate(rules) if rule.together}
    groups: dict[tuple[int, str], Group] = {}
    for unit in units:
        key = (unit.group, "" if unit.group in together else unit.field.tag)
        group = groups.setdefault(key, Group())
        (group.existing if unit.side == "existing" else group.incoming).append(unit)
    return groups

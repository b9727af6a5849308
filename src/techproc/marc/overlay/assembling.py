"""The result of an overlay put together: numbers of pairs, places of fields, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pymarc import Field

from techproc.marc.linkage import free_occurrence, occurrence, paired, with_link
from techproc.marc.overlay.parts import content
from techproc.marc.overlay.units import Origin, Side, Unit

__all__ = ["Dropped", "Placed", "assembled", "dropped_of", "number_pairs"]


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


def number_pairs(ours: Sequence[Unit], theirs: Sequence[Unit]) -> int:
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


def assembled(ours: Sequence[Unit], theirs: Sequence[Unit]) -> list[Placed]:
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


def _insert(result: list[tuple[str, Placed | None]], placed: Placed) -> None:
    """Put a field after its like, those that are gone included; else after lower tags."""
    tag = placed.field.tag
    places = [at for at, (other, _) in enumerate(result, 1) if other == tag] or [
        at for at, (other, _) in enumerate(result, 1) if other < tag
    ]
    result.insert(places[-1] if places else 0, (tag, placed))


def dropped_of(units: Iterable[Unit], placed: Iterable[Placed]) -> Iterator[Dropped]:
    """Yield the fields whose content is not in the result (of the existing ones: as often)."""
    there = Counter(content(one.field) for one in placed)
    for unit in units:
        for one in unit.came:
            key = content(one)
            if there[key] > 0 or (unit.side == "incoming" and key in there):
                there[key] -= unit.side == "existing"
            else:
                yield Dropped(one, unit.side, unit.rule)

"""Merging by field: the best record as the base, what it lacks from the others, with provenance."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from pymarc import Field, Record

from techproc.findings import Finding, Severity
from techproc.marc.linkage import free_occurrence, linked_fields, numbers_full, occurrence, paired
from techproc.sources.ranking import Ranked
from techproc.text import fold

__all__ = ["MERGEABLE", "Merged", "Provenance", "merge"]

# What another record may bring when the base has none: numbers, classes, subjects, contents,
# summary, links. Description (1XX-4XX) always stays that of the base: two transcriptions of one
# title page are not to be mixed.
MERGEABLE = ("010", "050", "082", "060", "6XX", "505", "520", "856")
_COMPARED = ("010", "050", "082", "100", "110", "245", "250", "260", "264", "300", "490")
_SUBJECTS = ("600", "610", "611", "630", "647", "648", "650", "651", "655")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a field of a merged record came from."""

    tag: str
    source: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merged record, the fields it took from others, and where the candidates contradict.

    `conflicts` are (tag, [(source, text), …]) for elements on which candidates differ; the base's
    reading was kept. `unpaired` counts the fields whose 880s no occurrence number was left for.
    """

    record: Record
    base: str
    taken: tuple[Provenance, ...]
    conflicts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    unpaired: int = 0

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each conflict, with all readings; the base's comes first."""
        unpaired = (numbers_full(self.unpaired),) if self.unpaired else ()
        return unpaired + tuple(
            Finding(
                rule="sources.conflict",
                message="the candidates differ; the first reading was kept: "
                + "; ".join(f"{source} {text}" for source, text in readings),
                severity=Severity.WARNING,
                path=tag,
                fix="compare with the item in hand",
            )
            for tag, readings in self.conflicts
        )


def merge(ranked: Sequence[Ranked], tags: Sequence[str] = MERGEABLE) -> Merged:
    """Return the best of ranked candidates with what it lacks taken from the runners-up.

    The candidates must be for one ISBN; those that only cancel it give nothing. A tag ("050") is
    taken from the best-ranked record that has it, as a whole; "6XX" takes all subject headings of
    the vocabularies that the base lacks. A field brings its 880s, under a number that the base has
    not. The candidates are not changed.

    Raises ValueError without candidates.
    """
    if not ranked:
        raise ValueError("merging needs at least one candidate")
    best = ranked[0].candidate
    record = copy.deepcopy(best.record)
    taken: list[Provenance] = []
    unpaired = 0
    others = [r.candidate for r in ranked[1:] if r.candidate.claim == "valid"]
    for other in others:
        for tag in tags:
            come, alone = _coming(record, other.record, tag)
            unpaired += alone
            for field in come:
                _insert(record, field)
                text = _shown(field)
                taken.append(Provenance(tag=field.tag, source=other.source, text=text))
    conflicts = []
    for tag in _COMPARED:
        readings: dict[str, tuple[str, str]] = {}
        for candidate in (best, *others):
            for field in candidate.record.get_fields(tag)[:1]:
                readings.setdefault(fold(_plain(field)), (candidate.source, _shown(field)))
        if len(readings) > 1:
            conflicts.append((tag, tuple(readings.values())))
    return Merged(
        record=record,
        base=best.source,
        taken=tuple(taken),
        conflicts=tuple(conflicts),
        unpaired=unpaired,
    )


def _coming(record: Record, other: Record, tag: str) -> tuple[list[Field], int]:
    """Return copies of the fields that are lacking, with their 880s, and how many of them lose these."""
    lacking = {id(field) for field in _lacking(record, other, tag)}
    if not lacking:
        return [], 0
    used = {occurrence(field) for field in record.fields}
    come: list[Field] = []
    unpaired = 0
    for linked in linked_fields(other):
        if linked.field is None or id(linked.field) not in lacking:
            continue
        number = free_occurrence(used, occurrence(linked.field)) if linked.vernacular else ""
        used.add(number)
        unpaired += bool(linked.vernacular) and not number
        come += [copy.deepcopy(paired(one, number)) for one in (linked.field, *linked.vernacular)]
    return come, unpaired


def _lacking(record: Record, other: Record, tag: str) -> list[Field]:
    if tag != "6XX":
        return [] if record.get_fields(tag) else other.get_fields(tag)
    held = {_vocabulary(field) for field in record.get_fields(*_SUBJECTS)}
    return [field for field in other.get_fields(*_SUBJECTS) if _vocabulary(field) not in held]


def _vocabulary(field: Field) -> str:
    """Return what a heading's vocabulary is known by: second indicator, $2 and kind of field."""
    kind = "form" if field.tag == "655" else "subject"
    codes = "".join(field.get_subfields("2")) if field.indicator2 == "7" else ""
    return f"{kind} {field.indicator2} {codes}"


def _plain(field: Field) -> str:
    if field.control_field:
        return field.data or ""
    return " ".join(s.value for s in field.subfields if s.code not in "02468we")


def _shown(field: Field) -> str:
    if field.control_field:
        return field.data or ""
    return " ".join(f"${s.code} {s.value}" for s in field.subfields)


def _insert(record: Record, field: Field) -> None:
    """Put a field after the last one with its tag or a lower one; the others keep their order."""
    places = [at for at, held in enumerate(record.fields) if held.tag <= field.tag]
    record.fields.insert(places[-1] + 1 if places else 0, field)

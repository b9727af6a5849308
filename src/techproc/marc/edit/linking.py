"""880s that follow their partners: what is done to a field is done to its other scripts.

Source: MARC 21, Appendix A, $6 (tag, occurrence number, script, orientation).
"""

from __future__ import annotations

from collections.abc import Iterable

import pymarc
from pymarc.field import Field, Subfield

from techproc.findings import Finding, Severity
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.fielddiff import FieldText
from techproc.marc.linkage import parse_link

__all__ = ["copy_partners", "forget_partner", "loosened", "next_occurrence", "partners", "relink"]


def _link(field: Field) -> str | None:
    return None if field.control_field else field.get("6")


def partners(record: WorkingRecord, field: Field) -> list[Field]:
    """Return the 880s of a field: those that name its tag and its occurrence number."""
    if field.tag == "880" or field.control_field:
        return []
    text = field.get("6")
    link = parse_link(text) if text else None
    if link is None or link.tag != "880" or link.occurrence == "00":
        return []
    found = []
    for other in record.get_fields("880"):
        theirs = parse_link(_link(other) or "")
        if theirs and (theirs.tag, theirs.occurrence) == (field.tag, link.occurrence):
            found.append(other)
    return found


def forget_partner(record: WorkingRecord, field: Field) -> None:
    """Take the $6 off the field of an 880 that is going, where no other 880 answers to it."""
    link = parse_link(_link(field) or "")
    if link is None or link.occurrence == "00":
        return
    for owner in record.get_fields(link.tag):
        theirs = parse_link(_link(owner) or "")
        if theirs and (theirs.tag, theirs.occurrence) == ("880", link.occurrence):
            if not [other for other in partners(record, owner) if other is not field]:
                owner.subfields = [s for s in owner.subfields if s.code != "6"]
            return


def relink(fields: Iterable[Field], tag: str, occurrence: str | None = None) -> None:
    """Let the $6 of 880s name another tag, or another occurrence number too."""
    for field in fields:
        for at, (code, value) in enumerate(field.subfields):
            link = parse_link(value) if code == "6" else None
            if link is not None:
                number = link.occurrence if occurrence is None else occurrence
                rest = value.strip()[6:]
                field.subfields[at] = Subfield("6", f"{tag}-{number}{rest}")


def next_occurrence(record: pymarc.Record) -> str:
    """Return the lowest occurrence number above those that are taken.

    >>> next_occurrence(pymarc.Record())
    '01'
    """
    taken = [0]
    for field in record.fields:
        link = parse_link(_link(field) or "")
        if link:
            taken.append(int(link.occurrence))
    return f"{max(taken) + 1:02d}"


def loosened(before: Iterable[FieldText], after: Iterable[FieldText]) -> list[Finding]:
    """Return a finding for each link to or from an 880 that led somewhere and does no more.

    The rules are those of `marc validate`: link-orphan-880 and link-no-880.
    """
    there = _loose(before)
    return [
        Finding(rule=rule, message=message, severity=Severity.WARNING, path=path)
        for rule, path, message in _loose(after)
        if (rule, path, message) not in there
    ]


def _loose(fields: Iterable[FieldText]) -> list[tuple[str, str, str]]:
    """Return rule, path and message for each link that leads nowhere."""
    owners: set[tuple[str, str]] = set()
    vernacular: set[tuple[str, str]] = set()
    for tag, text in fields:
        for part in text.split("\x1f")[1:] if "\x1f6" in text else ():
            link = parse_link(part[1:]) if part[:1] == "6" else None
            if link is not None and link.occurrence != "00":
                if tag == "880":
                    vernacular.add((link.tag, link.occurrence))
                elif link.tag == "880":
                    owners.add((tag, link.occurrence))
    found = [
        ("link-orphan-880", "880$6", f"no {tag} has 880-{number}")
        for tag, number in sorted(vernacular - owners)
    ]
    return found + [
        ("link-no-880", f"{tag}$6", f"no 880 has {tag}-{number}")
        for tag, number in sorted(owners - vernacular)
    ]


def copy_partners(record: WorkingRecord, copies: list[Field], field: Field, made: Field) -> None:
    """Link the copies of a field's 880s to the copy of the field, by a number of their own."""
    text = _link(field)
    if not copies or text is None:
        return
    number = next_occurrence(record)
    rest = text.strip()[6:]
    made.subfields = [Subfield("6", f"880-{number}{rest}")] + [
        s for s in made.subfields if s.code != "6"
    ]
    relink(copies, made.tag, number)
    for copy in copies:
        record.insert(copy)

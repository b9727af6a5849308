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
from techproc.marc.linkage import free_occurrence, numbers_full, parse_link

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
    """Return the number above those that are taken, else the lowest that is free; "" without one.

    >>> next_occurrence(pymarc.Record())
    '01'
    """
    links = [parse_link(_link(field) or "") for field in record.fields]
    taken = {link.occurrence for link in links if link} | {"00"}
    above = int(max(taken)) + 1
    return free_occurrence(taken, f"{above:02d}" if above < 100 else "")


def loosened(before: Iterable[FieldText], after: Iterable[FieldText]) -> list[Finding]:
    """Return a finding for each link to or from an 880 that led somewhere and does no more.

    The rules are those of `marc validate`: link-orphan-880 and link-no-880; and link-numbers-full
    for 880s that no number was left for.
    """
    there, now = _Links(before), _Links(after)
    known = set(there.loose())
    found = [
        Finding(rule=rule, message=message, severity=Severity.WARNING, path=path)
        for rule, path, message in now.loose()
        if (rule, path, message) not in known
    ]
    if now.alone > there.alone and now.full:
        found.append(numbers_full(now.alone - there.alone))
    return found


class _Links:
    """The links of a record: fields that name an 880, 880s that name a field, and 880s alone (00)."""

    def __init__(self, fields: Iterable[FieldText]) -> None:
        self.owners: set[tuple[str, str]] = set()
        self.vernacular: set[tuple[str, str]] = set()
        self.alone = 0
        for tag, text in fields:
            for part in text.split("\x1f")[1:] if "\x1f6" in text else ():
                link = parse_link(part[1:]) if part[:1] == "6" else None
                if link is None:
                    continue
                if link.occurrence == "00":
                    self.alone += tag == "880"
                elif tag == "880":
                    self.vernacular.add((link.tag, link.occurrence))
                elif link.tag == "880":
                    self.owners.add((tag, link.occurrence))

    @property
    def full(self) -> bool:
        """Whether every occurrence number is taken."""
        taken = {number for _, number in self.owners | self.vernacular}
        return not free_occurrence(taken)

    def loose(self) -> list[tuple[str, str, str]]:
        """Return rule, path and message for each link that leads nowhere."""
        found = [
            ("link-orphan-880", "880$6", f"no {tag} has 880-{number}")
            for tag, number in sorted(self.vernacular - self.owners)
        ]
        return found + [
            ("link-no-880", f"{tag}$6", f"no 880 has {tag}-{number}")
            for tag, number in sorted(self.owners - self.vernacular)
        ]


def copy_partners(record: WorkingRecord, copies: list[Field], field: Field, made: Field) -> None:
    """Link the copies of a field's 880s to the copy of the field, by a number of their own.

    Where none is left they stay unlinked, which `loosened` then says.
    """
    text = _link(field)
    if not copies or text is None:
        return
    number = next_occurrence(record)
    link = [Subfield("6", f"880-{number}{text.strip()[6:]}")] if number else []
    made.subfields = link + [s for s in made.subfields if s.code != "6"]
    relink(copies, made.tag, number or "00")
    for copy in copies:
        record.insert(copy)

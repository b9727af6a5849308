"""880 pairs as one thing: a field and its alternate graphic representations, and the orphans.

Source: MARC 21, Appendix A, "Control Subfields", $6: linking tag, occurrence number, script code,
orientation (`880-01`, `245-01/$1`, `700-02/(2/r`). An occurrence number has two digits, so that a
record holds 99 pairs at most; 00 is that of an 880 without a partner.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

import pymarc

from techproc.findings import Finding, Severity

__all__ = [
    "Link",
    "Linked",
    "free_occurrence",
    "linked_fields",
    "numbers_full",
    "occurrence",
    "paired",
    "parse_link",
    "vernacular_order",
    "with_link",
    "with_occurrence",
]

_LINK = re.compile(r"([0-9A-Za-z]{3})-([0-9]{2})(?:/([^/]*))?(?:/([^/]*))?")
_NUMBERS = tuple(f"{number:02d}" for number in range(1, 100))
_SCRIPTS = {
    "(3": "Arabic", "(B": "Latin", "$1": "Chinese, Japanese, Korean", "(N": "Cyrillic",
    "(S": "Greek", "(2": "Hebrew",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """A $6 taken apart."""

    tag: str
    occurrence: str
    script: str = ""  # as written: $1, (2, Cyrl
    orientation: str = ""  # r: right to left

    @property
    def script_name(self) -> str:
        """The script in words; its code where that is an ISO 15924 one."""
        return _SCRIPTS.get(self.script, self.script)


@dataclass(frozen=True, slots=True)
class Linked:
    """A field with its 880s; `field` is None for an 880 alone (occurrence 00, orphans)."""

    field: pymarc.Field | None
    vernacular: tuple[pymarc.Field, ...]


@lru_cache(maxsize=1 << 12)
def parse_link(text: str) -> Link | None:
    """Return the parts of a $6, or None when it is not one.

    >>> parse_link("245-01/(2/r")
    Link(tag='245', occurrence='01', script='(2', orientation='r')
    """
    match = _LINK.fullmatch(text.strip())
    return Link(*(part or "" for part in match.groups())) if match else None


def _link(field: pymarc.Field) -> Link | None:
    text = None if field.control_field else field.get("6")
    return parse_link(text) if text else None


def occurrence(field: pymarc.Field) -> str:
    """Return the occurrence number by which a field is paired; "" when it is paired with none.

    >>> occurrence(pymarc.Field("880", subfields=[pymarc.Subfield("6", "245-02/$1")]))
    '02'
    """
    link = _link(field)
    return link.occurrence if link is not None and link.occurrence != "00" else ""


def with_occurrence(field: pymarc.Field, number: str) -> pymarc.Field:
    """Return the field with another occurrence number in its $6; itself when it has no link."""
    text = None if field.control_field else field.get("6")
    if text is None or parse_link(text) is None:
        return field
    return with_link(field, f"{text.strip()[:4]}{number}{text.strip()[6:]}")


def free_occurrence(used: Container[str], wanted: str = "") -> str:
    """Return an occurrence number that is not used, the one wanted where it is free.

    It is "" when all 99 are used.

    >>> free_occurrence({"01", "03"}, "03"), free_occurrence({"01", "03"}, "05")
    ('02', '05')
    """
    if wanted and wanted not in used:
        return wanted
    return next((number for number in _NUMBERS if number not in used), "")


def paired(field: pymarc.Field, number: str) -> pymarc.Field:
    """Return a linked field under an occurrence number; with "" as what has no partner.

    An 880 has the number 00 then, another field no $6. A field without a link is returned as it is.
    """
    if number or not occurrence(field):
        return with_occurrence(field, number) if number else field
    if field.tag == "880":
        return with_occurrence(field, "00")
    others = [s for s in field.subfields if s.code != "6"]
    return pymarc.Field(field.tag, field.indicators, others)


def numbers_full(pairs: int) -> Finding:
    """Return the finding for pairs that came to a record whose 99 occurrence numbers are taken."""
    return Finding(
        rule="link-numbers-full",
        severity=Severity.WARNING,
        path="880$6",
        message=f"a record can number 99 pairs of 880s: {pairs} more are kept unpaired, the 880s as 00",
        fix="leave out 880s that are not wanted, and pair these by hand",
    )


def with_link(field: pymarc.Field, link: str) -> pymarc.Field:
    """Return the field with a $6, which comes first, in place of the one that it has."""
    others = [s for s in field.subfields if s.code != "6"]
    return pymarc.Field(field.tag, field.indicators, [pymarc.Subfield("6", link), *others])


def linked_fields(record: pymarc.Record) -> list[Linked]:
    """Return every field once, 880s together with the field they belong to, in the record's order.

    An 880 belongs to the field of its linking tag with its occurrence number. One that finds no
    field is returned alone, at its place.
    """
    waiting: dict[tuple[str, str], list[pymarc.Field]] = {}
    for field in record.fields:
        link = _link(field)
        if field.tag == "880" and link and link.occurrence != "00":
            waiting.setdefault((link.tag, link.occurrence), []).append(field)
    owners: dict[int, list[pymarc.Field]] = {}
    taken: set[int] = set()
    for field in record.fields:
        link = _link(field)
        if field.tag != "880" and link and link.tag == "880":
            found = waiting.pop((field.tag, link.occurrence), [])
            owners[id(field)] = found
            taken.update(id(f) for f in found)
    together = []
    for field in record.fields:
        if field.tag == "880":
            if id(field) not in taken:
                together.append(Linked(None, (field,)))
        else:
            together.append(Linked(field, tuple(owners.get(id(field), ()))))
    return together


def vernacular_order(record: pymarc.Record) -> list[pymarc.Field]:
    """Return the record's fields with each 880 after the field that it belongs to."""
    ordered: list[pymarc.Field] = []
    for linked in linked_fields(record):
        ordered += [linked.field] if linked.field is not None else []
        ordered += linked.vernacular
    return ordered

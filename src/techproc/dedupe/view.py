"""A light view of a record: just the fields that matching reads, from pymarc or from raw bytes.

Finding duplicates among a hundred thousand records looks at some fifty fields of each and edits
none, so building a full record object first would cost more than the matching itself. Both ways
into matching, a `pymarc.Record` and the bytes of an ISO 2709 record in UTF-8, give the same `View`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pymarc

from techproc.marc.scanner import grouped

__all__ = ["DataField", "View", "view_bytes", "view_record"]

# (indicators, codes, values): a letter of the codes for each value
DataField = tuple[str, str, tuple[str, ...]]

_CONTROL = frozenset(("001", "003", "005", "006", "007", "008"))
_DATA = frozenset((
    "010", "020", "022", "027", "028", "034", "035", "040", "041", "042", "050", "082", "086",
    "088", "100", "110", "111", "130", "240", "245", "250", "255", "260", "264", "300", "338",
    "440", "490", "502", "505", "520", "600", "610", "611", "630", "650", "651", "700", "710",
    "711", "775", "776", "780", "785", "830", "880",
))  # fmt: skip
_TAGS = "".join(sorted(_CONTROL | _DATA)).encode()


@dataclass(frozen=True, slots=True)
class View:
    """What matching reads of one record."""

    leader: str
    control: dict[str, list[str]]
    data: dict[str, list[DataField]]

    def first(self, tag: str) -> str:
        """Return the first control field of `tag`, or an empty string."""
        return self.control[tag][0] if tag in self.control else ""

    def fields(self, *tags: str) -> Iterable[DataField]:
        """Yield the data fields of the given tags."""
        for tag in tags:
            yield from self.data.get(tag, ())

    def values(self, tag: str, codes: str) -> list[str]:
        """Return the values of the given subfields, in the order of the record."""
        fields = self.data.get(tag)
        if fields is None:
            return []
        return [
            value
            for _, held, values in fields
            for code, value in zip(held, values, strict=True)
            if code in codes
        ]


def view_record(record: pymarc.Record) -> View:
    """Return the view of a pymarc record.

    >>> record = pymarc.Record()
    >>> record.add_field(pymarc.Field("001", data="x1"), pymarc.Field("245",
    ...     pymarc.Indicators("0", "0"), [pymarc.Subfield("a", "Annual report.")]))
    >>> view_record(record).values("245", "a"), view_record(record).first("001")
    (['Annual report.'], 'x1')
    """
    control: dict[str, list[str]] = {}
    data: dict[str, list[DataField]] = {}
    for field in record.fields:
        tag = field.tag
        if tag in _DATA:
            subfields = field.subfields
            # A code that is no letter of ASCII is one that nothing asks for.
            codes = "".join([c if len(c) == 1 and c.isascii() else " " for c, _ in subfields])
            # The reader of a damaged record may leave a subfield without a value.
            values = tuple([value or "" for _, value in subfields])
            marks = "".join(field.indicators or (" ", " "))
            data.setdefault(tag, []).append((marks, codes, values))
        elif tag in _CONTROL:
            control.setdefault(tag, []).append(field.data or "")
    return View(str(record.leader), control, data)


def view_bytes(raw: bytes) -> View | None:
    """Return the view of an ISO 2709 record in UTF-8, or None when its bytes need a closer look.

    None means that the record is not flagged as UTF-8 or not plain (`marc.scanner`): such a record
    goes through the tolerant reader instead.
    """
    if raw[9:10] != b"a":
        return None
    try:
        control, data = grouped(raw, _TAGS)
    except ValueError:
        return None
    return View(raw[:24].decode("ascii"), control, data)

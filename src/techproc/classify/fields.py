"""The fields of a record as plain tuples, from pymarc or straight from ISO 2709 bytes.

Learning from hundreds of thousands of records reads their bytes; building a `pymarc.Record` for
each would take most of the time. Both ways give the same tuples, which a test holds them to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymarc import Record

__all__ = ["Field", "control_of", "fields_of", "scan_fields", "split_records"]

# (tag, indicators, subfields) of a data field; (tag, text, ()) of a control field.
Field = tuple[str, str, tuple[tuple[str, str], ...]]

_USED = frozenset(
    [
        "001",
        "008",
        "010",
        "020",
        "041",
        "043",
        "050",
        "055",
        "060",
        "070",
        "080",
        "082",
        "084",
        "086",
        "090",
        "092",
        "096",
        "100",
        "110",
        "111",
        "130",
        "240",
        "245",
        "260",
        "264",
        "440",
        "490",
        "505",
        "520",
        "600",
        "610",
        "611",
        "630",
        "647",
        "648",
        "650",
        "651",
        "653",
        "655",
        "700",
        "710",
        "711",
        "800",
        "810",
        "811",
        "830",
    ]
)


def fields_of(record: Record, used: Iterable[str] = _USED) -> list[Field]:
    """Return the fields of a record that tell something about its class, in their order.

    >>> from pymarc import Field as F, Indicators, Record, Subfield
    >>> r = Record()
    >>> r.add_field(F("245", Indicators("1", "0"), [Subfield("a", "Soil")]))
    >>> fields_of(r)
    [('245', '10', (('a', 'Soil'),))]
    """
    found: list[Field] = []
    for field in record.fields:
        if field.tag not in used:
            continue
        if field.is_control_field():
            found.append((field.tag, field.data or "", ()))
        else:
            pairs = tuple((s.code, s.value) for s in field.subfields)
            found.append((field.tag, "".join(field.indicators or "  "), pairs))
    return found


def control_of(fields: Iterable[Field]) -> str:
    """Return the first 001 without the blanks around it; "" where there is none."""
    return next((text.strip() for tag, text, _ in fields if tag == "001"), "")


def split_records(data: bytes) -> Iterator[bytes]:
    """Yield the ISO 2709 records of `data`, each without its terminator."""
    start = 0
    while (end := data.find(b"\x1d", start)) >= 0:
        yield data[start:end].lstrip(b"\r\n\0 ")
        start = end + 1


def scan_fields(raw: bytes) -> list[Field] | None:
    """Return the same tuples from the bytes of one ISO 2709 record in UTF-8.

    None when the bytes are anything else (MARC-8, a directory that does not hold, no base address):
    such a record needs the careful reader.
    """
    try:
        if raw[9:10] != b"a":
            return None
        base = int(raw[12:17])
        directory = raw[24 : base - 1].decode("ascii")
        if len(directory) % 12:
            return None
        found: list[Field] = []
        for at in range(0, len(directory), 12):
            tag = directory[at : at + 3]
            if tag not in _USED:
                continue
            start = base + int(directory[at + 7 : at + 12])
            text = raw[start : start + int(directory[at + 3 : at + 7])].decode("utf-8")
            if not text.endswith("\x1e"):
                return None
            if tag < "010":
                found.append((tag, text[:-1], ()))
                continue
            head, *parts = text[:-1].split("\x1f")
            found.append((tag, head, tuple((p[0], p[1:]) for p in parts if p)))
    except ValueError:  # a number that is none, or bytes that are not UTF-8
        return None
    return found

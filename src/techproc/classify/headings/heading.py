"""A subject heading taken apart: main heading, subdivisions, vocabulary, identifiers.

Source: MARC 21 bibliographic, 600–655: second indicator and $2 name the vocabulary, $v form, $x
general, $y chronological and $z geographic subdivisions, $0 identifiers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pymarc import Field, Record

__all__ = ["SUBJECT_TAGS", "Heading", "heading_from", "heading_of", "headings_of"]

SUBJECT_TAGS = ("600", "610", "611", "630", "650", "651", "655")
KINDS = {
    "600": "person", "610": "body", "611": "meeting", "630": "title", "650": "topic",
    "651": "place", "655": "form",
}  # fmt: skip
_VOCABULARIES = {
    "0": "lcsh", "1": "lcshac", "2": "mesh", "3": "nal", "4": "", "5": "cash", "6": "rvm",
}  # fmt: skip
_SUBDIVISIONS = "vxyz"
_NOT_HEADING = "0123456789uwe"  # control subfields, relators' terms
_FULL_STOP = re.compile(r"(?<=[\w)\]]{2})\.$|(?<=\d)\.$")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading; texts are in Unicode's form NFC, without the full stop that ISBD adds.

    `vocabulary` is a MARC source code: "lcsh", "fast", "mesh"; "" when the field names none.
    """

    tag: str
    main: str
    subdivisions: tuple[tuple[str, str], ...] = ()  # code, text
    vocabulary: str = "lcsh"
    identifiers: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What it is a heading for: person, body, meeting, title, topic, place, form."""
        return KINDS.get(self.tag, "topic")

    @property
    def text(self) -> str:
        """The heading as it is written with dashes."""
        return "--".join([self.main, *(text for _, text in self.subdivisions)])

    def __str__(self) -> str:
        parts = "".join(f" ${code} {text}" for code, text in self.subdivisions)
        return f"{self.main}{parts}"


def headings_of(record: Record) -> list[tuple[Field, Heading]]:
    """Return the subject headings of a record with their fields, in order."""
    return [(field, heading_of(field)) for field in record.get_fields(*SUBJECT_TAGS)]


def heading_of(field: Field) -> Heading:
    """Return the heading that a field of 600–655 holds.

    >>> from pymarc import Indicators, Subfield
    >>> print(heading_of(Field("650", Indicators(" ", "0"),
    ...                        [Subfield("a", "Cats"), Subfield("z", "France"),
    ...                         Subfield("v", "Fiction.")])))
    Cats $z France $v Fiction
    """
    return heading_from(
        field.tag,
        "".join(field.indicators or "  "),
        [(s.code, s.value) for s in field.subfields],
    )


def heading_from(tag: str, indicators: str, subfields: Sequence[tuple[str, str]]) -> Heading:
    """Return the heading of a field's tag, indicators and pairs of subfield code and value."""
    main: list[str] = []
    subdivisions: list[tuple[str, str]] = []
    identifiers: list[str] = []
    named = ""
    for code, value in subfields:
        if code == "0":
            identifiers.append(value.strip())
        elif code == "2":
            named = named or value.strip().lower()
        text = unicodedata.normalize("NFC", value).strip()
        if code in _SUBDIVISIONS:
            subdivisions.append((code, text))
        elif code not in _NOT_HEADING and text:
            main.append(text)
    if subdivisions:
        code, last = subdivisions[-1]
        subdivisions[-1] = (code, _FULL_STOP.sub("", last))
        whole = " ".join(main).rstrip(" ")
    else:
        whole = _FULL_STOP.sub("", " ".join(main).rstrip(" "))
    second = indicators[1:2] or " "
    return Heading(
        tag=tag,
        main=whole,
        subdivisions=tuple(subdivisions),
        vocabulary=named if second == "7" else _VOCABULARIES.get(second, ""),
        identifiers=tuple(identifiers),
    )

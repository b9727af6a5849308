"""A record's description in the areas of the ISBD, its punctuation supplied where it is absent.

Records carry ISBD punctuation at the ends of their subfields, or not (LDR/18 c, and many RDA
records): marks are taken off and put where the ISBD (consolidated edition, 2011) prescribes them.
Where a mark says what an element is, such as the = before a parallel title, it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pymarc import Field, Record

__all__ = ["Areas", "close", "describe_isbd", "joined"]

_AREA: Final = " — "
_MARK: Final = re.compile(r"\s*(?:(?<=\s)\+|[/:;=,])\s*$")
# What stands before each element of an area (ISBD A.3); the order is that of the record.
_TITLE: Final = {"a": " ; ", "b": " : ", "c": " / ", "n": ". ", "p": ". ", "s": ". ", "k": ". ",
                 "f": ", ", "g": ", ", "h": " "}  # fmt: skip
_EDITION: Final = {"a": ", ", "b": " / "}
_SCALE: Final = {"a": " ; ", "b": " ; ", "c": " "}
_PUBLICATION: Final = {"a": " ; ", "b": " : ", "c": ", "}
_EXTENT: Final = {"a": ", ", "b": " : ", "c": " ; ", "e": " + ", "f": " ", "g": " "}
_SERIES: Final = {"a": ". ", "v": " ; ", "x": ", ISSN ", "n": ". ", "p": ". "}

# Words before notes: MARC 21, the display constants of 246, 505, 508, 511, 520, 521, 586.
_VARIANT: Final = {"2": "Distinctive title: ", "3": "Other title: ", "4": "Cover title: ",
                   "5": "Added title page title: ", "6": "Caption title: ",
                   "7": "Running title: ", "8": "Spine title: "}  # fmt: skip
_NOTES: Final[dict[str, dict[str, str]]] = {
    "500": {}, "501": {}, "504": {}, "507": {}, "515": {}, "518": {}, "525": {}, "530": {},
    "533": {}, "534": {}, "536": {}, "538": {}, "546": {}, "547": {}, "550": {}, "580": {},
    "505": {"0": "Contents: ", "1": "Incomplete contents: ", "2": "Partial contents: "},
    "508": {" ": "Credits: "},
    "511": {"1": "Cast: "},
    "520": {" ": "Summary: ", "0": "Subject: ", "1": "Review: ", "2": "Scope and content: ",
            "3": "Abstract: "},
    "521": {" ": "Audience: ", "0": "Reading grade level: ", "1": "Interest age level: ",
            "2": "Interest grade level: "},
    "586": {" ": "Awards: "},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """The paragraphs of a description: areas 1 to 4, areas 5 and 6, notes, standard numbers."""

    title: str
    physical: str = ""
    notes: tuple[str, ...] = ()
    numbers: str = ""


def describe_isbd(record: Record) -> Areas:
    """Return a record's description by the ISBD.

    Title and responsibility, edition, the scale of maps and numbering of serials, publication;
    extent and series; notes in the order of the record; standard numbers with their qualifiers.

    >>> from pymarc import Indicators, Subfield
    >>> record = Record()
    >>> for tag, indicators, *subfields in (
    ...     ("245", "14", "aThe hobbit", "bor, There and back again", "cJ.R.R. Tolkien"),
    ...     ("250", "  ", "aSecond edition"),
    ...     ("264", " 1", "aLondon", "bAllen & Unwin", "c1951"),
    ... ):
    ...     parts = [Subfield(text[0], text[1:]) for text in subfields]
    ...     record.add_field(Field(tag, Indicators(*indicators), parts))
    >>> describe_isbd(record).title
    'The hobbit : or, There and back again / J.R.R. Tolkien. — Second edition. — \
London : Allen & Unwin, 1951.'
    """
    areas = [
        *[_area(field, _TITLE) for field in record.get_fields("245")[:1]],
        *[_area(field, _EDITION) for field in record.get_fields("250")],
        *[_area(field, _SCALE) for field in record.get_fields("255")],
        *[_area(field, {"a": ""}) for field in record.get_fields("254")],
        *[_area(f, {"a": ""}) for f in record.get_fields("362") if f.indicator1 == "0"],
        _publication(record),
    ]
    physical = [close(_area(field, _EXTENT)) for field in record.get_fields("300")]
    series = "".join(f" ({text})" for text in _series(record))
    extent = " ".join(filter(None, physical))
    return Areas(
        title=joined(areas),
        physical=(joined([extent, series.strip()]) if series else extent),
        notes=tuple(_notes(record)),
        numbers=joined(_numbers(record)),
    )


def close(text: str) -> str:
    """Return a text with the full stop that ends it, where it has none and is not left open.

    >>> close("1951"), close("2nd ed."), close("1998-"), close("Who?"), close('"Vol. 1."')
    ('1951.', '2nd ed.', '1998-', 'Who?', '"Vol. 1."')
    """
    ended = text.rstrip("\"'”’)]").endswith((".", "-", "?", "!", "…", "—"))
    return text if not text or (ended and text[-1] not in ")]") else f"{text}."


def joined(areas: Iterable[str]) -> str:
    """Return areas with full stop, blank, dash, blank between them, and a full stop at the end."""
    stopped = [text if text.endswith(".") else f"{text}." for text in areas if text]
    return close(_AREA.join(stopped).removesuffix(".")) if stopped else ""


def _area(field: Field, leads: dict[str, str]) -> str:
    """Return the elements of a field, each behind the mark that the ISBD puts before it."""
    text = mark = last = ""
    for subfield in field.subfields:
        if subfield.code not in leads:
            continue
        value = _MARK.sub("", subfield.value).strip()
        if not value:
            continue
        if text:
            lead = leads[subfield.code]
            if mark == "=" or (mark == ";" and lead == " : "):
                lead = f" {mark} "
            elif subfield.code == "p" and last == "n":
                lead = ", "
            text = text + (lead[1:] if lead[0] == "." and text.endswith(".") else lead) + value
        else:
            text = value
        held = _MARK.search(subfield.value)
        mark, last = held[0].strip() if held else "", subfield.code
    return text


def _publication(record: Record) -> str:
    """Return area 4: 264 with second indicator 1 or what there is of 264, else 260.

    A copyright date of 264 with indicator 4 comes after the date of publication.
    """
    fields = record.get_fields("264")
    published = [f for f in fields if f.indicator2 == "1"]
    published = published or [f for f in fields if f.indicator2 != "4"] or record.get_fields("260")
    text = " ; ".join(filter(None, (_area(field, _PUBLICATION) for field in published)))
    for field in fields:
        copyright_date = field.get("c") if field.indicator2 == "4" else None
        if copyright_date and copyright_date.strip(" .") not in text:
            shown = copyright_date.strip(" .")
            text = f"{text.rstrip('.')}, {shown}" if text else shown
    return text


def _series(record: Record) -> Iterator[str]:
    for field in record.get_fields("440", "490"):
        if text := _area(field, _SERIES).strip("() "):
            yield text


def _notes(record: Record) -> Iterator[str]:
    for field in record.get_fields("246"):
        if field.indicator1 in ("0", "1") and field.indicator2 in _VARIANT and field.get("a"):
            shown = _area(field, _TITLE)
            yield close(f"{_VARIANT[field.indicator2]}{shown}")
    for field in record.fields:
        if field.tag == "502":
            yield close(_thesis(field))
        elif field.tag == "362" and field.indicator1 == "1":
            yield close(_plain(field))
        elif field.tag in _NOTES and (text := _plain(field).replace(" -- ", _AREA)):
            yield close(_NOTES[field.tag].get(field.indicator1, "") + text)


def _thesis(field: Field) -> str:
    """Return a dissertation note, put together where its parts are apart ($b degree, $c, $d)."""
    if text := field.get("a"):
        return text.strip()
    degree, grantor, year = (field.get(code) or "" for code in "bcd")
    place = ", ".join(filter(None, (grantor.strip(), year.strip())))
    return "—".join(filter(None, (f"Thesis ({degree})" if degree else "Thesis", place)))


def _plain(field: Field) -> str:
    """Return the text of a note; subfields of control, linking and source are no text."""
    return " ".join(
        subfield.value.strip()
        for subfield in field.subfields
        if subfield.code.isalpha() and subfield.code not in "uwx" and subfield.value.strip()
    )


def _numbers(record: Record) -> Iterator[str]:
    for tag, name in (("020", "ISBN"), ("022", "ISSN"), ("024", "")):
        for field in record.get_fields(tag):
            number = _MARK.sub("", field.get("a") or "").strip()
            if not number or (tag == "024" and field.indicator1 != "2"):
                continue
            qualifiers = [q.strip(" ():;,") for q in field.get_subfields("q")]
            shown = f"{name or 'ISMN'} {number}"
            if qualifiers:
                shown += f" ({' ; '.join(qualifiers)})"
            terms = _MARK.sub("", field.get("c") or "").strip()
            yield f"{shown} : {terms}" if terms else shown

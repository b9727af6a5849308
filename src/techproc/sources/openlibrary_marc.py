"""Open Library's JSON made into MARC 21 that a cataloguer can take as a start.

Field by field after https://openlibrary.org/type/edition. The data was typed by anyone: the
record is of abbreviated level (LDR/17 3). The subjects of an edition that came from a library's
record are headings of a vocabulary no longer known (650, second indicator 4); others are
uncontrolled terms (653).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.findings import Finding, Severity
from techproc.identifiers import isbn as isbns
from techproc.identifiers import lccn, oclc
from techproc.sources.archive_records import places
from techproc.sources.building import (
    add,
    content_fields,
    ended,
    fixed_008,
    inverted,
    nonfiling,
    year_of,
)
from techproc.sources.relators import relator_code

__all__ = ["record_from_edition"]

_AGENCY = "OpenLibrary"  # not a MARC organization code: Open Library has none
_MAX_TERMS = 20
_ROLE = re.compile(r"^(?P<name>.*?)\s*\((?P<role>[^()]+)\)\s*$")
_BY = re.compile(r"^(?P<role>translated|edited|illustrated|compiled) by (?P<name>.+)$", re.I)
_BY_ROLES = {"translated": "translator", "edited": "editor", "illustrated": "illustrator", "compiled": "compiler"}  # fmt: skip  # noqa: E501
_ONLINE = re.compile(r"e-?book|electronic|kindle|online|pdf|epub", re.I)
_AUDIO = re.compile(r"audio|compact disc|\bcd\b|cassette|mp3", re.I)
_PAPER = re.compile(r"hard|paper|cloth|board|bound|binding|mass market|softcover|pbk|hbk", re.I)
_CORPORATE = re.compile(
    r"\b(University|Institute|Association|Society|Committee|Department|Museum|Library|Press|Inc|"
    r"Ltd|Corporation|Council|Commission|Organization|Office|Ministry|Bureau|Company)\b"
)
_SERIES = re.compile(r"^(?P<title>.*?)\s*(?:;|--|,(?=\s*(?:no|vol|v|bd|nr|t)\b))\s*(?P<number>[^;]*[0-9][^;]*)$", re.I)  # fmt: skip  # noqa: E501
_SIZE = re.compile(r"([0-9.]+)\s*x\s*([0-9.]+)(?:\s*x\s*([0-9.]+))?\s*(inches|centimeters|cm|mm|millimeters)", re.I)  # fmt: skip  # noqa: E501
_CUTTER = re.compile(r"^(?P<number>\S.*?)\s+(?P<item>\.?[A-Z][0-9].*)$")


def record_from_edition(
    edition: Mapping[str, Any], data: Mapping[str, Any]
) -> tuple[Record, tuple[Finding, ...]]:
    """Return the MARC 21 record of an edition ("details"), with what "data" knows of its work.

    The findings say that it was made, and what was left out.
    """
    maker = _Maker(edition, data)
    maker.run()
    return maker.record, tuple(maker.findings)


class _Maker:
    def __init__(self, edition: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        self.edition = edition
        self.data = data
        self.record = Record()
        self.findings = [
            Finding(
                rule="sources.made-from-json",
                message="the record was made from Open Library's data, which anyone may type",
                severity=Severity.INFO,
                fix="compare it with the item in hand",
            )
        ]
        languages = [str(v.get("key", "")).rpartition("/")[2] for v in _dicts(edition, "languages")]
        self.language = languages[0] if languages and len(languages[0]) == 3 else ""
        self.languages = languages
        self.format = _string(edition.get("physical_format"))
        self.pages = _string(edition.get("pagination")) or _string(edition.get("number_of_pages"))

    def run(self) -> None:
        self._control()
        self._numbers()
        self._names()
        self._title()
        self._imprint()
        self._description()
        self._notes()
        self._subjects()
        self.record.fields.sort(key=lambda field: field.tag)

    def _kind(self) -> str:
        if _AUDIO.search(self.format):
            return "audio"
        if _ONLINE.search(self.format):
            return "online"
        return "print" if _PAPER.search(self.format) or self.pages else ""

    def _control(self) -> None:
        kind = "i" if self._kind() == "audio" else "a"
        self.record.leader = Leader(f"00000n{kind}m a22000003i 4500")
        key = _string(self.edition.get("key")).rpartition("/")[2]
        self._field("001", key)
        day = _day(self.edition.get("created")) or _day(self.edition.get("last_modified"))
        country = _string(self.edition.get("publish_country"))
        fixed = fixed_008(
            year_of(_string(self.edition.get("publish_date"))),
            self.language,
            country=country if re.fullmatch(r"[a-z]{2,3} ?", country) else "xx ",
            today=day,
        )
        if self._kind() == "online":
            fixed = f"{fixed[:23]}o{fixed[24:]}"
        self._field("008", fixed)
        add(self.record, "035", "  ", ("a", f"({_AGENCY}){key}" if key else ""))
        add(self.record, "040", "  ", ("a", _AGENCY), ("c", _AGENCY))
        if len(self.languages) > 1:
            add(self.record, "041", "0 ", *(("a", code) for code in self.languages))

    def _numbers(self) -> None:
        seen: set[str] = set()
        for text in _strings(self.edition, "isbn_13") + _strings(self.edition, "isbn_10"):
            parsed = isbns.parse(text)
            if parsed.isbn13 in seen and parsed.isbn13:
                continue  # the ten-digit form of one that is there already
            seen.add(parsed.isbn13 or "")
            code = "a" if parsed.valid else "z"
            qualifier = parsed.qualifier or self.format.lower()
            add(self.record, "020", "  ", (code, parsed.digits or text), ("q", qualifier))
        for text in _strings(self.edition, "lccn"):
            number = lccn.normalize(text)
            if number is None:
                add(self.record, "010", "  ", ("z", text))
                continue
            pair = Indicators(" ", " ")
            field = Field(
                tag="010", indicators=pair, subfields=[Subfield("a", _lccn_in_marc(number))]
            )
            self.record.fields.append(field)
        for text in _strings(self.edition, "oclc_numbers"):
            number = oclc.normalize(f"(OCoLC){text}")
            add(self.record, "035", "  ", ("a", f"(OCoLC){number}" if number else ""))
        for text in _strings(self.edition, "lc_classifications")[:1]:
            match = _CUTTER.match(text)
            parts = (match["number"], match["item"]) if match else (text, "")
            add(self.record, "050", " 4", ("a", parts[0]), ("b", parts[1]))
        for text in _strings(self.edition, "dewey_decimal_class")[:1]:
            add(self.record, "082", "04", ("a", text))

    def _names(self) -> None:
        authors = [_string(a.get("name")) for a in _dicts(self.edition, "authors")]
        authors = [name for name in authors if name]
        if not authors:
            authors = [_string(a.get("name")) for a in _dicts(self.data, "authors")]
        self.authors = list(dict.fromkeys(name for name in authors if name))
        for number, name in enumerate(self.authors):
            self._name(name, "author", main=number == 0)
        others = [
            (_string(c.get("name")), _string(c.get("role")))
            for c in _dicts(self.edition, "contributors")
        ]
        others += [_contribution(text) for text in _strings(self.edition, "contributions")]
        held = {inverted(name) for name in self.authors}
        for name, role in others:
            if name and inverted(name) not in held:
                held.add(inverted(name))
                self._name(name, role, main=False)

    def _name(self, name: str, role: str, *, main: bool) -> None:
        known = relator_code(role)
        relators = [("e", known[1]), ("4", known[0])] if known else [("e", role.lower())]
        if _CORPORATE.search(name):
            heading = ended(name, ",") if relators[0][1] else name
            add(self.record, "110" if main else "710", "2 ", ("a", heading), *relators)
            return
        whole = inverted(name)
        first = "1" if "," in whole else "0"
        heading = ended(whole, ",") if relators[0][1] else whole
        add(self.record, "100" if main else "700", f"{first} ", ("a", heading), *relators)

    def _title(self) -> None:
        prefix = _string(self.edition.get("title_prefix"))
        title = _string(self.edition.get("title")) or _string(self.data.get("title"))
        if prefix and not title.lower().startswith(prefix.lower()):
            title = f"{prefix} {title}"
        subtitle = _string(self.edition.get("subtitle"))
        stated = _string(self.edition.get("by_statement")).rstrip(" .")
        if not stated and self.authors:
            stated = f"[{'; '.join(self.authors)}]"  # not transcribed: bracketed as supplied
        parts = [("a", title), ("b", subtitle), ("c", stated)]
        parts = [(code, text) for code, text in parts if text]
        marks = {"b": " :", "c": " /"}
        written = [
            (code, ended(text, marks[parts[at + 1][0]] if at + 1 < len(parts) else "."))
            for at, (code, text) in enumerate(parts)
        ]
        skipped = nonfiling(title, self.language or "eng")
        has_main = any(f.tag in ("100", "110") for f in self.record.fields)
        add(self.record, "245", f"{int(has_main)}{skipped}", *written)
        for other in _strings(self.edition, "other_titles"):
            add(self.record, "246", "3 ", ("a", other.rstrip(" .")))
        for original in _strings(self.edition, "work_titles")[:1]:
            add(self.record, "240", "10", ("a", ended(original, ".")))

    def _imprint(self) -> None:
        add(self.record, "250", "  ", ("a", ended(_string(self.edition.get("edition_name")), ".")))
        places = _strings(self.edition, "publish_places")
        publishers = _strings(self.edition, "publishers")
        when = _string(self.edition.get("publish_date"))
        year = year_of(when) or when
        subfields: list[tuple[str, str]] = []
        for at, place in enumerate(places):
            last = at + 1 == len(places)
            subfields.append(
                ("a", ended(place, " :" if last and publishers else " ;" if not last else ","))
            )
        for at, publisher in enumerate(publishers):
            last = at + 1 == len(publishers)
            subfields.append(("b", ended(publisher, " :" if not last else "," if year else ".")))
        add(self.record, "264", " 1", *subfields, ("c", ended(year, ".") if year else ""))

    def _description(self) -> None:
        extent = self.pages
        if extent.isascii() and extent.isdigit():
            extent = f"{extent} pages"
        if self._kind() == "online":
            extent = f"1 online resource ({extent})" if extent else "1 online resource"
        size = _height(_string(self.edition.get("physical_dimensions")))
        add(
            self.record,
            "300",
            "  ",
            ("a", ended(extent, " ;") if size and extent else extent),
            ("c", size),
        )
        if self._kind():
            content_fields(self.record, self._kind())
        for text in _strings(self.edition, "series"):
            match = _SERIES.match(text)
            if match:
                title = ended(match["title"], " ;")
                add(self.record, "490", "0 ", ("a", title), ("v", match["number"].strip()))
            else:
                add(self.record, "490", "0 ", ("a", text.rstrip(" .")))

    def _notes(self) -> None:
        add(self.record, "500", "  ", ("a", _text_value(self.edition.get("notes"))))
        titles = [
            " ".join(filter(None, (_string(e.get("label")), _string(e.get("title")))))
            for e in _dicts(self.edition, "table_of_contents")
        ]
        listed = " -- ".join(title.strip() for title in titles if title.strip())
        add(self.record, "505", "0 ", ("a", ended(listed, ".") if listed else ""))
        add(self.record, "520", "  ", ("a", _text_value(self.edition.get("description"))))
        ocaid = _string(self.edition.get("ocaid"))
        if re.fullmatch(r"[A-Za-z0-9._-]+", ocaid):
            url = f"https://archive.org/details/{ocaid}"
            add(self.record, "856", "42", ("3", "Internet Archive"), ("u", url))

    def _subjects(self) -> None:
        terms = _strings(self.edition, "subjects")
        headings = bool(places(self.edition))
        if not terms:
            terms = [_string(s.get("name")) for s in _dicts(self.data, "subjects")]
            headings = False
        terms = list(dict.fromkeys(term.rstrip(" .") for term in terms if term.strip()))
        for term in terms[:_MAX_TERMS]:
            if headings:
                first, *rest = (part.strip() for part in term.split("--"))
                subfields = [("a", first), *(("x", part) for part in rest)]
                subfields[-1] = (subfields[-1][0], ended(subfields[-1][1], "."))
                add(self.record, "650", " 4", *subfields)
            else:
                add(self.record, "653", "  ", ("a", term))
        if len(terms) > _MAX_TERMS:
            self.findings.append(
                Finding(
                    rule="sources.terms-left-out",
                    message=f"{len(terms) - _MAX_TERMS} of {len(terms)} terms were left out",
                    severity=Severity.INFO,
                    path="650" if headings else "653",
                )
            )

    def _field(self, tag: str, data: str) -> None:
        if data:
            self.record.fields.append(Field(tag=tag, data=data))


def _lccn_in_marc(number: str) -> str:
    """Return a normalised LCCN in the structure of 010 $a: prefix, year, serial, and its blanks."""
    digits = number.lstrip("abcdefghijklmnopqrstuvwxyz")
    prefix = number[: len(number) - len(digits)]
    return f"{prefix:<3}{digits} " if len(digits) == 8 else f"{prefix:<2}{digits}"


def _contribution(text: str) -> tuple[str, str]:
    """Return (name, role) of a contribution as typed: "X (Translator)", "Translated by X"."""
    for pattern in (_ROLE, _BY):
        match = pattern.match(text)
        if match:
            role = match["role"].strip()
            return match["name"], _BY_ROLES.get(role.lower(), role)
    return text, ""


def _string(value: Any) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return " ".join(str(value).split())
    return ""


def _text_value(value: Any) -> str:
    """Return a text that Open Library gives as a string or as {"type", "value"}."""
    return _string(value.get("value")) if isinstance(value, dict) else _string(value)


def _strings(holder: Mapping[str, Any], name: str) -> list[str]:
    values: Iterable[Any] = holder.get(name) if isinstance(holder.get(name), list) else ()  # type: ignore[assignment]
    return [text for text in (_string(value) for value in values) if text]


def _dicts(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    values = holder.get(name)
    return [v for v in values if isinstance(v, dict)] if isinstance(values, list) else []


def _day(stamp: Any) -> date | None:
    try:
        return date.fromisoformat(_text_value(stamp)[:10])
    except ValueError:
        return None


def _height(dimensions: str) -> str:
    """Return the height in whole centimetres, rounded up, of "9.2 x 6.1 x 0.9 inches"."""
    match = _SIZE.search(dimensions)
    if not match:
        return ""
    try:
        largest = max(float(part) for part in match.groups()[:3] if part)
    except ValueError:
        return ""
    factor = {"i": 2.54, "c": 1.0, "m": 0.1}[match[4][0].lower()]
    return f"{math.ceil(round(largest * factor, 3))} cm"

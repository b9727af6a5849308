"""MODS records made into MARC 21, where a server has nothing better.

After LC's "MODS to MARC 21 Mapping" (version 3.4) and the stylesheet that LC made of it. Every
element and attribute is carried or told; see `sources._xml_source` for the few attributes that are no data.
"""

from __future__ import annotations

import re

from lxml import etree
from pymarc import Field, Leader, Record

from techproc.findings import Finding, Severity
from techproc.sources._xml_source import SourceElement
from techproc.sources.building import add, fixed_008, isbn_parts
from techproc.sources.leftovers import converted
from techproc.sources.mods.names import names, responsibility, titles
from techproc.sources.mods.origin import (
    dates_of,
    languages,
    origins,
    physical_descriptions,
)
from techproc.sources.mods.related import related_items
from techproc.sources.mods.subjects import classes, genres, subjects
from techproc.sources.mods.tables import (
    AUDIENCE,
    IDENTIFIERS,
    ISSUANCE,
    NOTES,
    SOURCE_CODES,
    TYPES,
)

__all__ = ["record_from_mods"]

_ABSTRACTS = {
    "subject": "0", "review": "1", "scope and content": "2", "abstract": "3", "content advice": "4",
}  # fmt: skip
_CONTENTS = {"contents": "0", "incomplete contents": "1", "partial contents": "2"}
_AUDIENCES = {
    "reading grade level": "0", "interest age level": "1", "interest grade level": "2",
    "special audience characteristics": "3", "motivation or interest level": "4",
}  # fmt: skip
_ACCESS = {
    "restriction on access": "506", "restrictiononaccess": "506", "use and reproduction": "540",
    "useandreproduction": "540",
}  # fmt: skip
_STANDARDS = {"aacr": "a", "aacr2": "a", "rda": "i", "isbd": "i"}


def record_from_mods(element: etree._Element) -> tuple[Record, tuple[Finding, ...]]:
    """Return an abbreviated MARC 21 record (LDR/17 3) for a <mods> element, and findings."""
    source = SourceElement(element)
    record = Record()
    _control(source, record)
    identifiers(source, record)
    _agency(source, record)
    classes(source, record)
    names(source, record)
    language = (record["008"].data or "")[35:38]
    titles(source, record, "" if language == "und" else language)
    _notes(source, record)
    subjects(source, record)
    genres(source, record)
    related_items(source, record)
    _locations(source, record)
    record.fields.sort(key=lambda field: field.tag)
    about = Finding(
        rule="sources.converted-mods",
        message="the server sent MODS; it was converted to an abbreviated MARC 21 record",
        severity=Severity.WARNING,
    )
    return record, converted(about, source.values())


def _control(source: SourceElement, record: Record) -> None:
    kind = _type_of(source)
    level = ""
    for issuance in source.under("originInfo", "issuance"):
        code = ISSUANCE.get(issuance.text)
        if code and level in ("", code):
            issuance.take()
            level = code
    if not level and any(
        t.read("collection", "yes") == "yes" for t in source.all("typeOfResource")
    ):
        level = "c"
    standards = source.taken("recordInfo", "descriptionStandard")
    form = next((_STANDARDS[s.lower()] for s in standards if s.lower() in _STANDARDS), "i")
    record.leader = Leader(f"00000n{kind}{level or 'm'} a22000003{form} 4500")
    for identifier in source.under("recordInfo", "recordIdentifier")[:1]:
        agency = identifier.get("source")
        record.fields += [Field(tag="001", data=t) for t in [identifier.take()] if t]
        record.fields += [Field(tag="003", data=agency)] if agency else []
    for changed in source.under("recordInfo", "recordChangeDate")[:1]:
        if re.fullmatch(r"[0-9]{14}\.[0-9]", changed.text):
            changed.read("encoding", "iso8601")
            record.fields.append(Field(tag="005", data=changed.take()))
    serial = level == "s"
    dates = dates_of(source, serial=serial)
    country = origins(source, record)
    language = languages(source, record)
    held = physical_descriptions(source, record)
    audience = " "
    for target in source.all("targetAudience") if kind not in "ef" and not serial else ():
        if target.peek("authority") == "marctarget" and target.text in AUDIENCE and audience == " ":
            target.get("authority")
            audience = AUDIENCE[target.take()]
    fixed = fixed_008("", language, country=country)
    for created in source.under("recordInfo", "recordCreationDate")[:1]:
        if created.peek("encoding") == "marc" and re.fullmatch("[0-9]{6}", created.text):
            created.get("encoding")
            fixed = created.take() + fixed[6:]
    fixed = f"{fixed[:6]}{dates}{fixed[15:22]}{audience}{held}{fixed[24:]}"
    if serial or kind not in "at":  # 008/18-34 is another table: nothing of it is coded here
        spoken = "|" if audience == " " else audience
        coded = (
            f"||||{spoken}{'|' if kind in 'efgkr' else held}|||||{held if kind in 'efgkr' else '|'}"
        )
        fixed = f"{fixed[:18]}{coded:|<17}{fixed[35:]}"
    record.fields.append(Field(tag="008", data=fixed))


def _type_of(source: SourceElement) -> str:
    found = ""
    for resource in source.all("typeOfResource"):
        codes = TYPES.get(resource.text.lower())
        if codes and (not found or found in codes):
            manuscript = resource.read("manuscript", "yes") == "yes"
            resource.take()
            found = found or codes[manuscript]
    return found or "a"


def identifiers(source: SourceElement, record: Record) -> None:
    """Add 010, 020, 022, 024, 028, 035, 037 and 856."""
    for identifier in source.filled("identifier"):
        kind = identifier.get("type").lower()
        value = identifier.take()
        invalid = identifier.read("invalid", "yes", "no") == "yes"
        if kind == "isbn":
            number, qualifier = isbn_parts(value)
            add(record, "020", "  ", ("z" if invalid else "a", number), ("q", qualifier))
        elif kind in IDENTIFIERS:
            tag, indicators, valid, wrong = IDENTIFIERS[kind]
            add(record, tag, indicators, (wrong if invalid else valid, value))
        elif kind == "oclc":
            add(record, "035", "  ", ("z" if invalid else "a", f"(OCoLC){value}" if value else ""))
        else:
            code = "z" if invalid else "a"
            known = kind in SOURCE_CODES
            named = ("2" if known else "q", kind)
            add(record, "024", "7 " if known else "8 ", (code, value), named)


def _agency(source: SourceElement, record: Record) -> None:
    agencies = []
    for agency in source.under("recordInfo", "recordContentSource"):
        agency.read("authority", "marcorg")
        agencies.append(agency.take())
    terms = []
    for term in source.under("recordInfo", "languageOfCataloging", "languageTerm"):
        if re.fullmatch("[a-z]{3}", term.text):
            term.read("authority", "iso639-2b")
            term.read("type", "code")
            terms.append(term.take())
    standards = [s.lower() for s in source.taken("recordInfo", "descriptionStandard")]
    parts = [("a", agency) for agency in agencies[:1]] + [("b", term) for term in terms[:1]]
    parts += [("e", standard) for standard in dict.fromkeys(standards)]
    add(record, "040", "  ", *parts, *(("d", agency) for agency in agencies[1:]))


def _notes(source: SourceElement, record: Record) -> None:
    rows = (("tableOfContents", "505", _CONTENTS, "0"), ("abstract", "520", _ABSTRACTS, " "))
    for name, tag, labels, first in (*rows, ("targetAudience", "521", _AUDIENCES, " ")):
        for note in source.filled(name):
            if name == "targetAudience" and note.peek("authority") == "marctarget":
                continue  # coded
            label = note.peek("displayLabel").lower()
            if label in labels:
                note.get("displayLabel")
            link = ("u", note.get("href") if tag != "521" else "")
            add(record, tag, f"{labels.get(label, first)} ", ("a", note.take()), link)
    stated = responsibility(source) if record.get_fields("245") else []
    for note in source.filled("note"):
        kind = note.peek("type").lower()
        if any(note is one for one in stated):
            continue  # 245 $c
        if kind in NOTES:
            note.get("type")
        tag = NOTES.get(kind) or "500"
        indicators = {"362": "1 ", "510": "4 "}.get(tag, "  ")
        add(record, tag, indicators, ("n" if tag == "534" else "a", note.take()))
        add(record, "856", "42", ("u", note.get("href")))
    for condition in source.filled("accessCondition"):
        tag = _ACCESS.get(condition.peek("type").lower(), "506")
        if condition.peek("type").lower() in _ACCESS:
            condition.get("type")
        add(record, tag, "  ", ("a", condition.take()), ("u", condition.get("href")))


def _locations(source: SourceElement, record: Record) -> None:
    kinds = source.under("physicalDescription", "internetMediaType")
    for location in source.all("location"):
        for url in location.filled("url"):
            primary = url.read("usage", "primary", "primary display") in (
                "primary",
                "primary display",
            )
            seen = url.get("dateLastAccessed")
            media = [("q", kind.take()) for kind in kinds if kind.text]
            kinds = []
            add(
                record, "856", "40" if primary else "4 ",
                ("3", url.get("displayLabel")), ("u", url.take()), *media,
                ("z", url.get("note")), ("z", f"Last accessed: {seen}" if seen else ""),
            )  # fmt: skip
        shelf = [("j", text) for text in location.taken("shelfLocator")]
        places = location.filled("physicalLocation")
        for place in places:
            label = ("3", place.get("displayLabel"))
            add(record, "852", "  ", label, ("a", place.take()), *shelf)
            shelf = []
        add(record, "852", "  ", *shelf)

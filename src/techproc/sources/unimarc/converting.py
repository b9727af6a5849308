"""UNIMARC bibliographic records made into MARC 21.

After the UNIMARC Manual: Bibliographic Format (IFLA), LC's "UNIMARC to MARC 21 conversion
specifications" and the MARC 21 format. Every subfield, and every position of the coded fields that
are read, is carried or told. Not told are indicators, which are read where MARC 21 has the like.
"""

from __future__ import annotations

from pymarc import Field, Record

from techproc.findings import Finding, Severity
from techproc.sources.building import add
from techproc.sources.leftovers import converted
from techproc.sources.unimarc.coded import coded_fields
from techproc.sources.unimarc.headings import subjects, titles
from techproc.sources.unimarc.isbd import (
    edition_area,
    extent_area,
    imprint_area,
    manufacture_area,
    series_area,
    title_area,
    variant_title,
)
from techproc.sources.unimarc.links import links
from techproc.sources.unimarc.names import corporate_name, identifiers, personal_name, relators
from techproc.sources.unimarc.plain import notes, plain_fields
from techproc.sources.unimarc.source import SourceRecord

__all__ = ["marc21_from_unimarc"]

_NAMES = {
    "700": "100", "701": "700", "702": "700", "710": "110", "711": "710", "712": "710",
    "720": "100", "721": "700", "722": "700",
}  # fmt: skip
_FUNCTIONS = {"0": "1", "1": "0", "2": "2", "3": "3", "4": "4"}  # second indicator of 214 → 264


def marc21_from_unimarc(unimarc: Record) -> tuple[Record, tuple[Finding, ...]]:
    """Return a MARC 21 record for a UNIMARC one, and findings: a value each that has no place."""
    source = SourceRecord(unimarc)
    record = Record()
    fixed, cataloguing = coded_fields(source, record)
    _control(source, record, fixed)
    _isbns(source, record)
    _agencies(source, record, cataloguing)
    plain_fields(source, record)
    _names(source, record)
    titles(source, record)
    _description(source, record)
    notes(source, record)
    links(source, record)
    subjects(source, record)
    record.fields.sort(key=lambda field: field.tag)
    about = Finding(
        rule="sources.converted-unimarc",
        message="the record is UNIMARC and was converted to MARC 21",
        severity=Severity.INFO,
    )
    return record, converted(about, source.values())


def _control(source: SourceRecord, record: Record, fixed: str) -> None:
    for tag in ("001", "005"):
        for field in source.get(tag)[:1]:
            for _, value in field.values:
                record.fields.append(Field(tag=tag, data=value.take()))
    for field in source.get("003"):  # in UNIMARC the address of the record
        for _, value in field.values:
            if value.text.startswith(("http://", "https://")):
                add(record, "024", "7 ", ("a", value.take()), ("2", "uri"))
    record.fields.append(Field(tag="008", data=fixed))


def _isbns(source: SourceRecord, record: Record) -> None:
    for field in source.get("010"):
        qualifier = " ".join(text.strip("() ") for text in field.take("b"))
        price = " ".join(field.take("d"))
        for number in field.take("a") or [""]:
            add(record, "020", "  ", ("a", number), ("q", qualifier), ("c", price))
            qualifier = price = ""
        for number in field.take("z"):
            add(record, "020", "  ", ("z", number))
    for field in source.get("020"):
        country = [("q", text) for text in field.take("a")] if field.has("b", "z") else []
        add(record, "015", "  ", *field.moved({"b": "a", "z": "z"}), *country)


def _agencies(source: SourceRecord, record: Record, cataloguing: str) -> None:
    """Add 040, and 035 for the number that a record has with an agency."""
    parts: list[tuple[str, str]] = []
    rules: list[tuple[str, str]] = []
    for field in source.get("801"):
        code = {"0": "a", "1": "c", "2": "d"}.get(field.second, "d")
        for at, agency in enumerate(field.take("b")):
            if code == "a" and any(made == "a" for made, _ in parts):
                code = "d"
            if (code, agency) not in parts:
                parts.append((code, agency))
            if at == 0:
                for number in field.take("h"):
                    add(record, "035", "  ", ("a", f"({agency}){number}"))
        rules += [("e", text.lower()) for text in field.take("g")]
    if parts and not any(code == "a" for code, _ in parts):
        parts[0] = ("a", parts[0][1])
    parts.append(("b", cataloguing))
    order = "abecd"
    parts = sorted([*parts, *dict.fromkeys(rules)], key=lambda part: order.index(part[0]))
    add(record, "040", "  ", *parts)


def _names(source: SourceRecord, record: Record) -> None:
    has_main = False
    for field in source.get(*_NAMES):
        tag = _NAMES[field.tag]
        if tag.startswith("1"):
            tag = f"7{tag[1:]}" if has_main else tag
        if field.tag.startswith("71"):
            tag = tag[:2] + "1" if field.first == "1" else tag
            first = "1" if field.second == "1" else "2"
            name = corporate_name(field, tag)
        else:
            first, name = personal_name(field)
        if not name:
            continue  # codes of no name: left to be told
        has_main = has_main or tag.startswith("1")
        add(record, tag, f"{first} ", *name, *relators(field), *identifiers(field))


def _description(source: SourceRecord, record: Record) -> None:
    has_main = any(field.tag in ("100", "110", "111", "130") for field in record.fields)
    for number, field in enumerate(source.get("200")):
        if number == 0:
            materials = [text for given in source.get("204") for text in given.take("a")]
            subfields, skipped = title_area(field, " + ".join(materials))
            add(record, "245", f"{int(has_main)}{skipped}", *subfields)
        else:  # the same title in another script
            add(record, "246", "3 ", *variant_title(field))
    for field in source.get("205"):
        add(record, "250", "  ", *edition_area(field))
    for field in source.get("210", "214", "219"):
        second = "1" if field.tag == "210" else _FUNCTIONS.get(field.second, "1")
        add(record, "264", f" {second}", *imprint_area(field))
        add(record, "264", " 3", *manufacture_area(field))
    for field in source.get("215"):
        add(record, "300", "  ", *extent_area(field))
    for field in source.get("225"):
        add(record, "490", "0 ", *series_area(field))

"""Dublin Core made into MARC 21: the last resort, and marked as such.

After LC's "Dublin Core to MARC Crosswalk" (unqualified, and its qualifiers), with names and ISBNs
told apart. Every element and attribute is carried or told.
"""

from __future__ import annotations

import re

from lxml import etree
from pymarc import Field, Leader, Record

from techproc.findings import Finding, Severity
from techproc.identifiers import isbn as isbns
from techproc.sources._xml_source import SourceElement
from techproc.sources.building import (
    add,
    ended,
    fixed_008,
    isbn_parts,
    nonfiling,
    physical,
    year_of,
)
from techproc.sources.leftovers import converted
from techproc.sources.mods.tables import TYPES

__all__ = ["record_from_dc"]

_DATES = re.compile(r",?\s*\(?([0-9]{4}\??-(?:[0-9]{4}\??)?)\)?\.?$")
_EXTENT = re.compile(r"[0-9]+\s*(p\b|S\b|pages|Seiten|v\b|vol)")
# <type> → LDR/06: the DCMI Type Vocabulary, and what servers write that made DC from MARC
_KINDS = {
    "dataset": "m", "image": "k", "interactiveresource": "m", "movingimage": "g",
    "physicalobject": "r", "software": "m", "sound": "i", "stillimage": "k",
}  # fmt: skip
# Element → field, indicators, subfield
_PLAIN = {
    "subject": ("653", "  ", "a"), "description": ("520", "  ", "a"),
    "abstract": ("520", "  ", "a"), "alternative": ("246", "3 ", "a"),
    "rights": ("540", "  ", "a"), "license": ("540", "  ", "a"),
    "accessRights": ("506", "  ", "a"), "source": ("786", "0 ", "n"),
    "relation": ("787", "0 ", "n"), "isPartOf": ("787", "0 ", "n"),
    "hasPart": ("787", "0 ", "n"), "isVersionOf": ("787", "0 ", "n"),
    "hasVersion": ("787", "0 ", "n"), "isFormatOf": ("787", "0 ", "n"),
    "hasFormat": ("787", "0 ", "n"), "references": ("787", "0 ", "n"),
    "replaces": ("787", "0 ", "n"), "isReplacedBy": ("787", "0 ", "n"),
    "coverage": ("500", "  ", "a"), "spatial": ("522", "  ", "a"), "temporal": ("513", "  ", "b"),
    "tableOfContents": ("505", "0 ", "a"), "audience": ("521", "  ", "a"),
    "bibliographicCitation": ("524", "  ", "a"), "provenance": ("561", "  ", "a"),
    "medium": ("340", "  ", "a"),
}  # fmt: skip


def record_from_dc(element: etree._Element) -> tuple[Record, tuple[Finding, ...]]:
    """Return a MARC 21 record of abbreviated level (LDR/17 3) for a <dc> element, and findings."""
    source = SourceElement(element)
    found: dict[str, list[SourceElement]] = {}
    for child in source.walk():
        if child is not source and child.own:
            found.setdefault(child.name, []).append(child)
    record = Record()
    kind = _kind(found)
    record.leader = Leader(f"00000n{kind}m a22000003i 4500")
    language = _languages(found, record)
    dates = [date.own for date in _elements(found, "date", "issued")]
    year = next((year_of(text) for text in dates if year_of(text)), "")
    fixed = fixed_008(year, language)
    fixed = fixed if kind == "a" else f"{fixed[:18]}{'|' * 17}{fixed[35:]}"
    record.fields.append(Field(tag="008", data=fixed))
    _identifiers(found, record)
    _names(found, record)
    _titles(found, record, language)
    _imprint(found, record)
    for name, (tag, indicators, code) in _PLAIN.items():
        for text in _taken(found, name):
            add(record, tag, indicators, (code, text))
    for text in _taken(found, "type"):
        add(record, "655", " 7", ("a", text), ("2", "local"))
    record.fields.sort(key=lambda field: field.tag)
    about = Finding(
        rule="sources.converted-dc",
        message="the server sent Dublin Core; it was converted to an abbreviated MARC 21 record",
        severity=Severity.WARNING,
    )
    return record, converted(about, source.values())


def _elements(found: dict[str, list[SourceElement]], *names: str) -> list[SourceElement]:
    return [element for name in names for element in found.get(name, [])]


def _taken(found: dict[str, list[SourceElement]], *names: str) -> list[str]:
    return [element.take_own() for element in _elements(found, *names)]


def _kind(found: dict[str, list[SourceElement]]) -> str:
    """Return LDR/06: "a" where no type says otherwise."""
    for element in _elements(found, "type"):
        text = element.own.lower()
        kind = TYPES[text][0] if text in TYPES else _KINDS.get(text.replace(" ", ""), "")
        if kind:
            return kind
    return "a"


def _languages(found: dict[str, list[SourceElement]], record: Record) -> str:
    codes = [e for e in _elements(found, "language") if re.fullmatch("[a-z]{3}", e.own)]
    if len(codes) > 1:
        add(record, "041", "0 ", *(("a", element.own) for element in codes))
    for element in _elements(found, "language"):
        text = element.take_own()
        if element not in codes:
            add(record, "546", "  ", ("a", text))
    return codes[0].own if codes else ""


def _identifiers(found: dict[str, list[SourceElement]], record: Record) -> None:
    formats = [e for e in _elements(found, "format") if re.fullmatch(r"\w+/[\w.+-]+", e.own)]
    for text in _taken(found, "identifier"):
        plain = re.sub(r"^\s*(urn:isbn:|isbn(?:\s*\([^)]*\))?[:\s]*)", "", text, flags=re.I)
        if isbns.normalize(plain) or (plain != text and isbns.parse(plain).digits):
            number, qualifier = isbn_parts(plain)
            add(record, "020", "  ", ("a", number), ("q", qualifier))
        elif text.startswith(("http://", "https://")):
            media = [("q", element.take_own()) for element in formats]
            formats = []
            add(record, "856", "4 ", ("u", text), *media)
        else:
            add(record, "024", "8 ", ("a", text))


def _names(found: dict[str, list[SourceElement]], record: Record) -> None:
    """Add 100 and 700 for names in inverted order or of one word, and 720 for others.

    "Caribbean Jazz Project" and "Jane Austen" look alike: whether it is a person is not said.
    """
    creators = _taken(found, "creator")
    for number, name in enumerate([*creators, *_taken(found, "contributor")]):
        lived = _DATES.search(name)
        plain = (name[: lived.start()] if lived else name).strip()
        if "," not in plain and " " in plain:
            add(record, "720", "  ", ("a", name))
            continue
        if not plain.strip(","):
            plain, lived = name, None
        add(
            record, "100" if number == 0 and creators else "700", "1 " if "," in plain else "0 ",
            ("a", ended(plain, ",") if lived else plain), ("d", lived[1] if lived else ""),
        )  # fmt: skip


def _titles(found: dict[str, list[SourceElement]], record: Record, language: str) -> None:
    has_main = any(field.tag == "100" for field in record.fields)
    for number, title in enumerate(_taken(found, "title")):
        if number:
            add(record, "246", "3 ", ("a", title))
            continue
        proper, mark, rest = title.partition(" : ")
        add(
            record, "245", f"{int(has_main)}{nonfiling(proper, language)}",
            ("a", ended(proper, " :" if mark else ".")), ("b", ended(rest, ".") if rest else ""),
        )  # fmt: skip


def _imprint(found: dict[str, list[SourceElement]], record: Record) -> None:
    """Add 264 with every publisher and date, the place where it was written with the first."""
    parts: list[tuple[str, str]] = []
    for number, text in enumerate(_taken(found, "publisher")):
        place, _, firm = text.rpartition(" : ") if number == 0 else ("", "", text)
        if place:
            parts.append(("a", place))
        parts.append(("b", firm))
    parts += [("c", text) for text in _taken(found, "date", "issued")]
    marks = {"b": " :", "c": ","}
    for at, (code, text) in enumerate(parts[:-1]):
        parts[at] = (code, ended(text, marks[parts[at + 1][0]]))
    if parts and parts[-1][0] == "c":
        parts[-1] = ("c", ended(parts[-1][1], "."))
    add(record, "264", " 1", *parts)
    for element in _elements(found, "extent", "format"):
        if _EXTENT.search(element.own) or element.name == "extent":
            add(record, "300", "  ", *physical(element.take_own()))

"""Records of other formats made into MARC 21: every value is carried, or told at its place.

What stands in the source stands in a field or in a finding, compared by its letters and digits
without case: conversions set ISBD's punctuation, and turn names round, word by word. Codes that are translated
(countries, relators, positions of coded fields) are held against their tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st
from lxml import etree
from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.findings import Finding
from techproc.identifiers import isbn as isbns
from techproc.identifiers import lccn, oclc
from techproc.sources._openlibrary_values import contribution, lccn_in_marc
from techproc.sources.dublincore import record_from_dc
from techproc.sources.mods import record_from_mods
from techproc.sources.mods import tables as mods_tables
from techproc.sources.openlibrary_marc import record_from_edition
from techproc.sources.relators import RELATOR_OF_UNIMARC, relator_code
from techproc.sources.unimarc import marc21_from_unimarc, tables

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f"), max_size=12
) | st.sampled_from(
    ["\x88La \x89plage", "\x98L'\x9cétranger", "C++", "1999", "fre", "FR", "070", "2001 ", "001FR9"]
)
CODES = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789")
KNOWN = """
003 010 011 012 013 014 015 016 017 020 021 022 029 033 035 036 040 071 072 073 101 102 110 181
182 183 200 204 205 206 207 208 210 211 214 215 219 225 230 300 302 311 316 317 320 321 324 325
326 327 328 330 333 337 345 371 410 411 421 423 430 440 451 452 454 461 463 470 488 500 501 503
510 512 517 518 520 530 531 540 541 600 601 602 604 605 606 607 608 610 615 617 620 660 661 670
675 676 680 686 700 701 702 710 711 712 720 722 730 801 802 830 850 852 856 886 900 995 9AB 00A
"""
TAGS = st.sampled_from(KNOWN.split())


def plain(text: str) -> str:
    """Return the letters and digits of a text, without case."""
    kept = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", kept)


def written(record: Record) -> list[str]:
    """Return the text of every field of a record."""
    return [
        plain(field.data or "")
        if field.control_field
        else plain("".join(value for _, value in field.subfields))
        for field in record.fields
    ]


def in_field(text: str, field: str) -> bool:
    """Return whether a field holds a text, or all its words: names are turned round."""
    return plain(text) in field or all(plain(word) in field for word in re.findall(r"\w+", text))


def lost(
    values: Iterable[tuple[str, str]], record: Record, findings: Iterable[Finding]
) -> list[tuple[str, str]]:
    """Return the values, each (path, text), that are neither in a field nor in a finding."""
    fields = written(record)
    told = [(f.path, f.message) for f in findings if f.rule == "sources.not-carried"]
    return [
        (path, text)
        for path, text in values
        if plain(text)
        and not any(in_field(text, field) for field in fields)
        and not any(
            path == place and (said.endswith(repr(text.strip())) or plain(text) in plain(said))
            for place, said in told
        )
    ]


@st.composite
def unimarc_records(draw: st.DrawFn) -> Record:
    """Return a UNIMARC record of any fields, with any subfields."""
    record = Record()
    record.leader = Leader(draw(st.text("abcdims0123 ", min_size=24, max_size=24)))
    record.fields.append(Field(tag="001", data=draw(TEXTS)))
    for tag in ("100", "105", "106"):
        text = draw(st.text("abcdefyz0129 |", max_size=40))
        record.fields.append(Field(tag, Indicators(" ", " "), [Subfield("a", text)]))
    for tag, pair, subfields in draw(
        st.lists(
            st.tuples(
                TAGS, st.text("012 ", min_size=2, max_size=2), st.lists(st.tuples(CODES, TEXTS))
            ),
            max_size=12,
        )
    ):
        if tag < "010" and tag.isdigit():
            record.fields.append(Field(tag=tag, data=draw(TEXTS)))
            continue
        parts = [Subfield(*part) for part in subfields]
        record.fields.append(Field(tag, Indicators(pair[0], pair[1]), parts))
    return record


def unimarc_values(record: Record) -> Iterable[tuple[str, str]]:
    """Yield what must be found again, but for codes that a table translates."""
    for field in record.fields:
        if field.control_field:
            yield field.tag, field.data or ""
            continue
        for code, value in field.subfields:
            translated = (
                (field.tag in ("100", "105", "106") and code == "a")
                or (code == "4" and value.strip() in RELATOR_OF_UNIMARC)
                or (field.tag == "102" and value.strip().upper() in tables.COUNTRIES)
                or (code == "1" and len(value) <= 5)  # tag and indicators of an embedded field
            )
            number = code == "1" and value.startswith("001")  # of the record that is linked to
            if not translated:
                yield f"{field.tag}${code}", value[3:] if number and plain(value[3:]) else value


@given(unimarc_records())
def test_a_unimarc_value_is_carried_or_told(unimarc: Record) -> None:
    """Every subfield of any UNIMARC record is in a field of the MARC 21 record or in a finding."""
    record, findings = marc21_from_unimarc(unimarc)
    assert lost(unimarc_values(unimarc), record, findings) == []
    assert len(record["008"].data) == 40
    assert len(str(record.leader)) == 24


GRAMMAR: dict[str, list[str]] = {
    "mods": [
        "titleInfo", "name", "typeOfResource", "genre", "originInfo", "language",
        "physicalDescription", "abstract", "tableOfContents", "targetAudience", "note", "subject",
        "classification", "relatedItem", "identifier", "location", "accessCondition", "part",
        "extension", "recordInfo", "oddElement",
    ],
    "titleInfo": ["title", "nonSort", "subTitle", "partNumber", "partName"],
    "name": ["namePart", "displayForm", "affiliation", "role", "description", "nameIdentifier"],
    "role": ["roleTerm"],
    "originInfo": [
        "place", "publisher", "dateIssued", "dateCreated", "dateCaptured", "copyrightDate",
        "dateValid", "dateOther", "edition", "issuance", "frequency",
    ],
    "place": ["placeTerm"],
    "language": ["languageTerm", "scriptTerm"],
    "physicalDescription": ["form", "extent", "internetMediaType", "digitalOrigin", "note"],
    "subject": [
        "topic", "geographic", "temporal", "titleInfo", "name", "genre", "geographicCode",
        "hierarchicalGeographic", "cartographics", "occupation",
    ],
    "hierarchicalGeographic": ["country", "state", "city", "citySection", "odd"],
    "cartographics": ["scale", "projection", "coordinates"],
    "location": ["url", "physicalLocation", "shelfLocator", "holdingSimple"],
    "part": ["detail", "extent", "date", "text"],
    "detail": ["caption", "number", "title"],
    "recordInfo": [
        "recordContentSource", "recordCreationDate", "recordChangeDate", "recordIdentifier",
        "recordOrigin", "languageOfCataloging", "descriptionStandard", "recordInfoNote",
    ],
    "languageOfCataloging": ["languageTerm"],
}  # fmt: skip
GRAMMAR["relatedItem"] = GRAMMAR["mods"]
# Attributes that tell what an element is; read where they are known, and told where they are not.
KINDS = {
    "type": """personal corporate conference family date given termsOfAddress uniform alternative
        abbreviated translated isbn issn doi local series host original preceding code text uri
        statement_of_responsibility Bibliography carrier""",
    "authority": "lcsh mesh ddc lcc marccountry iso639-2b marcrelator gmd marcform rdamedia",
    "encoding": "marc iso8601 w3cdtf", "point": "start end", "usage": "primary", "invalid": "yes",
    "qualifier": "questionable inferred", "eventType": "publication manufacture",
    "keyDate": "yes", "objectPart": "translation summary",
}  # fmt: skip
FREE = ["displayLabel", "href", "valueURI", "altRepGroup", "lang", "unit", "source", "edition"]
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"], exclude_characters="\ufffe\uffff"),
    max_size=10,
) | st.sampled_from(
    ["eng", "1999", "nyu", "aut", "Translator", "Jane van Doe", "text", "9780306406157 (pbk.)",
     "The", "L'", "serial", "20011120123048.0", "060102", "http://example.org/1", "print"]
)  # fmt: skip


@st.composite
def mods_elements(draw: st.DrawFn, name: str = "mods", depth: int = 0) -> etree._Element:
    """Return a MODS element of any content, mostly as the schema has it."""
    element = etree.Element(name)
    for key, values in draw(
        st.lists(st.sampled_from(sorted(KINDS.items())), max_size=2, unique_by=lambda kind: kind[0])
    ):
        value = draw(st.sampled_from(values.split()))
        element.set(key, value.replace("_", " "))
    for key in draw(st.lists(st.sampled_from(FREE), max_size=1)):
        element.set(key, draw(WORDS))
    inner = GRAMMAR.get(name, [])
    if not inner or depth > 3:
        element.text = draw(WORDS)
        return element
    for child in draw(st.lists(st.sampled_from(inner), max_size=8 if depth == 0 else 4)):
        element.append(draw(mods_elements(child, depth + 1)))
    return element


def xml_values(element: etree._Element, path: str = "") -> Iterable[tuple[str, str]]:
    """Yield texts and free attributes of an element with their paths."""
    yield path, " ".join((element.text or "").split())
    for key in FREE:
        yield f"{path}/@{key}".lstrip("/"), " ".join(element.get(key, "").split())
    for child in element:
        yield from xml_values(child, f"{path}/{child.tag}".lstrip("/"))


# Terms that tables make into codes
TERMS = {*mods_tables.TYPES, *mods_tables.ISSUANCE, *mods_tables.FORMS, *mods_tables.AUDIENCE}


def mods_values(element: etree._Element) -> Iterable[tuple[str, str]]:
    """Yield what must be found again, but for terms that a table translates."""
    for path, text in xml_values(element):
        last = path.rpartition("/")[2]
        translated = (last in ("typeOfResource", "issuance", "form") and text.lower() in TERMS) or (
            last == "roleTerm" and relator_code(text)
        )
        if not translated:
            yield path, text


@given(mods_elements())
def test_a_mods_value_is_carried_or_told(element: etree._Element) -> None:
    """Every text and every free attribute of any MODS record is in a field or in a finding."""
    note(etree.tostring(element, encoding="unicode"))
    record, findings = record_from_mods(element)
    assert lost(mods_values(element), record, findings) == []
    assert len(record["008"].data) == 40
    assert len(str(record.leader)) == 24


DUBLIN_CORE = [
    "title", "creator", "contributor", "subject", "description", "publisher", "date", "type",
    "format", "identifier", "source", "language", "relation", "coverage", "rights", "alternative",
    "extent", "issued", "isPartOf", "modified", "valid", "odd",
]  # fmt: skip
DC_TEXTS = WORDS | st.sampled_from(
    ["Austen, Jane, 1775-1817", "1775-", "Leiden : Brill", "Title : rest : more", "xii, 20 p.",
     "application/pdf", "ISBN 0-306-40615-2 (pbk.) :", "isbn: unknown", "sound recording", "12 p"]
)  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(DUBLIN_CORE), DC_TEXTS, st.sampled_from(["", "lang", "type"])),
        max_size=12,
    )
)
def test_a_dublin_core_value_is_carried_or_told(rows: list[tuple[str, str, str]]) -> None:
    """Every text and attribute of any Dublin Core record is in a field or in a finding."""
    element = etree.Element("dc")
    for name, text, attribute in rows:
        child = etree.SubElement(element, name)
        child.text = text
        if attribute:
            child.set(attribute, "dcterms W3CDTF")
    record, findings = record_from_dc(element)
    # The word ISBN, with or without "urn:", is what 020 says.
    values = [
        (path, re.sub(r"(?i)\b(urn:)?isbn\b:?", "", text)) for path, text in xml_values(element)
    ]
    assert lost(values, record, findings) == []
    assert len(record["008"].data) == 40


EDITION_KEYS = {
    "strings": ["title", "title_prefix", "subtitle", "by_statement", "edition_name", "publish_date",
                "publish_country", "pagination", "number_of_pages", "physical_format", "weight",
                "physical_dimensions", "notes", "description", "ocaid", "copyright_date",
                "translation_of", "created", "last_modified", "odd"],
    "lists": ["isbn_13", "isbn_10", "lccn", "oclc_numbers", "lc_classifications", "publishers",
              "dewey_decimal_class", "publish_places", "other_titles", "work_titles", "series",
              "subjects", "genres", "subject_place", "contributions", "distributors", "covers",
              "uris", "uri_descriptions", "source_records"],
    "objects": ["authors", "contributors", "languages", "works", "links", "table_of_contents",
                "excerpts"],
}  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3000) | st.floats(0, 9, width=16) | WORDS
    | st.sampled_from(
        ["0441007317", "9780441007318", "paperback", "8 x 5.4 x 1 inches", "21 cm", "nyu",
         "July 1, 2000", "Smith, John (Translator)", "Edited by Mary Ann", "University Press",
         "/languages/eng", "/works/OL1W", "/authors/OL1A", "2008-04-01T03:28:50.625462",
         "PS3562.E42 L44", "00-12345", "ocm00000012", "Hainish cycle ; 4", "France -- History."]
    )
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=4,
)
OBJECTS = st.dictionaries(
    st.sampled_from(["name", "role", "key", "url", "title", "label", "level", "pagenum", "value"]),
    SCALARS,
    max_size=3,
)


@st.composite
def editions(draw: st.DrawFn) -> dict[str, Any]:
    """Return an edition as Open Library has them, or not: any value may stand anywhere."""
    made: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from(EDITION_KEYS["strings"]), max_size=6)):
        made[key] = draw(SCALARS | OBJECTS | ANYTHING)
    for key in draw(st.lists(st.sampled_from(EDITION_KEYS["lists"]), max_size=5)):
        made[key] = draw(st.lists(SCALARS, max_size=3) | ANYTHING)
    for key in draw(st.lists(st.sampled_from(EDITION_KEYS["objects"]), max_size=4)):
        made[key] = draw(st.lists(OBJECTS, max_size=3) | ANYTHING)
    if draw(st.booleans()):
        made["identifiers"] = {"goodreads": draw(st.lists(SCALARS, max_size=2) | SCALARS)}
    return made


def json_values(found: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """Yield strings and numbers of a document with their paths."""
    if isinstance(found, dict):
        for key, item in found.items():
            yield from json_values(item, f"{path}.{key}".lstrip("." if not path else ""))
    elif isinstance(found, list):
        for at, item in enumerate(found):
            yield from json_values(item, f"{path}[{at}]")
    elif found is not None:
        text = str(found).lower() if isinstance(found, bool) else str(found)
        yield path, " ".join(text.split())


@given(editions(), editions())
def test_a_value_of_open_library_is_carried_or_told(
    edition: dict[str, Any], data: dict[str, Any]
) -> None:
    """Every value of any edition is in a field or in a finding; "data" where it says more."""
    record, findings = record_from_edition(edition, data)
    ours = list(json_values(edition))
    said = {text for _, text in ours}
    more = [(path, text) for path, text in json_values(data, "data") if text not in said]
    assert [
        (path, text)
        for path, text in lost([*ours, *more], record, findings)
        if not stands_otherwise(text, record)
    ] == []
    assert len(record["008"].data) == 40


def stands_otherwise(text: str, record: Record) -> bool:
    """Return whether a text stands in another form: an ISBN, a number, a time, a linked key."""
    fields = written(record)
    time = re.match(r"(\d{4})-(\d\d)-(\d\d)(?:T|$)", text)
    isbn = isbns.normalize(text)
    other = {
        text.rpartition("/")[2],
        time[1][2:] + time[2] + time[3] if time else "",
        isbn or "",
        lccn_in_marc(lccn.normalize(text) or ""),
        oclc.normalize(f"(OCoLC){text}") or "",
        contribution(text)[0],
    }
    return any(in_field(form, field) for form in other if plain(form) for field in fields)

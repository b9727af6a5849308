"""MODS records made into MARC 21, where a server has nothing better.

After LC's "MODS to MARC 21 mapping" for the elements that describe a book.
"""

from __future__ import annotations

from lxml import etree
from pymarc import Field, Leader, Record

from techproc.findings import Finding, Severity
from techproc.identifiers import isbn as isbns
from techproc.sources.building import add, ended, fixed_008, inverted, nonfiling, physical, year_of
from techproc.sources.relators import relator_code
from techproc.sources.safexml import local_name

__all__ = ["record_from_mods"]

# <note type="…"> → field; the statement of responsibility is 245 $c
_NOTES = {
    "statement of responsibility": "", "bibliography": "504", "thesis": "502", "language": "546",
    "reproduction": "533", "additional physical form": "530", "system details": "538",
    "target audience": "521", "biographical/historical": "545", "restriction": "506",
}  # fmt: skip
_KNOWN = frozenset({
    "titleInfo", "name", "typeOfResource", "originInfo", "language", "physicalDescription",
    "abstract", "tableOfContents", "note", "subject", "classification", "identifier", "location",
    "relatedItem", "recordInfo", "genre",
})  # fmt: skip


def record_from_mods(element: etree._Element) -> tuple[Record, tuple[Finding, ...]]:
    """Return an abbreviated MARC 21 record (LDR/17 3) for a <mods> element, and findings."""
    record = Record()
    record.leader = Leader("00000nam a22000003i 4500")
    origin = _first(element, "originInfo")
    info = _first(element, "recordInfo")
    control = _path_text(info, "recordIdentifier")
    if control:
        record.fields.append(Field(tag="001", data=control))
    dates = [_text(d) for d in _all(origin, "dateIssued")] or [
        _text(d) for d in _all(origin, "copyrightDate")
    ]
    languages = [_text(t) for lang in _all(element, "language") for t in _all(lang, "languageTerm")]
    language = next((code for code in languages if len(code) == 3), "")
    year = next((year_of(d) for d in dates if year_of(d)), "")
    terms = [term for place in _all(origin, "place") for term in _all(place, "placeTerm")]
    countries = [_text(term) for term in terms if term.get("authority") == "marccountry"]
    country = next((code for code in countries if 1 < len(code) < 4), "xx ")
    record.fields.append(Field(tag="008", data=fixed_008(year, language, country=country)))
    for identifier in _all(element, "identifier"):
        _identifier(record, identifier)
    add(record, "040", "  ", ("a", _path_text(info, "recordContentSource")))
    for number in _all(element, "classification"):
        tag, indicators = {"lcc": ("050", " 4"), "ddc": ("082", "04")}.get(
            number.get("authority", ""), ("084", "  ")
        )
        scheme = number.get("authority", "") if tag == "084" else number.get("edition", "")
        add(record, tag, indicators, ("a", _text(number)), ("2", scheme if tag != "050" else ""))
    _names(record, element)
    _title(record, element, language)
    edition = _path_text(origin, "edition")
    add(record, "250", "  ", ("a", edition))
    places = [_text(term) for term in terms if term.get("type") != "code"]
    publisher = _path_text(origin, "publisher")
    add(
        record, "264", " 1",
        ("a", ended(places[0], " :") if places and publisher else "".join(places[:1])),
        ("b", ended(publisher, ",") if publisher and dates else publisher),
        ("c", ended(dates[0], ".") if dates else ""),
    )  # fmt: skip
    add(
        record, "300", "  ", *physical(_path_text(_first(element, "physicalDescription"), "extent"))
    )
    for tag, name in (("505", "tableOfContents"), ("520", "abstract"), ("500", "note")):
        for note in _all(element, name):
            written = _NOTES.get((note.get("type") or "").lower(), tag) if name == "note" else tag
            if written:
                add(record, written, "0 " if tag == "505" else "  ", ("a", _text(note)))
    for subject in _all(element, "subject"):
        _subject(record, subject)
    for related in _all(element, "relatedItem"):
        if related.get("type") == "series":
            add(record, "490", "0 ", ("a", _path_text(_first(related, "titleInfo"), "title")))
    for location in _all(element, "location"):
        for url in _all(location, "url"):
            add(record, "856", "4 ", ("u", _text(url)))
    record.fields.sort(key=lambda field: field.tag)
    dropped = sorted({local_name(child) for child in element} - _KNOWN - {""})
    return record, (
        Finding(
            rule="sources.converted-mods",
            message="the server sent MODS; it was converted to an abbreviated MARC 21 record"
            + (f"; not carried: {', '.join(dropped)}" if dropped else ""),
            severity=Severity.WARNING,
        ),
    )


def _identifier(record: Record, element: etree._Element) -> None:
    kind, value = (element.get("type") or "").lower(), _text(element)
    cancelled = element.get("invalid") == "yes"
    if kind == "isbn":
        parsed = isbns.parse(value)
        number = parsed.digits or value
        add(record, "020", "  ", ("z" if cancelled else "a", number), ("q", parsed.qualifier))
    elif kind == "issn":
        add(record, "022", "  ", ("y" if cancelled else "a", value))
    elif kind == "lccn":
        add(record, "010", "  ", ("z" if cancelled else "a", value))
    elif kind == "oclc":
        add(record, "035", "  ", ("a", f"(OCoLC){value}"))


def _names(record: Record, element: etree._Element) -> None:
    has_main = False
    for name in _all(element, "name"):
        kind = name.get("type") or "personal"
        parts = [p for p in _all(name, "namePart") if p.get("type") in (None, "family", "given")]
        by_type = {p.get("type"): _text(p) for p in parts}
        if by_type.get("family"):
            text = ", ".join(filter(None, (by_type["family"], by_type.get("given"))))
        else:
            text = " ".join(_text(p) for p in parts)
        dates = " ".join(_text(p) for p in _all(name, "namePart") if p.get("type") == "date")
        roles = [_text(t) for role in _all(name, "role") for t in _all(role, "roleTerm")]
        known = next((relator_code(role) for role in roles if relator_code(role)), None)
        creator = not roles or (known is not None and known[0] in ("aut", "cre"))
        is_main = not has_main and (name.get("usage") == "primary" or creator)
        has_main = has_main or is_main
        tag = {"personal": "00", "corporate": "10", "conference": "11"}.get(kind, "00")
        if kind == "personal":
            text = inverted(text)
        first = "1" if kind == "personal" and "," in text else "0" if kind == "personal" else "2"
        relator = ("4", known[0]) if known else ("e", roles[0] if roles else "")
        add(
            record, ("1" if is_main else "7") + tag, f"{first} ",
            ("a", ended(text, ",") if dates else text), ("d", dates), relator,
        )  # fmt: skip


def _title(record: Record, element: etree._Element, language: str) -> None:
    has_main = any(f.tag in ("100", "110", "111") for f in record.fields)
    for number, info in enumerate(_all(element, "titleInfo")):
        article = _path_text(info, "nonSort")
        proper = _path_text(info, "title")
        glue = "" if article.endswith(("'", "’")) or not article else " "
        title = f"{article}{glue}{proper}"
        skipped = len(article) + len(glue) if article else nonfiling(title, language)
        subtitle = _path_text(info, "subTitle")
        part, part_name = _path_text(info, "partNumber"), _path_text(info, "partName")
        kind = info.get("type")
        if kind is None and number == 0:
            tag, indicators = "245", f"{int(has_main)}{min(skipped, 9)}"
        elif kind == "uniform":
            tag, indicators = ("240", f"1{min(skipped, 9)}") if has_main else ("130", "0 ")
        else:
            tag, indicators = "246", "3 "
        stated = ""
        if tag == "245":
            notes = [n for n in _all(element, "note") if _NOTES.get(n.get("type") or "") == ""]
            stated = "; ".join(map(_text, notes))
        last = " /" if stated else "." if tag == "245" else ""
        mark = " :" if subtitle else "." if part else last
        subfields = [("a", ended(title, mark) if mark else title)]
        subfields.append(("b", ended(subtitle, last) if subtitle and last else subtitle))
        subfields += [("n", ended(part, ",") if part and part_name else part), ("p", part_name)]
        subfields.append(("c", ended(stated, ".") if stated else ""))
        add(record, tag, indicators, *subfields)


def _subject(record: Record, subject: etree._Element) -> None:
    authority = (subject.get("authority") or "").lower()
    second = {"lcsh": "0", "mesh": "2"}.get(authority, "7" if authority else "4")
    tags = {
        "topic": "650",
        "geographic": "651",
        "name": "600",
        "titleInfo": "630",
        "temporal": "648",
    }
    codes = {"topic": "x", "geographic": "z", "temporal": "y", "genre": "v"}
    out: list[tuple[str, str]] = []
    tag = ""
    for part in subject:
        name = local_name(part)
        if not tag and name in tags:
            tag = tags[name]
            out.append(("a", _text(part)))
        elif tag and name in codes:
            out.append((codes[name], _text(part)))
    if tag:
        first = {"600": "1", "630": "0"}.get(tag, " ")
        add(record, tag, first + second, *out, ("2", authority if second == "7" else ""))


def _all(parent: etree._Element | None, name: str) -> list[etree._Element]:
    return [child for child in parent if local_name(child) == name] if parent is not None else []


def _first(parent: etree._Element | None, name: str) -> etree._Element | None:
    return next(iter(_all(parent, name)), None)


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return " ".join(" ".join(str(part) for part in element.itertext()).split())


def _path_text(parent: etree._Element | None, name: str) -> str:
    return _text(_first(parent, name))

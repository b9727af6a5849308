"""Origin, languages and physical description of MODS as 008, 041, 25X, 264, 3XX of MARC 21."""

from __future__ import annotations

import re

from pymarc import Record

from techproc.sources._xml_source import SourceElement
from techproc.sources.building import add, ended, physical, year_of
from techproc.sources.mods.tables import FORMS, PARTS

__all__ = ["dates_of", "languages", "origins", "physical_descriptions"]

_EVENTS = {
    "production": "0", "producer": "0", "publication": "1", "publisher": "1", "distribution": "2",
    "distributor": "2", "manufacture": "3", "manufacturer": "3",
}  # fmt: skip
_ENCODINGS = ("marc", "iso8601", "w3cdtf", "edtf", "temper")
_OTHER_DATES = {"dateModified": "jj", "dateCreated": "kl", "dateValid": "mn"}
_RDA = {"media": ("337", "a"), "carrier": ("338", "a"), "material": ("340", "a"), "technique": ("340", "d")}  # fmt: skip  # noqa: E501
_BY_AUTHORITY = {"rdamedia": ("337", "a"), "rdacarrier": ("338", "a")}


def dates_of(source: SourceElement, *, serial: bool) -> str:
    """Return 008/06-14 from the coded dates of issue, else from the first year that is said."""
    issued = source.under("originInfo", "dateIssued")
    coded = [d for d in issued if re.fullmatch("[0-9u]{4}", d.text)]
    start = next((d.text for d in coded if d.peek("point") == "start"), "")
    end = next((d.text for d in coded if d.peek("point") == "end"), "")
    if start and end:
        kind = {"9999": "c", "uuuu": "u"}.get(end, "d") if serial else "m"
        return f"{kind}{start}{end}"
    said = [d.text for d in (*issued, *source.under("originInfo", "copyrightDate"))]
    marc = next((d.text for d in coded if d.peek("encoding") == "marc"), "")
    year = marc or next((year_of(text) for text in said if year_of(text)), "")
    if serial and year:
        return f"c{year}9999" if not end else f"d{year}{end}"
    return f"s{year}    " if year else "nuuuuuuuu"


def origins(source: SourceElement, record: Record) -> str:
    """Add 250, 264, 310, 033 and 046; return 008/15-17."""
    countries: list[str] = []
    for origin in source.all("originInfo"):
        countries += _places_coded(origin, record)
        for text in origin.taken("edition"):
            add(record, "250", "  ", ("a", text))
        for frequency in origin.filled("frequency"):
            frequency.read("authority", "marcfrequency")
            add(record, "310", "  ", ("a", frequency.take()))
        _imprint(origin, record)
        _other_dates(origin, record)
    if len(countries) > 1:
        add(record, "044", "  ", *(("a", code) for code in countries))
    return countries[0] if countries else "xx "


def _places_coded(origin: SourceElement, record: Record) -> list[str]:
    found = []
    for term in origin.under("place", "placeTerm"):
        authority = term.peek("authority")
        if authority == "marccountry" and re.fullmatch("[a-z]{2,3}", term.text):
            found.append(term.take())
        elif authority == "iso3166" and term.text:
            add(record, "044", "  ", ("c", term.take()))
        else:
            continue
        term.read("type", "code", "text")
        term.get("authority")
    return found


def _imprint(origin: SourceElement, record: Record) -> None:
    event = (origin.peek("eventType") or origin.peek("displayLabel")).lower()
    second = _EVENTS.get(event, "1")
    if event in _EVENTS:
        origin.get("eventType", "displayLabel")
    places = []
    for term in origin.under("place", "placeTerm"):
        if term.text and term.peek("type") != "code" and term.peek("authority") != "marccountry":
            term.read("type", "text")
            places.append(term.take())
    publishers = origin.taken("publisher")
    date = _stated(origin, "dateIssued")
    rights = _stated(origin, "copyrightDate")
    if not date:
        date, rights = rights, ""
    parts: list[tuple[str, str]] = []
    for code, texts in (("a", places), ("b", publishers), ("c", [date] if date else [])):
        for text in texts:
            if parts:
                mark = {"a": " ;", "b": " :", "c": ","}[code]
                parts[-1] = (parts[-1][0], ended(parts[-1][1], mark))
            parts.append((code, text))
    if parts and parts[-1][0] == "c":
        parts[-1] = ("c", ended(parts[-1][1], "."))
    add(record, "264", f" {second}", *parts)
    if rights:
        sign = "" if rights.startswith(("©", "c", "℗", "p")) else "©"
        add(record, "264", " 4", ("c", sign + rights))


def _stated(origin: SourceElement, name: str) -> str:
    """Return the dates of a kind as they are shown; a coded form of a date that is shown is not.

    A range is written with a hyphen, what is questionable with a question mark, what was
    inferred in brackets.
    """
    elements = [element for element in origin.all(name) if element.text]
    free = [element for element in elements if not element.peek("encoding")]
    shown: list[str] = []
    open_range = False
    for element in elements:
        element.read("encoding", *_ENCODINGS)
        element.read("keyDate", "yes")
        said = any(element.text in other.text for other in free)
        if free and element not in free and said:
            element.take()
            element.read("point", "start", "end")
            continue
        text = element.take()
        qualifier = element.get("qualifier")
        if qualifier in ("questionable", "approximate") and not text.endswith("?"):
            text += "?"
        if qualifier in ("inferred", "approximate", "questionable"):
            text = f"[{text}]"
        elif qualifier:
            element.attributes["qualifier"].taken = False
        point = element.read("point", "start", "end")
        if point == "end" and open_range:
            shown[-1] += "-" + ("" if text == "9999" else text)
            open_range = False
        else:
            shown.append(text)
            open_range = point == "start"
    return ", ".join(shown)


def _other_dates(origin: SourceElement, record: Record) -> None:
    parts: list[tuple[str, str]] = []
    for name, codes in _OTHER_DATES.items():
        for element in origin.filled(name):
            element.read("encoding", *_ENCODINGS)
            end = element.read("point", "start", "end") == "end"
            parts.append((codes[end], element.take()))
    add(record, "046", "  ", *parts)
    for element in origin.filled("dateCaptured"):
        if element.peek("encoding") == "iso8601":
            element.get("encoding")
            add(record, "033", "0 ", ("a", element.take()))


def languages(source: SourceElement, record: Record) -> str:
    """Add 041 and 546; return the code for 008/35-37, or "".

    The name of a language that also has its code is told, not carried.
    """
    codes: list[tuple[str, str]] = []
    first = ""
    for language in source.filled("language"):
        subfield = PARTS.get(language.read("objectPart", *PARTS), "a")
        language.read("usage", "primary")
        coded = False
        for term in language.all("languageTerm"):
            authority = term.peek("authority")
            if re.fullmatch("[a-z]{3}", term.text) and authority in ("", "iso639-2b"):
                term.get("authority")
                term.read("type", "code", "text")
                codes.append((subfield, term.take()))
                first = first or (codes[-1][1] if subfield in "ad" else "")
                coded = True
            elif authority in ("rfc3066", "rfc5646", "iso639-3") and term.text:
                term.get("authority")
                term.read("type", "code", "text")
                add(record, "041", "07", (subfield, term.take()), ("2", authority))
        for term in language.all("languageTerm"):
            if not coded and term.peek("type") != "code" and not term.peek("authority"):
                term.read("type", "code", "text")
                add(record, "546", "  ", ("a", term.take()))
        for term in language.filled("scriptTerm"):
            if term.peek("type") != "code":
                term.read("type", "code", "text")
                add(record, "546", "  ", ("b", term.take()))
    if len(codes) > 1 or any(code not in "ad" for code, _ in codes):
        first_indicator = "1" if any(code == "h" for code, _ in codes) else "0"
        add(record, "041", f"{first_indicator} ", *dict.fromkeys(codes))
    return first or (codes[0][1] if codes else "")


def physical_descriptions(source: SourceElement, record: Record) -> str:
    """Add 300, 337, 338, 340 and notes; return 008/23."""
    form = " "
    for description in source.all("physicalDescription"):
        for extent in description.filled("extent"):
            unit = extent.get("unit")
            text = extent.take()
            add(record, "300", "  ", *physical(f"{text} {unit}" if unit else text))
        for element in description.all("form"):
            authority = element.peek("authority")
            code = FORMS.get(element.text.lower()) if authority == "marcform" else None
            tag, subfield = _BY_AUTHORITY.get(authority, _RDA.get(element.peek("type"), ("", "")))
            if code is not None:
                element.get("authority")
                form = code
                element.take()
            elif tag and element.text:
                element.read("type", *_RDA)
                scheme = element.get("authority")
                add(record, tag, "  ", (subfield, element.take()), ("2", scheme))
        for text in description.taken("note"):
            add(record, "500", "  ", ("a", text))
    return form

"""Subjects, genres and classes of MODS as 6XX, 05X-08X and 043 of MARC 21."""

from __future__ import annotations

from pymarc import Record

from techproc.sources._xml_source import SourceElement
from techproc.sources.building import add, ended
from techproc.sources.mods.names import Subfields, heading, relations, title_parts
from techproc.sources.mods.tables import VOCABULARIES

__all__ = ["classes", "genres", "subjects"]

_TAGS = {
    "topic": "650", "geographic": "651", "temporal": "648", "genre": "655", "occupation": "656",
}  # fmt: skip
_SUBDIVISIONS = {"topic": "x", "geographic": "z", "temporal": "y", "genre": "v"}
_PLACES = {
    "country": "a", "continent": "a", "region": "a", "territory": "a", "island": "a", "area": "g",
    "state": "b", "province": "b", "county": "c", "city": "d", "citySection": "f",
    "extraterrestrialArea": "h",
}  # fmt: skip
_MAPS = {"scale": "a", "projection": "b", "coordinates": "c"}
_CLASSES = {
    "lcc": ("050", " 4"), "ddc": ("082", "04"), "udc": ("080", "  "), "nlm": ("060", " 4"),
    "sudocs": ("086", "0 "), "candocs": ("086", "1 "),
}  # fmt: skip


def subjects(source: SourceElement, record: Record) -> None:
    """Add 6XX: the first part that can lead a heading leads it, what follows divides it."""
    areas: list[tuple[str, str]] = []
    for subject in source.all("subject"):
        for code in subject.filled("geographicCode"):
            kind = code.read("authority", "iso3166", "marcgac")
            areas.append(("c" if kind == "iso3166" else "a", code.take()))
        _coded(subject, record)
        parts = [part for part in subject.children if part.text]
        lead = next((p for p in parts if p.name in (*_TAGS, "name", "titleInfo")), None)
        if lead is None:
            continue
        tag, first, subfields = _lead(lead, parts)
        if not subfields:
            continue
        for part in parts:
            if part is not lead and part.name in _SUBDIVISIONS:
                subfields.append((_SUBDIVISIONS[part.name], part.take()))
        authority = subject.get("authority") or lead.get("authority")
        second = VOCABULARIES.get(authority.lower(), "7" if authority else "4")
        if tag == "656":
            second = "7"
        link = subject.get("valueURI") or lead.get("valueURI")
        scheme = ("2", authority if second == "7" else "")
        add(record, tag, first + second, *subfields, ("0", link), scheme)
    add(record, "043", "  ", *dict.fromkeys(areas))


def _lead(lead: SourceElement, parts: list[SourceElement]) -> tuple[str, str, Subfields]:
    if lead.name == "name":
        tail, first, subfields = heading(lead)
        if not any(code == "a" for code, _ in subfields):
            return f"6{tail}", first, []
        subfields += [("u", text) for text in lead.taken("affiliation")]
        subfields += relations(lead)[0]
        for part in parts:
            if part.name == "titleInfo":
                title, _ = title_parts(part)
                subfields = [*subfields[:-1], (subfields[-1][0], ended(subfields[-1][1], "."))]
                subfields += [("t" if code in "ab" else code, text) for code, text in title]
                break
        return f"6{tail}", first, subfields
    if lead.name == "titleInfo":
        title, skipped = title_parts(lead)
        joined: Subfields = []
        for code, text in title:  # X30 has no $b
            if code == "b" and joined:
                joined[-1] = (joined[-1][0], f"{joined[-1][1]} {text}")
            else:
                joined.append(("a" if code == "b" else code, text))
        return "630", str(skipped), joined
    return _TAGS[lead.name], " ", [("a", lead.take())]


def _coded(subject: SourceElement, record: Record) -> None:
    """Add what a <subject> holds that is no heading: hierarchies of places, map data."""
    for place in subject.all("hierarchicalGeographic"):
        levels = [(_PLACES[p.name], p.take()) for p in place.children if p.name in _PLACES]
        add(record, "662", "  ", *sorted(levels, key=lambda level: level[0]))
    for chart in subject.all("cartographics"):
        add(record, "255", "  ", *((_MAPS[p.name], p.take()) for p in chart.all(*_MAPS)))


def genres(source: SourceElement, record: Record) -> None:
    """Add 655 and 336."""
    for genre in source.filled("genre"):
        authority = genre.get("authority")
        if authority in ("rdacontent", "content"):
            add(record, "336", "  ", ("a", genre.take()), ("2", authority))
            continue
        second = VOCABULARIES.get(authority.lower(), "7" if authority else "4")
        scheme = ("2", authority if second == "7" else "")
        link = ("0", genre.get("valueURI"))
        add(record, "655", f" {second}", ("a", genre.take()), link, scheme)


def classes(source: SourceElement, record: Record) -> None:
    """Add 050, 060, 080, 082, 084 and 086."""
    for number in source.filled("classification"):
        authority = number.get("authority")
        tag, indicators = _CLASSES.get(authority.lower(), ("084", "  "))
        scheme = authority if tag == "084" else ""
        if tag in ("080", "082"):
            scheme = number.get("edition")
        add(record, tag, indicators, ("a", number.take()), ("2", scheme))

"""Related items of MODS as linking entries, series and sources of MARC 21."""

from __future__ import annotations

from pymarc import Record

from techproc.sources._xml_source import SourceElement
from techproc.sources.building import add, ended
from techproc.sources.mods.names import Subfields, heading, relations, title_parts
from techproc.sources.mods.tables import RELATED

__all__ = ["related_items"]

_IDENTIFIERS = {"issn": "x", "isbn": "z", "local": "w"}
_TITLES = {"uniform": "s", "abbreviated": "p"}
_ORDER = "pisatbmcdhegkxzown"


def related_items(source: SourceElement, record: Record) -> None:
    """Add 490, 510, 534, 76X-78X and 856 for what is related."""
    for related in source.all("relatedItem"):
        kind = related.read("type", *RELATED, "series")
        if kind == "series":
            _series(related, record)
            continue
        tag, indicators = RELATED.get(kind, ("787", "0 "))
        urls = related.under("location", "url")
        addresses = [(url.get("displayLabel"), url.take()) for url in urls]
        href = related.get("href")
        parts = _parts(related, tag)
        if tag == "510":
            parts = [("a", ", ".join(text for _, text in parts))] if parts else []
        add(record, tag, indicators, *parts)
        for label, address in (*addresses, ("", href)):
            add(record, "856", "42", ("3", label), ("u", address))


def _series(related: SourceElement, record: Record) -> None:
    infos = related.all("titleInfo")
    kept: Subfields = []
    numbers: Subfields = []
    for info in infos[:1]:
        for code, text in title_parts(info)[0]:
            if code == "n":
                numbers.append(("v", text.rstrip(",")))
            elif kept:
                kept[-1] = (kept[-1][0], f"{kept[-1][1]} {text}")
            else:
                kept.append(("a", text))
    for identifier in related.filled("identifier"):
        if identifier.read("type", "issn") == "issn":
            kept.append(("x", identifier.take()))
    kept += numbers
    for at in range(len(kept) - 1):
        code, text = kept[at]
        kept[at] = (code, ended(text.rstrip("."), " ;" if kept[at + 1][0] == "v" else ","))
    add(record, "490", "0 ", *kept)


def _parts(related: SourceElement, tag: str) -> Subfields:
    out: Subfields = []
    original = tag == "534"
    for info in related.all("titleInfo"):
        code = "t" if original else _TITLES.get(info.read("type", *_TITLES), "t")
        title = [(made, text) for made, text in title_parts(info)[0] if text]
        joined = " ".join(text for _, text in title)
        out.append((code, joined))
    for name in related.all("name")[:1]:
        relations_, _ = relations(name)
        _, _, subfields = heading(name)
        words = [text for code, text in (*subfields, *relations_)]
        out.append(("a", " ".join(words)))
    out += [("b", text) for text in related.taken("originInfo", "edition")]
    imprint = _imprint(related)
    if imprint:
        out.append(("c" if original else "d", imprint))
    extents = related.taken("physicalDescription", "extent")
    out += [("e" if original else "h", text) for text in extents]
    label = related.get("displayLabel")
    if label:
        out.append(("p" if original else "i", label))
    out += [("n", text) for text in related.taken("note")]
    for part in related.all("part"):
        code = "n" if original else "g"
        out.append((code, _part(part)))
    for identifier in related.filled("identifier"):
        out.append(
            (_IDENTIFIERS.get(identifier.read("type", *_IDENTIFIERS), "n" if original else "o"), "")
        )
        out[-1] = (out[-1][0], identifier.take())
    for identifier in related.under("recordInfo", "recordIdentifier"):
        source = identifier.get("source")
        text = identifier.take()
        out.append(("n" if original else "w", f"({source}){text}" if source else text))
    out = [(code, text) for code, text in out if text]
    return sorted(out, key=lambda part: _ORDER.index(part[0]))


def _imprint(related: SourceElement) -> str:
    places = []
    for term in related.under("originInfo", "place", "placeTerm"):
        if term.peek("type") != "code":
            term.read("type", "text")
            places.append(term.take())
    place = " ; ".join(filter(None, places))
    publisher = " : ".join(related.taken("originInfo", "publisher"))
    dates = []
    for element in related.under("originInfo", "dateIssued"):
        element.read("encoding", "marc", "iso8601", "w3cdtf", "edtf")
        dates.append(element.take())
    named = " : ".join(filter(None, (place, publisher)))
    return ", ".join(filter(None, (named, *dict.fromkeys(dates))))


def _part(part: SourceElement) -> str:
    """Return what a <part> says as one text: "vol. 3, no. 2, 1999, p. 4-8"."""
    said = []
    for child in part.children:
        if child.name == "detail":
            caption, number, title = (
                " ".join(child.taken(n)) for n in ("caption", "number", "title")
            )
            kind = caption or child.get("type")
            said.append(" ".join(filter(None, (kind, number, title))))
        elif child.name == "extent":
            unit = child.get("unit")
            start, end = (" ".join(child.taken(n)) for n in ("start", "end"))
            pages = "-".join(filter(None, (start, end))) or " ".join(child.taken("list"))
            said.append(" ".join(filter(None, (unit, pages, *child.taken("total")))))
        elif child.name in ("date", "text"):
            said.append(child.take())
    return ", ".join(filter(None, said))

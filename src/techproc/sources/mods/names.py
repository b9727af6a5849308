"""Names and titles of MODS as headings and title fields of MARC 21."""

from __future__ import annotations

import re

from pymarc import Record

from techproc.sources._xml_source import SourceElement
from techproc.sources.building import add, ended, inverted, nonfiling
from techproc.sources.mods.tables import NOTES
from techproc.sources.relators import relator_code

__all__ = ["Subfields", "heading", "names", "responsibility", "title_parts", "titles"]

Subfields = list[tuple[str, str]]
_TITLES = ("uniform", "abbreviated", "translated", "alternative")
_KINDS = {"personal": "00", "family": "00", "corporate": "10", "conference": "11"}


def heading(name: SourceElement) -> tuple[str, str, Subfields]:
    """Return the last two digits of the tag, the first indicator and the subfields of a name."""
    kind = name.read("type", *_KINDS)
    kind = kind if kind in _KINDS else "personal"
    parts = name.all("namePart")
    dates = " ".join(_typed(parts, "date"))
    if kind in ("corporate", "conference"):
        entry, *rest = [*_typed(parts, ""), *_typed(parts, "family"), *_typed(parts, "given")] or [
            ""
        ]
        below = "b" if kind == "corporate" else "e"
        out = [("a", entry), *((below, text) for text in rest)]
        first = "2"
    else:
        family, given = " ".join(_typed(parts, "family")), " ".join(_typed(parts, "given"))
        plain = " ".join(_typed(parts, ""))
        text = ", ".join(filter(None, (family, given))) if family else given
        text = " ".join(filter(None, (plain, text)))
        text = inverted(text.rstrip(",")) if kind == "personal" and not family else text.rstrip(",")
        out = [("a", text)]
        first = "3" if kind == "family" else "1" if "," in text else "0"
    out += [("c", text) for text in _typed(parts, "termsOfAddress")]
    out = [(code, text) for code, text in out if text]
    if dates:
        out = [*out[:-1], (out[-1][0], ended(out[-1][1], ","))] if out else out
        out.append(("d", dates))
    return _KINDS[kind], first, out


def _typed(parts: list[SourceElement], kind: str) -> list[str]:
    """Take the texts of the parts of a type; "" for those without one."""
    found = []
    for part in parts:
        if part.peek("type") == kind:
            part.get("type")
            found.append(part.take())
    return [text for text in found if text]


def relations(name: SourceElement) -> tuple[Subfields, list[str]]:
    """Return $e and $4 of a name, and the codes and words of its roles."""
    out: Subfields = []
    roles: list[str] = []
    for term in name.under("role", "roleTerm"):
        text = term.take()
        kind = term.read("type", "code", "text")
        term.read("authority", "marcrelator")
        known = relator_code(text)
        roles.append(known[0] if known else text)
        is_code = known or (kind == "code" and re.fullmatch("[a-z]{3}", text))
        part = ("4", known[0] if known else text) if is_code else ("e", text)
        if part not in out:
            out.append(part)
    return sorted(out, key=lambda part: part[0] != "e"), roles


def _links(name: SourceElement) -> Subfields:
    """Return $0 and $1: the identifiers of a name and of what it names."""
    out: Subfields = []
    address = name.get("valueURI")
    if address:
        out.append(("0", address))
    for element in name.filled("nameIdentifier"):
        text = element.take()
        if text.startswith(("http://", "https://")):
            out.append(("1", text))
        else:
            kind = element.get("type").lower()
            out.append(("0", f"({kind}){text}" if kind else text))
    return out


def names(source: SourceElement, record: Record) -> None:
    """Add 1XX and 7XX; the first name that is primary or a creator is the main entry."""
    has_main = False
    for name in source.all("name"):
        primary = name.read("usage", "primary") == "primary"
        relators, roles = relations(name)
        tail, first, subfields = heading(name)
        if not any(code == "a" for code, _ in subfields):
            _untake(name)
            continue
        creator = not roles or "aut" in roles or "cre" in roles
        is_main = not has_main and (primary or creator)
        has_main = has_main or is_main
        subfields += [("u", text) for text in name.taken("affiliation")]
        subfields += [("g", text) for text in name.taken("description")]
        tag = ("1" if is_main else "7") + tail
        add(record, tag, f"{first} ", *subfields, *relators, *_links(name))


def _untake(element: SourceElement) -> None:
    for value in element.values():
        value.taken = False


def title_parts(info: SourceElement, language: str = "") -> tuple[Subfields, int]:
    """Return $a $b $n $p of a <titleInfo>, and the characters that the title is not filed by."""
    article = " ".join(info.taken("nonSort"))
    proper = " ".join(info.taken("title"))
    glue = "" if article.endswith(("'", "’", "-")) or not article or not proper else " "
    title = f"{article}{glue}{proper}"
    skipped = len(article) + len(glue) if article else nonfiling(title, language)
    out: Subfields = [("a", title)] if title else []
    for child in info.all("subTitle", "partNumber", "partName"):
        text = child.take()
        if not text:
            continue
        code = {"subTitle": "b", "partNumber": "n", "partName": "p"}[child.name]
        mark = " :" if code == "b" else "," if code == "p" and out and out[-1][0] == "n" else "."
        if out:
            out[-1] = (out[-1][0], ended(out[-1][1], mark))
        if code == "b" and out and out[-1][0] == "b":
            out[-1] = ("b", f"{out[-1][1]} {text}")
        else:
            out.append((code, text))
    return out, min(skipped, 9)


def responsibility(source: SourceElement) -> list[SourceElement]:
    """Return the notes that are the statement of responsibility."""
    return [n for n in source.all("note") if NOTES.get(n.peek("type").lower()) == ""]


def titles(source: SourceElement, record: Record, language: str) -> None:
    """Add 245, 130, 240, 730, 210, 246."""
    has_main = any(field.tag in ("100", "110", "111") for field in record.fields)
    uniform = "240" if has_main else "130"
    has_title = False
    for info in source.all("titleInfo"):
        kind = info.read("type", *_TITLES)
        subfields, skipped = title_parts(info, language if not kind else "")
        if not subfields:
            continue
        label = [("i", text) for text in [info.get("displayLabel")] if text]
        link = [("0", text) for text in [info.get("valueURI")] if text]
        if not kind and not has_title:
            has_title = True
            _title_proper(source, record, subfields, f"{int(has_main)}{skipped}")
            _give_back(info, label, link)
        elif kind == "uniform":
            indicators = f"1{skipped}" if uniform == "240" else f"{skipped} "
            shown = label if uniform == "730" else []
            add(record, uniform, indicators, *shown, *subfields, *link)
            _give_back(info, [] if shown else label, [])
            uniform = "730"
        elif kind == "abbreviated":
            add(record, "210", "0 ", *subfields)
            _give_back(info, label, link)
        else:
            add(record, "246", "31" if kind == "translated" else "3 ", *label, *subfields)
            _give_back(info, [], link)


def _give_back(info: SourceElement, label: Subfields, link: Subfields) -> None:
    """Leave what the field has no subfield for to be told."""
    for name, unused in (("displayLabel", label), ("valueURI", link)):
        if unused:
            info.attributes[name].taken = False


def _title_proper(
    source: SourceElement, record: Record, subfields: Subfields, indicators: str
) -> None:
    forms = [form for form in source.under("physicalDescription", "form") if _is_gmd(form)]
    material = " + ".join(form.take() for form in forms)
    stated = []
    for note in responsibility(source):
        note.get("type")
        stated.append(note.take())
    said = "; ".join(text for text in stated if text)
    subfields[-1] = (subfields[-1][0], ended(subfields[-1][1], " /" if said else "."))
    if material:
        at = max((n for n, (code, _) in enumerate(subfields) if code in "anp"), default=0)
        code, text = subfields[at]
        mark = re.search(r"(?: [:/]|[.,])$", text)
        ends = mark[0] if mark else ""
        subfields[at] = (code, text[: len(text) - len(ends)])
        subfields.insert(at + 1, ("h", f"[{material.strip('[]')}]{ends}"))
    if said:
        subfields.append(("c", ended(said, ".")))
    add(record, "245", indicators, *subfields)


def _is_gmd(form: SourceElement) -> bool:
    return form.peek("authority") == "gmd" and bool(form.get("authority"))

"""Titles (5XX) and subjects (6XX) of UNIMARC as title entries and subject headings of MARC 21."""

from __future__ import annotations

from pymarc import Record

from techproc.sources.building import add
from techproc.sources.unimarc.isbd import Subfields, ended, nonfiling, variant_title
from techproc.sources.unimarc.links import embedded
from techproc.sources.unimarc.names import (
    corporate_name,
    identifiers,
    personal_name,
    relators,
    subdivisions,
)
from techproc.sources.unimarc.source import SourceField, SourceRecord

__all__ = ["subjects", "titles"]

# Uniform titles (500, 501, 605) → X30 and 240
_UNIFORM = {
    "a": "a", "b": "h", "h": "n", "i": "p", "k": "f", "l": "k", "m": "l", "n": "g", "q": "s",
    "r": "m", "s": "n", "u": "r", "w": "o",
}  # fmt: skip
_COLLECTIVE = _UNIFORM | {"e": "p"}
# Title → second indicator of 246
_VARIANTS = {
    "510": "1", "511": "3", "512": "4", "513": "5", "514": "6", "515": "7", "516": "8", "517": "3",
    "518": " ", "532": " ", "540": " ",
}  # fmt: skip
# Title → field, indicators, subfields
_OTHERS = {
    "520": ("247", "10", {"a": "a", "e": "b", "h": "n", "i": "p", "j": "f", "n": "g", "x": "x"}),
    "530": ("222", " 0", {"a": "a", "b": "b"}),
    "531": ("210", "0 ", {"a": "a", "b": "b"}),
    "541": ("242", "10", {"a": "a", "e": "b", "h": "n", "i": "p", "z": "y"}),
}  # fmt: skip
_SUBJECTS = {
    "600": "600", "601": "610", "602": "600", "604": "600", "605": "630", "606": "650",
    "607": "651", "608": "655", "610": "653",
}  # fmt: skip
_SYSTEMS = {"lc": "0", "lcsh": "0", "mesh": "2", "nlm": "2", "lcac": "1", "nal": "3", "csh": "5", "rvm": "6"}  # fmt: skip  # noqa: E501


def titles(source: SourceRecord, record: Record) -> None:
    """Add 130, 240 and 730, 246, and other forms of the title."""
    has_name = any(field.tag in ("100", "110", "111") for field in record.fields)
    main = "240" if has_name else "130"
    for field in source.get("500", "501"):
        subfields, skipped = _uniform(field, _COLLECTIVE if field.tag == "501" else _UNIFORM)
        if main == "240":
            add(record, "240", f"1{skipped}", *subfields)
        else:
            add(record, main, f"{skipped} ", *subfields)
        main = "730"
    for field in source.get(*_VARIANTS):
        first = "3" if _VARIANTS[field.tag] == " " else "1"
        add(record, "246", first + _VARIANTS[field.tag], *variant_title(field))
    for field in source.get(*_OTHERS):
        tag, indicators, codes = _OTHERS[field.tag]
        add(record, tag, indicators, *field.moved(codes))


def _uniform(field: SourceField, codes: dict[str, str]) -> tuple[Subfields, int]:
    """Return a uniform title, and the characters that it isn't filed by; $a comes first."""
    out: Subfields = []
    skipped = 0
    for _, raw in field.parts("a"):
        text, at = nonfiling(raw)
        skipped = skipped if out else at
        out = [("a", f"{out[0][1]} {text}" if out else text)]
    for code, text in field.moved({c: made for c, made in codes.items() if c != "a"}):
        mark = {"n": ",", "p": ",", "m": ",", "r": ",", "h": "", "o": " ;"}.get(code, ".")
        if code == "n" and codes is _UNIFORM and not any(c in "mr" for c, _ in out):
            mark = "."
        if code == "p" and not (out and out[-1][0] == "n"):
            mark = "."
        out = ended(out, mark) if mark else out
        out.append((code, f"[{text.strip('[]')}]" if code == "h" else text))
    return out, skipped


def subjects(source: SourceRecord, record: Record) -> None:
    """Add 600-655."""
    for field in source.get(*_SUBJECTS):
        if field.tag == "610":
            terms = [("a", text) for text in field.take("a")]
            add(record, "653", "  ", *terms)
            continue
        tag, first, heading = _heading(field)
        system = " ".join(field.take("2")).strip() if heading else ""
        second = _SYSTEMS.get(system.lower(), "7" if system else "4")
        heading += subdivisions(field) if heading else []
        # A field that holds nothing to make a heading of keeps its subdivisions to be told.
        codes = relators(field) + identifiers(field) if heading else []
        scheme = [("2", system)] if second == "7" else []
        add(record, tag, first + second, *heading, *codes, *scheme)


def _heading(field: SourceField) -> tuple[str, str, Subfields]:
    """Return tag, first indicator and subfields (none: nothing to make a heading of)."""
    tag = _SUBJECTS[field.tag]
    if field.tag in ("600", "602"):
        first, heading = personal_name(field)
        return tag, first, heading + [("t", text) for text in field.take("t")]
    if field.tag == "601":
        tag = "611" if field.first == "1" else "610"
        first = "1" if field.second == "1" else "2"
        return tag, first, corporate_name(field, tag)
    if field.tag == "604":
        return _name_and_title(field)
    if field.tag == "605":
        heading, skipped = _uniform(field, _UNIFORM)
        return tag, str(skipped), heading
    return tag, " ", [("a", text) for text in field.take("a")]


def _name_and_title(field: SourceField) -> tuple[str, str, Subfields]:
    """Return the heading of a 604, whose name and title are embedded fields."""
    tag, first = "600", "0"
    out: Subfields = []
    for code, text, at in embedded(field):
        if code == "a" and not out:
            out.append(("a", text))
        elif code == "b" and out and out[-1][0] == "a":
            out[-1] = ("a", f"{out[-1][1]}, {text}")
            first = "1"
        elif code == "t":
            out = ended(out, ".") if out else out
            out.append(("t" if out else "a", text))
        elif code in "hi" and out:
            out = ended(out, ".")
            out.append(({"h": "n", "i": "p"}[code], text))
        else:
            continue
        field.values[at][1].take()
    names = [value.text[:3] for code, value in field.values if code == "1"]
    if any(name.startswith("71") for name in names):
        tag, first = "610", "2"
    elif not any(name.startswith("7") for name in names):
        tag, first = "630", "0"
    return tag, first, out

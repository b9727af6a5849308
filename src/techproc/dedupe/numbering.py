"""Identifiers and standard numbers read for comparison, and the links to other records."""

from __future__ import annotations

import re
from collections.abc import Iterable

from techproc.dedupe.view import View
from techproc.identifiers import isbn, issn, oclc
from techproc.text import fold

__all__ = ["documents_of", "isbns_of", "links_of", "oclcs_of", "series_number", "solid"]

_LINKS = ("775", "776", "780", "785")
_NUMBERS = re.compile(r"\d+")
_NONE: frozenset[str] = frozenset()


def isbns_of(
    given: Iterable[str], cancelled: Iterable[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the valid ISBNs of 020 $a, and those that stand in $z alone."""
    valid = {number for value in given if (number := isbn.normalize(value))}
    others = {number for value in cancelled if (number := isbn.normalize(value))}
    return frozenset(valid), frozenset(others - valid)


def oclcs_of(view: View, given: Iterable[str]) -> frozenset[str]:
    """Return the OCLC numbers of 035 $a, and of 001 where that is OCLC's."""
    found = {
        number
        for value in given
        if value[:7].lower() == "(ocolc)" and (number := oclc.normalize(value))
    }
    control = view.first("001").strip()
    if control[:3] in ("ocm", "ocn", "on1") or view.first("003").strip() == "OCoLC":
        number = oclc.normalize(control)
        if number:
            found.add(number)
    return frozenset(found)


def links_of(view: View) -> frozenset[str]:
    """Return the identifiers in links to other editions, forms and titles, each with its tag."""
    if view.data.keys().isdisjoint(_LINKS):
        return _NONE
    found: set[str] = set()
    for tag in _LINKS:
        for _, codes, values in view.fields(tag):
            for code, value in zip(codes, values, strict=True):
                if code == "w":
                    number = oclc.normalize(value) if value[:7].lower() == "(ocolc)" else None
                    found.add(f"{tag}:" + (f"oclc:{number}" if number else f"id:{value.strip()}"))
                elif code == "z" and (number := isbn.normalize(value)):
                    found.add(f"{tag}:isbn:{number}")
                elif code == "x" and (number := issn.normalize(value)):
                    found.add(f"{tag}:issn:{number}")
    return frozenset(found)


def solid(text: str) -> str:
    """Return a number folded, without blanks."""
    return fold(text).replace(" ", "")


def documents_of(view: View) -> frozenset[str]:
    """Return the government document numbers, each behind the scheme that it belongs to."""
    found: set[str] = set()
    for marks, codes, values in view.fields("086"):
        subfields = list(zip(codes, values, strict=True))
        scheme = marks[:1].strip() or "".join([v for code, v in subfields if code == "2"])
        found.update(f"{scheme}:{solid(value)}" for code, value in subfields if code == "a")
    return frozenset(found) if found else _NONE


def series_number(view: View) -> str:
    """Return the last number of the first series: of $v, or of what stands in $a."""
    data = view.data
    for tag in ("490", "440", "830"):
        if tag in data:
            _, codes, values = data[tag][0]
            subfields = list(zip(codes, values, strict=True))
            volume = " ".join([value for code, value in subfields if code == "v"])
            text = volume or " ".join([value for code, value in subfields if code == "a"])
            numbers = _NUMBERS.findall(text)
            return numbers[-1].lstrip("0")[:9] if numbers else ""
    return ""

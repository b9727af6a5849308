"""Headings read for comparison: who made it, and what it is about."""

from __future__ import annotations

from functools import lru_cache

from techproc.dedupe.view import View
from techproc.text import fold, strip_isbd

__all__ = ["main_name", "names_of", "subject_of"]

_PERSONAL = ("100", "700")
_NAMES = ("100", "110", "111", "700", "710", "711")


def main_name(view: View) -> tuple[str, str, str]:
    """Return (surname or body, given names, whole heading) of the first 1XX."""
    data = view.data
    for tag, wanted in (("100", "a"), ("110", "ab"), ("111", "a")):
        if tag in data:
            _, codes, values = data[tag][0]
            text = " ".join([v for c, v in zip(codes, values, strict=True) if c in wanted])
            if tag != "100":
                whole = fold(text)
                return whole[:120], "", whole
            family, _, given = text.partition(",")
            return fold(family)[:120], fold(given)[:120], fold(text)
    return "", "", ""


def names_of(view: View) -> tuple[frozenset[str], frozenset[str]]:
    """Return the surnames and bodies' names of 1XX and 7XX, and the words of the whole names.

    Headings of works (with $t) are not counted.
    """
    found: set[str] = set()
    words: set[str] = set()
    data = view.data
    for tag in _NAMES:
        if tag not in data:
            continue
        for _, codes, values in data[tag]:
            at = codes.find("a")
            if at < 0 or "t" in codes:
                continue
            name, others = _name(values[at], tag in _PERSONAL)
            if name:
                found.add(name)
                words.update(others)
    return frozenset(found), frozenset(words)


@lru_cache(maxsize=1 << 14)
def _name(text: str, personal: bool) -> tuple[str, tuple[str, ...]]:
    """Return the surname or the body's name, and the words of the whole."""
    whole = fold(text)
    name = fold(text.partition(",")[0]) if personal else whole
    return name[:120], tuple(whole.split()[:12])


@lru_cache(maxsize=1 << 16)
def subject_of(value: str) -> str:
    """Return a part of a subject heading as it is compared."""
    return strip_isbd(value).lower()

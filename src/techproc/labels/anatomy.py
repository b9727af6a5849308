"""The parts of a call number as they stand on a spine: what a line may be broken between.

A lexical reading, with the place of every part in the stored text, so that splitting can be undone.
It never normalises: a number that follows no rule still comes apart at its blanks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["ROLES", "SCHEMES", "Part", "guess_scheme", "parts"]

SCHEMES: Final = ("lcc", "nlm", "ddc", "sudoc", "local")
ROLES: Final = {
    "prefix": "words before the class: REF, Oversize, CD-ROM",
    "letters": "class letters of LC or NLM: QH",
    "number": "class number: 541, or the three digits of Dewey",
    "zero": "a class number that is only 0, the placeholder of the K schedules",
    "decimal": "decimals of the class number with their point: .15",
    "prime": "a segmentation mark in a Dewey number: / or '",
    "ordinal": "an ordinal after the class number: 15th",
    "cutter": "a Cutter with its point, if it has one: .C6",
    "date": "a year: 2012, 1968a, 1998-99",
    "agency": "the letters and number of a SuDoc issuing agency, with its point: Y 4.",
    "series": "the series of a SuDoc number, with its colon: F 76/1:",
    "book": "what follows the colon of a SuDoc number, a piece between slashes: H 35",
    "enumeration": "a caption with its number: v. 56, no.5, pt. 2",
    "copy": "a copy: c.2, copy 3",
    "word": "anything else",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a call number: its role (one of `ROLES`) and where it stands in the text."""

    role: str
    start: int
    end: int


_CLASS = re.compile(
    r"(?P<letters>[A-Z]{1,3})[ ]*(?P<number>\d{1,5})(?!\d)(?P<decimal>[ ]?\.\d+)?", re.ASCII
)
_PREFIX_WORD = re.compile(r"[^\W\d]\S*[ ]+")
_DEWEY = re.compile(
    r"(?P<prefix>[^\d\s.:/][^\d\s:]{0,9}?[ ]*)??(?P<number>\d{3})(?!\d)"
    r"(?P<decimal>(?:['/]?\.['/]?\d+|['/]\.?)(?:['/]?\d+)*)?"
)
_SUDOC = re.compile(
    r"(?P<agency>[A-Z]{1,4} ?\d+(?:/[A-Z0-9]+)?\.)[ ]*(?P<series>[^:]+:)?", re.ASCII
)
_REST = re.compile(
    r"""
      (?P<copy>\b(?:c\.|copy|cop\.|c(?=\.?\d))[ ]*\d+\b)
    | (?P<enumeration>(?:[^\W\d_]{1,7}\.)[ ]*\d[^\s.]*(?:\([^)]*\))?)
    | (?P<ordinal>\d+(?:st|nd|rd|th|d)(?![^\W\d_]))
    | (?P<date>\d{4}[a-z]?(?:[-/]\d{2,4})?(?![\w]))
    | (?P<cutter>\.?[A-Z]\d+[a-z]*(?:[A-Z](?=\s|$|c\.\d))?(?=[\s.A-Z(,]|c\.\d|$))
    | (?P<word>\S+?(?=c\.\d+\b|\s|$|\.[A-Z]\d))
    """,
    re.VERBOSE,
)
_NLM_LETTERS = re.compile(r"(?:W[A-Z]?|Q[S-Z])(?![A-Za-z])", re.ASCII)


def guess_scheme(text: str) -> str:
    """Return the scheme that a call number looks like: lcc, nlm, ddc, sudoc or local.

    >>> [guess_scheme(n) for n in ("QH541.15.C6", "WG 120 A9", "R220.3 H27", "Y 4.F 76/1:H 35", "FIC GIR")]
    ['lcc', 'nlm', 'ddc', 'sudoc', 'local']
    """
    text = text.strip()
    sudoc = _SUDOC.match(text)
    if sudoc and sudoc["series"]:
        return "sudoc"
    found = _find_class(text)
    if found:
        return "nlm" if _NLM_LETTERS.fullmatch(found["letters"]) else "lcc"
    if re.match(r"\.[A-Z]\d", text):
        return "lcc"
    dewey = _DEWEY.match(text)
    if dewey and (len(text) == dewey.end() or text[dewey.end()] == " "):
        return "ddc"
    return "local"


def parts(text: str, scheme: str = "auto") -> tuple[Part, ...]:
    """Return the parts of a call number in order; together they cover all but its blanks.

    `scheme` is one of `SCHEMES` or "auto". A part may hold a blank of its own ("v. 56").

    >>> [(p.role, "KF4558 15th.K46 1908"[p.start:p.end]) for p in parts("KF4558 15th.K46 1908")]
    [('letters', 'KF'), ('number', '4558'), ('ordinal', '15th'), ('cutter', '.K46'), ('date', '1908')]
    """
    if scheme == "auto":
        scheme = guess_scheme(text)
    found: list[Part] = []
    at = len(text) - len(text.lstrip())
    if scheme in ("lcc", "nlm"):
        at = _class_parts(text, found, at)
    elif scheme == "ddc":
        at = _dewey_parts(text, found, at)
    elif scheme == "sudoc":
        return _sudoc_parts(text, at)
    elif scheme != "local":
        raise ValueError(f"{scheme!r} is no scheme; known: auto, {', '.join(SCHEMES)}")
    _rest_parts(text, found, at, cutters=scheme in ("lcc", "nlm", "ddc"))
    return tuple(found)


def _find_class(text: str) -> re.Match[str] | None:
    """Return where the class stands: at the start, or after words that are a location prefix."""
    at = len(text) - len(text.lstrip())
    while True:
        if (found := _CLASS.match(text, at)) and not _is_word(text, found):
            return found
        word = _PREFIX_WORD.match(text, at)
        if not word:
            return None
        at = word.end()


def _is_word(text: str, found: re.Match[str]) -> bool:
    """Return True for FIC 12 or MP3: letters and a number that are no class with a Cutter after."""
    return found["letters"] in ("FIC", "BIO", "DVD", "CD", "MP") and " " in found[0]


def _class_parts(text: str, found: list[Part], at: int) -> int:
    match = _find_class(text)
    if not match:
        return at
    _prefix_parts(text, found, at, match.start())
    found.append(Part("letters", *match.span("letters")))
    found.append(Part("zero" if match["number"] == "0" else "number", *match.span("number")))
    if match["decimal"]:
        start, end = match.span("decimal")
        found.append(Part("decimal", start + (text[start] == " "), end))
    return match.end()


def _prefix_parts(text: str, found: list[Part], start: int, end: int) -> None:
    for word in re.compile(r"\S+").finditer(text, start, end):
        found.append(Part("prefix", *word.span()))


def _dewey_parts(text: str, found: list[Part], at: int) -> int:
    start = at
    match = _DEWEY.match(text, at)
    while not match:
        word = _PREFIX_WORD.match(text, start)
        if not word:
            return at
        start = word.end()
        match = _DEWEY.match(text, start)
    _prefix_parts(text, found, at, match.start("number"))
    found.append(Part("number", *match.span("number")))
    if match["decimal"]:
        for piece in re.compile(r"['/]|[^'/]+").finditer(text, *match.span("decimal")):
            found.append(Part("prime" if piece[0] in "'/" else "decimal", *piece.span()))
    return match.end()


def _sudoc_parts(text: str, at: int) -> tuple[Part, ...]:
    found: list[Part] = []
    match = _SUDOC.match(text, at)
    if match:
        found.append(Part("agency", *match.span("agency")))
        if match["series"]:
            found.append(Part("series", *match.span("series")))
        at = match.end()
        for piece in re.compile(r"[^/\s]+(?: [^/\s]+)*/?").finditer(text, at):
            _book_parts(text, found, *piece.span())
    else:
        _rest_parts(text, found, at, cutters=False)
    return tuple(found)


def _book_parts(text: str, found: list[Part], start: int, end: int) -> None:
    """Split what stands between two slashes: H 35 stays whole, captions and years come off."""
    held = start
    for match in re.compile(
        r"(?P<enumeration>(?:[^\W\d_]{1,7}\.)\s*\d\S*)|(?P<date>(?<= )\d{4}(?=\s|/|$))"
    ).finditer(text, start, end):
        if text[held : match.start()].strip():
            found.append(Part("book", held, held + len(text[held : match.start()].rstrip())))
        found.append(Part(str(match.lastgroup), *match.span()))
        held = match.end()
    rest = text[held:end]
    if rest.strip():
        found.append(Part("book", held + len(rest) - len(rest.lstrip()), end))


def _rest_parts(text: str, found: list[Part], at: int, *, cutters: bool) -> None:
    length = len(text)
    while at < length:
        if text[at].isspace():
            at += 1
            continue
        match = _REST.match(text, at)
        if match is None or match.end() == at:
            end = at + 1
            while end < length and not text[end].isspace():
                end += 1
            found.append(Part("word", at, end))
            at = end
            continue
        role = str(match.lastgroup)
        if role == "cutter" and not cutters:
            word = re.compile(r"\S+?(?=c\.\d+\b|\s|$)").match(text, at)
            end = word.end() if word else match.end()
            role = "word"
        else:
            end = match.end()
        found.append(Part(role, at, end))
        at = end

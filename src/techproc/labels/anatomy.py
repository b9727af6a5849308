"""The parts of a call number as they stand on a spine: what a line may be broken between.

The elements are those of `techproc.classify.callnumber`, the one parser that sorting and shelf
reading use too. Spines need some of them finer (Dewey segmentation marks, the pieces of a SuDoc
number), and every character in some part, punctuation between elements included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from techproc.classify.callnumber import CallNumber, Kind

__all__ = ["ROLES", "SCHEMES", "Part", "parts"]

SCHEMES: Final = ("lcc", "nlm", "ddc", "sudoc", "local")
ROLES: Final = {
    "prefix": "words before the class: REF, Oversize, CD-ROM",
    "letters": "class letters of LC or NLM: QH",
    "number": "class number: 541, or the three digits of Dewey",
    "zero": "a class number that is only 0, the placeholder of the K schedules",
    "decimal": "decimals of the class number with their point: .15",
    "prime": "a segmentation mark in a Dewey number: / or '",
    "ordinal": "a date or ordinal that belongs to the class number: 15th",
    "cutter": "a Cutter with its point, if it has one: .C6; the item number of Dewey",
    "date": "a year: 2012, 1968a",
    "agency": "the letters and number of a SuDoc issuing agency, with its point: Y 4.",
    "series": "the series of a SuDoc number, with its colon: F 76/1:",
    "book": "what follows the colon of a SuDoc number, a piece between slashes: H 35",
    "enumeration": "a caption with its number: v. 56, no.5, pt. 2",
    "copy": "a copy: c.2, copy 3",
    "word": "anything else",
}
_ROLE_OF: Final = {
    Kind.PREFIX: "prefix",
    Kind.LETTERS: "letters",
    Kind.NUMBER: "number",
    Kind.DECIMAL: "decimal",
    Kind.ORDINAL: "ordinal",
    Kind.CUTTER: "cutter",
    Kind.DATE: "date",
    Kind.VOLUME: "enumeration",
    Kind.COPY: "copy",
}


class Part(NamedTuple):
    """A part of a call number: its role (one of `ROLES`) and where it stands in the text.

    A tuple, because splitting makes five or more of them for every label.
    """

    role: str
    start: int
    end: int


_DIVIDED: Final = frozenset({"number", "decimal", "word"})
_PRIME = re.compile(r"['’/]|[^'’/]+")
_WORD = re.compile(r"\S+")
_SUDOC = re.compile(
    r"\s*(?P<agency>[A-Z]{1,4} ?\d+(?:/[A-Z0-9]+)?\.)[ ]*(?P<series>[^:]+:)?", re.ASCII
)
_CAPTION = re.compile(
    r"(?P<copy>(?<![^\W_])(?:c\.|copy|cop\.)[ ]*\d+(?![\w]))"
    r"|(?P<enumeration>(?<![^\W_])[^\W\d_]{1,7}\.[ ]*\d[^\s/]*)"
    r"|(?P<date>(?<![^\W_])\d{4}(?=\s|/|$))"
)
_COPY_ON_WORD = re.compile(r"(?<=[\w])c\.\d+$", re.ASCII)
_PIECE = re.compile(r"[^/\s]+(?: [^/\s]+)*/?|/")


def parts(text: str, scheme: str = "auto") -> tuple[Part, ...]:
    """Return the parts of a call number in order; together they cover all but its blanks.

    `scheme` is one of `SCHEMES` or "auto". A part may hold a blank of its own ("v. 56").

    >>> number = "KF4558 15th.K46 1908"
    >>> [(part.role, number[part.start:part.end]) for part in parts(number)][2:]
    [('ordinal', '15th'), ('cutter', '.K46'), ('date', '1908')]
    """
    if scheme == "local":
        return tuple(_local_parts(text))
    number = CallNumber.parse(text, scheme)
    if number.scheme == "local":
        return tuple(_local_parts(text))
    if number.scheme == "sudoc":
        return tuple(_covering(text, _sudoc_parts(text)))
    found = [
        Part(_ROLE_OF.get(element.kind, "word"), element.start, element.start + len(element.text))
        for element in number.elements
    ]
    if "".join([element.text for element in number.elements]) != "".join(text.split()):
        found = list(_covering(text, iter(found)))
    finer: list[Part] = []
    for whole in found:
        if whole.role in _DIVIDED:
            finer += _finer(text, whole)
        else:
            finer.append(whole)
    return tuple(finer)


def _covering(text: str, found: Iterator[Part]) -> Iterator[Part]:
    """Yield parts widened, or words between them, so that no character is left out."""
    last: Part | None = None
    at = 0
    for part in found:
        between = text[at : part.start]
        if last is not None:
            if between.strip() and not between[0].isspace():  # a comma, say, stays where it was
                last = last._replace(end=last.end + len(between) - len(between.lstrip(".,;:-/")))
            yield last
            at = last.end
            between = text[at : part.start]
        if between.strip():
            attached = len(between.rstrip()) == len(between) and " " not in between.strip()
            if attached:
                part = part._replace(start=at + len(between) - len(between.lstrip()))  # noqa: PLW2901
            else:
                yield from _words(text, at, part.start)
        last, at = part, part.end
    if last is not None:
        rest = text[at:]
        if rest and not rest[0].isspace():
            last = last._replace(end=at + len(rest.split(maxsplit=1)[0]))
        yield last
        at = last.end
    yield from _words(text, at, len(text))


def _words(text: str, start: int, end: int) -> Iterator[Part]:
    for word in _WORD.finditer(text, start, end):
        yield Part("word", *word.span())


def _finer(text: str, part: Part) -> Iterable[Part]:
    """Return what a spine breaks or hides within one element."""
    role = part.role
    if role == "number":
        return (part._replace(role="zero"),) if text[part.start : part.end] == "0" else (part,)
    if role == "decimal":
        return [
            Part("prime" if piece[0] in "'’/" else "decimal", *piece.span())
            for piece in _PRIME.finditer(text, part.start, part.end)
        ]
    return _words(text, part.start, part.end)


def _local_parts(text: str) -> Iterator[Part]:
    """Yield words; captions stay with their numbers, a copy written on to a word comes off."""
    at = 0
    for match in _CAPTION.finditer(text):
        if match.start() < at:
            continue
        yield from _plain_words(text, at, match.start())
        role = str(match.lastgroup)
        yield Part("word" if role == "date" else role, *match.span())
        at = match.end()
    yield from _plain_words(text, at, len(text))


def _plain_words(text: str, start: int, end: int) -> Iterator[Part]:
    for word in _WORD.finditer(text, start, end):
        copy = _COPY_ON_WORD.search(text, word.start(), word.end())
        if copy and copy.start() > word.start():
            yield Part("word", word.start(), copy.start())
            yield Part("copy", *copy.span())
        else:
            yield Part("word", *word.span())


def _sudoc_parts(text: str) -> Iterator[Part]:
    match = _SUDOC.match(text)
    if not match:
        yield from _local_parts(text)
        return
    yield Part("agency", *match.span("agency"))
    if match["series"]:
        yield Part("series", *match.span("series"))
    at = match.end()
    for caption in _CAPTION.finditer(text, at):
        yield from _books(text, at, caption.start())
        yield Part(str(caption.lastgroup), *caption.span())
        at = caption.end()
    yield from _books(text, at, len(text))


def _books(text: str, start: int, end: int) -> Iterator[Part]:
    """Yield what stands between slashes, each with the slash after it: H 35/ 2."""
    for piece in _PIECE.finditer(text, start, end):
        if text[piece.start() : piece.end()].strip():
            yield Part("book", *piece.span())

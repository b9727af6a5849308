"""Shelving keys: one string per call number, in shelf order under plain comparison.

How a key is made, so that any database can sort by it:

- The first character is the group: `0` begins with a number (Dewey, numeric local numbers), `1`
  with class letters (LC, NLM), `2` SuDoc, `3` words, `4` has a prefix (REF, Oversize) and follows
  everything that has none, by prefix and then by the rest.
- A whole number is written with its count of digits first (9 → `19`, 76 → `276`); decimals,
  Cutters' digits included, as they stand.
- What follows an element is introduced by a mark that says what it is: `!` number or date, `"`
  word, `#` Cutter, `$` a word where a Cutter is due. They sort in this order and before every
  letter, digit and point, which is "nothing before something" at each element.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from techproc.classify._elements import Element, Kind
from techproc.classify._grammar import Scheme, detect_scheme, read_elements
from techproc.classify._shapes import SHAPE_TABLE, Maker, fast_key

__all__ = ["general_key", "shelf_key", "shelf_keys"]

_SUBTOKEN = re.compile(r"(?P<number>[0-9]+)(?P<letters>(?<=[0-9])[^\W\d_]+)?|(?P<word>[^\W\d_]+)")
_NATURAL = re.compile(r"(?P<number>[0-9]+)(?P<decimal>\.[0-9]+)?|(?P<word>[^\W\d_]+)")
_MAKERS: dict[str, dict[bytes, Maker | None]] = {name: {} for name in ("lcc", "nlm", "ddc", "auto")}
_BY_CONGRESS = re.compile(r":\s*(?P<kind>[SH]\.\s?(?:HRG|PRT))\.?\s?(?P<congress>[0-9]+)")
_SUDOC_YEAR = re.compile(r"1?(?:8[6-9]|9[0-9])[0-9]|20[0-9]{2}")
_ORDINAL_SUFFIXES = {"ST", "ND", "RD", "TH", "D"}


def shelf_key(text: str, scheme: str = "auto") -> str:
    """Return the key by which a call number sorts among all others, of any scheme.

    `scheme` is lcc, ddc, nlm, sudoc, local, or auto (by its form). Numbers that differ only in
    spacing, points before Cutters or case have one key.

    >>> shelf_key("QA76.9 .A5 1990")
    '1QA 276.9#A5!41990'
    >>> shelf_key("QA76.9.A5 1990") == shelf_key("qa 76.9 a5 1990")
    True
    """
    makers = _MAKERS.get(scheme)
    if makers is not None and (key := fast_key(text, scheme, makers)) is not None:
        return key
    return general_key(text, scheme)


def shelf_keys(texts: Iterable[str], scheme: str = "auto") -> list[str]:
    """Return the keys of many call numbers, in their order."""
    texts = list(texts)
    makers = _MAKERS.get(scheme)
    if makers is None:
        return [general_key(text, scheme) for text in texts]
    known, table = makers.get, SHAPE_TABLE
    try:
        # the usual case without a further call; the rest asks again and learns the shape
        return [
            ((maker := known(text.encode().translate(table))) and maker(text))
            or shelf_key(text, scheme)
            for text in texts
        ]
    except UnicodeEncodeError:  # a lone surrogate somewhere
        return [shelf_key(text, scheme) for text in texts]


def general_key(text: str, scheme: str) -> str:
    """Return the key by the full grammar, whatever the shape of the text."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    known: Scheme = detect_scheme(text) if scheme == "auto" else scheme  # type: ignore[assignment]
    elements, _ = read_elements(text, known)
    if not any(e.kind is Kind.NUMBER for e in elements):
        return _natural_key(text)
    if known == "sudoc" and elements[-1].kind in (Kind.BOOK, Kind.DECIMAL, Kind.NUMBER):
        return _sudoc_key(elements)
    return _elements_key(elements, known)


def _number(digits: str) -> str:
    """Return digits so that strings compare as the whole numbers do."""
    digits = digits.lstrip("0") or "0"
    return f"{len(digits)}{digits}" if len(digits) < 10 else f":{len(digits):06d}{digits}"


def _elements_key(elements: list[Element], scheme: Scheme) -> str:
    prefix = ""
    pieces: list[str] = []
    group = "3"
    bare = True  # nothing yet after the class number
    for element in elements:
        kind, text = element.kind, element.text.upper()
        if kind is Kind.PREFIX:
            prefix = "4" + " ".join(_words(text)) + " "
        elif kind is Kind.LETTERS:
            group = "1"
            pieces.append(text + " ")
        elif kind is Kind.NUMBER:
            group = group if group == "1" else "0"
            pieces.append(_number(text))
        elif kind is Kind.DECIMAL:
            digits = "".join(c for c in text if c.isdigit())
            pieces.append("." + digits)
        elif kind is Kind.CUTTER:
            pieces.append("#" + "".join(c for c in text if c.isalnum()))
            bare = False
        else:
            late = bare and kind is Kind.OTHER and scheme in ("lcc", "nlm")
            pieces.extend(_subkeys(text, "$" if late else '"'))
            bare = bare and kind is Kind.ORDINAL
    return prefix + group + "".join(pieces)


def _natural_key(text: str) -> str:
    """Return the key of a local number: words and numbers with decimals, as they come."""
    pieces = []
    for match in _NATURAL.finditer(text.upper()):
        if match["word"]:
            pieces.append('"' + match["word"])
        else:
            pieces.append("!" + _number(match["number"]) + (match["decimal"] or ""))
    body = "".join(pieces)
    return ("0" if body[:1] == "!" else "3") + body[1:] if body else ""


def _words(text: str) -> list[str]:
    return [match[0] for match in _SUBTOKEN.finditer(text)]


def _subkeys(text: str, word_mark: str) -> list[str]:
    """Return the key pieces of dates, volumes, suffixes and whatever else follows."""
    pieces = []
    for match in _SUBTOKEN.finditer(text):
        if match["word"]:
            pieces.append(word_mark + match["word"])
            word_mark = '"'
            continue
        letters = match["letters"] or ""
        if letters in _ORDINAL_SUFFIXES and len(match["number"]) < 4:
            letters = "T"  # 2nd and 2d are one
        pieces.append("!" + _number(match["number"]) + letters)
    return pieces


def _sudoc_key(elements: list[Element]) -> str:
    """Return the key of a SuDoc number: whole numbers; years, then letters, then numbers.

    That is the order that the Government Publishing Office's guidance for depository libraries
    gives after the colon; before it there are no years. S.HRG. and S.PRT. file by their Congress.
    """
    prefix = ""
    pieces = ["2"]
    for element in elements:
        text = element.text.upper()
        if element.kind is Kind.PREFIX:
            prefix = "4" + " ".join(_words(text)) + " "
        elif element.kind is Kind.LETTERS:
            pieces.append(text + " ")
        elif element.kind is Kind.NUMBER:
            pieces.append(_number(text))
        elif element.kind is Kind.DECIMAL:
            pieces.extend(_sudoc_pieces(text, years=False))
        else:
            pieces.append("!")
            if match := _BY_CONGRESS.match(text):
                pieces.append(f"#{_number(match['congress'])}${match['kind']}")
                text = text[match.end() :]
            pieces.extend(_sudoc_pieces(text, years=True))
    return prefix + "".join(pieces)


def _sudoc_pieces(text: str, *, years: bool) -> Iterator[str]:
    for match in _SUBTOKEN.finditer(text):
        digits = match["number"]
        if match["word"]:
            yield '"' + match["word"]
        elif years and _SUDOC_YEAR.fullmatch(digits):  # 998 is 1998: the 1 was left off until 2000
            yield "!" + digits.rjust(4, "1") + (match["letters"] or "")
        else:
            yield "#" + _number(digits) + (match["letters"] or "")

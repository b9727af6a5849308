"""The grammars: a text and a scheme in, elements out.

`techproc.classify.callnumber` is the public face of this module.
"""

from __future__ import annotations

import re
from typing import Literal

from techproc.classify._elements import Element, Kind, scan_tail

__all__ = ["Scheme", "detect_scheme", "is_lc_class", "read_elements"]

Scheme = Literal["lcc", "ddc", "nlm", "sudoc", "local"]

# Prefixes are words before the class number, as libraries print them: REF, JUV FIC, MP3-CD, +.
_PREFIX = r"(?P<prefix>(?:[A-Za-z+*&][\w+*&.-]*\s+){0,3}?)"
_LCC = re.compile(
    rf"\s*{_PREFIX}\[?(?P<letters>[A-Za-z]{{1,5}})\s?\.?(?P<number>[0-9]+)(?![0-9]|-[A-Za-z])"
    r"(?:\s?(?P<decimal>\.[0-9]+)(?!(?:st|nd|rd|th|d)\b))?",
    re.ASCII,
)
_DDC = re.compile(
    r"\s*(?P<prefix>(?:[A-Za-z+*&][\w+*&.-]*\s+){0,3}?[A-Za-z]{0,4}?\s?\*?)\[?"
    r"(?P<number>[0-9]+)(?P<decimal>[.'’′/]+[0-9][0-9.'’′/]*(?<![./'’′]))?",
    re.ASCII,
)
_SUDOC = re.compile(
    rf"\s*{_PREFIX}(?P<letters>[A-Za-z]{{1,4}})\s?(?P<number>[0-9]+)(?P<stem>[^:]*)(?P<book>:.*)?$",
    re.DOTALL | re.ASCII,
)
_NLM_LETTERS = re.compile(r"W[A-Z]{0,3}|Q[S-Z][A-Z]{0,2}|Q[A-Z]{3}")
# The two-letter subclasses of the LC Classification outline (a US government work), by main class;
# three letters occur in D (DAW, DJK) and throughout K.
_SUBCLASSES = {
    "A": "CEGIMNPSYZ", "B": "CDFHJLMPQRSTVX", "C": "BCDEJNRST", "D": "ABCDEFGHJKLPQRSTUX",
    "E": "", "F": "", "G": "ABCEFNRTV", "H": "ABCDEFGJMNQSTVX", "J": "ACFJKLNQSVXZ",
    "K": "BDEFGHIJKLMNPQRSTUVWZ", "L": "ABCDEFGHJT", "M": "LT", "N": "ABCDEKX",
    "P": "ABCDEFGHJKLMNQRSTZ", "Q": "ABCDEHKLMPR", "R": "ABCDEFGJKLMSTVXZ", "S": "BDFHK",
    "T": "ACDEFGHJKLNPRSTX", "U": "ABCDEFGH", "V": "ABCDEFGKM", "Z": "A",
}  # fmt: skip
# The colon of a map's number (G3822.G3:2H3, Shelflisting Manual G 302) makes no document of it.
_IS_SUDOC = re.compile(
    r"(?!\s*G ?[0-9]{4}\.)\s*[A-Za-z]{1,4} ?[0-9]+(?:/[\w-]+)?\.[^:]+:|\s*Y ?[0-9]\.[A-Za-z]",
    re.ASCII,
)
_SECOND_DECIMAL = re.compile(r"\.[0-9]+(?!\w)", re.ASCII)
_IS_DDC = re.compile(r"\s*\*?\[?[0-9]{3}(?![0-9])", re.ASCII)
_IS_PREFIXED_DDC = re.compile(
    r"\s*(?:[A-Za-z+*&][\w+*&.-]*\s+){1,3}?\[?[0-9]{3}(?![0-9])", re.ASCII
)


def is_lc_class(letters: str) -> bool:
    """Return True for letters that are a class of the LC Classification.

    >>> [is_lc_class(letters) for letters in ("QA", "KFA", "DAW", "REF", "W", "I")]
    [True, True, True, False, False, False]
    """
    letters = letters.upper()
    if letters[:1] not in _SUBCLASSES or not letters:
        return False
    if len(letters) == 3:
        return letters in ("DAW", "DJK") or (letters[0] == "K" and letters.isalpha())
    return len(letters) == 1 or (len(letters) == 2 and letters[1] in _SUBCLASSES[letters[0]])


def read_elements(text: str, scheme: Scheme) -> tuple[list[Element], bool]:
    """Return the elements of a call number, and whether the scheme's grammar could read it."""
    if not text.strip():
        return [], True  # nothing there is nothing malformed
    if scheme in ("lcc", "nlm"):
        return _read_lettered(text, scheme)
    if scheme == "ddc":
        return _read_dewey(text)
    if scheme == "sudoc":
        return _read_sudoc(text)
    return scan_tail(text, 0), True


def detect_scheme(text: str) -> Scheme:
    """Return the scheme whose form the text has; "local" where it has none.

    A colon after a stem makes SuDoc, three leading digits Dewey, W or QS–QZ NLM, other class
    letters with a number LC.

    >>> [detect_scheme(t) for t in ("QA76.9 .A5", "025.3 M3", "WG 120", "A 1.2:C 76", "FIC ABC")]
    ['lcc', 'ddc', 'nlm', 'sudoc', 'local']
    """
    if _IS_SUDOC.match(text):
        return "sudoc"
    if _IS_DDC.match(text):
        return "ddc"
    match = _LCC.match(text)
    letters = match["letters"].upper() if match else ""
    if is_lc_class(letters):
        return "lcc"
    if _NLM_LETTERS.fullmatch(letters):
        return "nlm"
    if _IS_PREFIXED_DDC.match(text) and len(letters) not in (1, 2):
        return "ddc"
    return "lcc" if 1 <= len(letters) <= 3 else "local"


def _head(match: re.Match[str], names: tuple[str, ...]) -> list[Element]:
    elements = []
    prefix = match["prefix"].rstrip()
    if prefix:
        elements.append(Element(Kind.PREFIX, prefix, match.start("prefix")))
    return elements + [
        Element(Kind(name), match[name], match.start(name)) for name in names if match[name]
    ]


def _read_lettered(text: str, scheme: str) -> tuple[list[Element], bool]:
    match = _LCC.match(text)
    if not match:
        return scan_tail(text, 0), False
    head = _head(match, ("letters", "number", "decimal"))
    valid = (
        len(match["letters"]) <= (4 if scheme == "nlm" else 3)
        and len(match["number"]) <= 4
        # a second decimal is none, but "JX33.A5.1968" has a date and "D761.1 .1st" an ordinal
        and not (match["decimal"] and _SECOND_DECIMAL.match(text, match.end()))
    )
    return head + scan_tail(text, match.end()), valid


def _read_dewey(text: str) -> tuple[list[Element], bool]:
    match = _DDC.match(text)
    if not match:
        return scan_tail(text, 0), False
    head = _head(match, ("number", "decimal"))
    # letters close upon the number are a collection ("J574") only before three digits
    attached = bool(match["prefix"]) and not match["prefix"][-1].isspace()
    valid = len(match["number"]) == 3 if attached else len(match["number"]) <= 3
    return head + scan_tail(text, match.end(), letters_are_items=True), valid


def _read_sudoc(text: str) -> tuple[list[Element], bool]:
    match = _SUDOC.match(text)
    if not match:
        return scan_tail(text, 0), False
    head = _head(match, ("letters", "number"))
    if match["stem"].strip():
        head.append(Element(Kind.DECIMAL, match["stem"].rstrip(), match.start("stem")))
    if match["book"]:
        head.append(Element(Kind.BOOK, match["book"], match.start("book")))
    return head, bool(match["book"]) and match["stem"].lstrip().startswith((".", "/"))

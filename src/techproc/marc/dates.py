"""Dates of publication: what 008/06-14 codes and what 260, 264 or a title page says.

Sources: MARC 21 Bibliographic, 008/06-14; RDA 2.8.6 and AACR2 1.4F for bracketed, uncertain and
copyright dates; LC-PCC PS 2.8.6.6 for decades.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

__all__ = ["PublicationDate", "parse_date", "publication_date", "roman"]


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """A date of publication.

    `kind` is the type of date of 008/06 (s one year, t publication and copyright, r reprint and
    original, q somewhere between, m several years, c, d, u serials, e with month, p, i, k, b, n
    none). `year1` and `year2` are its years; a decade or century ("199u", "[19--]") is kind q with
    its first and last year. `copyright` is the copyright year, `text` the transcription, `stated`
    every year that the transcription names.
    """

    kind: str = "n"
    year1: int | None = None
    year2: int | None = None
    copyright: int | None = None
    text: str = ""
    stated: tuple[int, ...] = ()

    @property
    def years(self) -> frozenset[int]:
        """Every single year that may stand on the item: coded, stated, copyright."""
        coded = {self.year1, self.year2, self.copyright} if self.kind != "q" else {self.copyright}
        return frozenset(year for year in (*coded, *self.stated) if year)


NONE = PublicationDate()
_ROMAN = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
_ROMAN_YEAR = re.compile(
    r"(?<![A-Za-z])(M[MDCLXVI. ]{2,}[DCLXVI]|MM[DCLXVI]*|MCM|MD|MDC+)(?![A-Za-z])"
)
_ROMAN_FORM = re.compile(r"M{0,3}(?:C[MD]|D?C{0,4})(?:X[CL]|L?X{0,4})(?:I[XV]|V?I{0,4})")
_DECADE = re.compile(
    r"(?<![0-9])(1[0-9]|20)(?:([0-9])[-–—?_u]|(?:--|––|—|-|\?\?|__|uu)[-?]?)(?![0-9])"
)
_BETWEEN = re.compile(
    r"(?:between|zwischen|entre|mellan|mellem|tussen|tra|fra|между)\D*([0-9]{4})\D{1,20}([0-9]{4})",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:©|℗|\(c\)|\bcop(?:yright)?\b\.?|(?<![a-z])[cp])\s*([0-9]{4})", re.IGNORECASE
)
_RANGE = re.compile(r"(?<![0-9])([0-9]{4})\]?\s*[-–—]\s*(?:\[?([0-9]{4})|([0-9]{2})(?![0-9]))?")
_YEAR = re.compile(r"(?<![0-9])([0-9]{4})(?![0-9])")
_CORRECTED = re.compile(r"\b(?:i\.\s?e\.?|that is|d\.\s?h\.|id est|т\.\s?е\.)", re.IGNORECASE)
_BRACKET_YEAR = re.compile(r"\[[^\]]*?([0-9]{4})(?:\s*(?:or|/|-|oder|ou)\s*([0-9]{2,4}))?")


def roman(text: str) -> int | None:
    """Return the value of a roman numeral, or None when it is none.

    >>> roman("MCMXCVIII"), roman("xii"), roman("M.DCC.L."), roman("mild")
    (1998, 12, 1750, None)
    """
    letters = text.upper().replace(".", "").replace(" ", "")
    if not letters or not _ROMAN_FORM.fullmatch(letters):
        return None
    values = [_ROMAN[letter] for letter in letters]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


@lru_cache(maxsize=16384)
def parse_date(text: str) -> PublicationDate:
    """Read a date as transcribed or typed: brackets, ©, decades, ranges, roman numerals.

    A Hebrew, Buddhist or Islamic year gives way to the year of our era bracketed after it; alone,
    the first two are converted, and may be one off.

    >>> parse_date("[between 1950 and 1959?]").year2, parse_date("[199-?]").year1
    (1959, 1990)
    >>> parse_date("c2004.").copyright, parse_date("MCMXCVIII").year1
    (2004, 1998)
    >>> parse_date("5764 [2003 or 2004]").stated, parse_date("2547 [2004]").year1
    ((2003, 2004), 2004)
    """
    plain = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    copied = _COPYRIGHT.search(plain)
    right = int(copied[1]) if copied else None
    between = _BETWEEN.search(plain)
    if between:
        return PublicationDate("q", int(between[1]), int(between[2]), right, text)
    years = _years(plain)
    if not years:
        return _vague(plain, text)
    span = _RANGE.search(plain)
    if span and int(span[1]) in years:
        end = int(span[2]) if span[2] else int(span[1][:2] + span[3]) if span[3] else None
        if end is None or end >= int(span[1]):
            stated = tuple(dict.fromkeys((*years, end))) if end else years
            kind = "m" if end or span.end() >= len(plain.rstrip(" ].?")) else "s"
            return PublicationDate(
                kind, int(span[1]), end, right, text, tuple(y for y in stated if y)
            )
    printed = [year for year in years if year != right]
    if right and printed:
        return PublicationDate("t", printed[0], right, right, text, years)
    return PublicationDate("s", years[0], None, right, text, years)


def _years(plain: str) -> tuple[int, ...]:
    """Return the years of our era in a transcription, the valid one first where it is corrected."""
    found = [int(year) for year in _YEAR.findall(plain)]
    if not found:
        numerals = (roman(match[1]) for match in _ROMAN_YEAR.finditer(plain.upper()))
        return tuple(value for value in numerals if value and 1000 < value < 2100)
    if len(found) > 1 or found[0] > 2100:
        bracket = _BRACKET_YEAR.search(plain)
        if bracket and _other_era(found[0], int(bracket[1])):
            last = bracket[2]
            extra = [int(bracket[1][: 4 - len(last)] + last)] if last else []
            return tuple(dict.fromkeys([int(bracket[1]), *extra]))
        if _CORRECTED.search(plain) and len(found) > 1:
            found = [found[-1], *found[:-1]]
    ours = [year if year <= 2100 else _converted(year) for year in found]
    return tuple(dict.fromkeys(year for year in ours if year and year > 1000))


def _other_era(first: int, bracketed: int) -> bool:
    """Tell a Hebrew, Buddhist or Islamic year from ours by its distance to the bracketed one."""
    return first > 2100 or (1200 < first < 1500 and bracketed - first > 500)


def _converted(year: int) -> int | None:
    """Return a Hebrew (57xx) or Buddhist (25xx) year in our era; it may be one off."""
    if 2300 < year < 2700:
        return year - 543
    return year - 3760 if 5200 < year < 5900 else None


def _vague(plain: str, text: str) -> PublicationDate:
    decade = _DECADE.search(plain)
    if not decade:
        return replace(NONE, text=text) if text else NONE
    if decade[2] is not None:
        start = int(decade[1] + decade[2] + "0")
        return PublicationDate("q", start, start + 9, None, text)
    start = int(decade[1] + "00")
    return PublicationDate("q", start, start + 99, None, text)


def publication_date(fixed: str, text: str, right: str = "") -> PublicationDate:
    """Return the date of a record from 008, its transcribed date (264 _1 or 260 $c) and 264 _4 $c.

    The coded dates of 008/06-14 win; where they are blank, fill or wrong, the transcription
    stands in. The copyright year comes from 264 _4, a © or c in the text, or type t.

    >>> publication_date("160101t20042003nyu", "2004", "©2003").copyright
    2003
    >>> publication_date("160101s        nyu", "[1987?]").year1
    1987
    """
    stated = parse_date(text) if text else NONE
    right_year = stated.copyright
    if right:
        parsed = parse_date(right)
        right_year = parsed.copyright or parsed.year1
    kind, first, second = fixed[6:7] or " ", fixed[7:11], fixed[11:15]
    low1, high1 = _coded(first)
    low2, high2 = _coded(second)
    if low1 is None:
        return replace(stated, copyright=right_year) if right_year != stated.copyright else stated
    if kind == "t" and right_year is None:
        right_year = low2
    if kind == "q" or (low1 != high1 and kind in "sret|b "):
        return PublicationDate("q", low1, high2 or high1, right_year, text, stated.stated)
    if kind not in "tmrcdupikq":
        low2 = None  # type e holds month and day there, type s nothing
    return PublicationDate(kind, low1, low2, right_year, text, stated.stated)


def _coded(four: str) -> tuple[int | None, int | None]:
    """Return the first and last year that four positions of 008 stand for; 9999 is none."""
    if four.isdecimal() and four.isascii() and len(four) == 4:
        year = int(four)
        return (year, year) if 0 < year < 9999 else (None, None)
    if len(four) == 4 and four[0] in "12" and set(four[1:]) <= set("0123456789u"):
        return int(four.replace("u", "0")), int(four.replace("u", "9"))
    return None, None

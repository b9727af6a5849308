"""The date in a call number, from an imprint as transcribed (LC Shelflisting Manual G 140)."""

from __future__ import annotations

import re

__all__ = ["call_number_date"]

_CORRECTED = re.compile(r"\[?\s*i\.\s?e\.,?\s*(?:[^\d\[\]]{0,6})([12][0-9]{3})")
_OTHER_CALENDAR = re.compile(r"(?<![0-9])([12][0-9]{3})\s*\[[^\d\]]*([12][0-9]{3})")
_PRINTING = re.compile(r"([12][0-9]{3})\s+(?:printing|impression|reprint)", re.IGNORECASE)
_COPYRIGHT = re.compile(r"(?:c|©|copyright|℗|p)\s?([12][0-9]{3})", re.IGNORECASE)
_COVER = re.compile(r"cover\s+([12][0-9]{3})", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])([12][0-9]{3})(?![0-9])")
_DECADE = re.compile(r"(?<![0-9])([12][0-9]{2})[-–?](?![0-9])")
_CENTURY = re.compile(r"(?<![0-9])([12][0-9])(?:--|––|—|\?\?)")


def call_number_date(text: str, *, corporate: bool = False) -> str:
    """Return the date that an imprint gives a call number, or "" where it has none.

    A correction wins over what it corrects, a cover date over the imprint, a copyright date over
    a mere printing and over an imprint it is later than, a year of our calendar in brackets over
    one of another; a decade or century of which the year is
    unknown ends in z, except under a corporate heading, whose work letters begin at a. Source: LC
    Shelflisting Manual G 140.

    >>> [call_number_date(t) for t in ("1981, c1980", "1971, c1972", "1979 [i.e. 1978]")]
    ['1981', '1972', '1978']
    >>> [call_number_date(t) for t in ("1980 printing, c1957", "[197-?]", "[19--]", "[n.d.]")]
    ['1957', '1970z', '1900z', '']
    """
    if explained := _explained(text):
        return explained
    copyrights = _COPYRIGHT.findall(text)
    printings = set(_PRINTING.findall(text))
    plain = [year for year in _YEAR.findall(_COPYRIGHT.sub(" ", text)) if year not in printings]
    certain = max(plain[:1] + copyrights[:1], default="") or min(printings, default="")
    return str(certain) or _vague(text) + ("" if corporate or not _vague(text) else "z")


def _explained(text: str) -> str:
    """Return the year that the imprint itself gives for another."""
    for pattern in (_CORRECTED, _COVER):
        if match := pattern.search(text):
            return str(match[1])
    match = _OTHER_CALENDAR.search(text)
    if match and abs(int(match[1]) - int(match[2])) > 100:
        return str(match[2])  # 2541 [1998], 1379 [2000 or 2001]: the Gregorian year
    return ""


def _vague(text: str) -> str:
    """Return the first year of a decade or century."""
    if match := _DECADE.search(text):
        return f"{match[1]}0"
    if match := _CENTURY.search(text):
        return f"{match[1]}00"
    return ""

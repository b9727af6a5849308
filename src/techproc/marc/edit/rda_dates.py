"""Dates of 260 $c as RDA writes them: copyright dates apart, abbreviations spelt out.

Sources: RDA 2.8.6 and 2.11; LC-PCC PS 2.8.6.6 (a date of publication is supplied from the date of
copyright); RDA 1.9.2 (supplied dates); AACR2 1.4F.
"""

from __future__ import annotations

import re

__all__ = ["copyright_dates", "spell_date"]

_Y = r"(?:1[4-9]|20)[0-9]{2}"
_SIGNS = {"c": "©", "©": "©", "copyright ": "©", "p": "℗", "℗": "℗"}
_ONE = re.compile(rf"(c|p|©|℗|copyright )\s?({_Y})", re.IGNORECASE)
# The whole of $c in the forms that AACR2 allows; anything else is left as it is.
_ALONE = re.compile(
    rf"\[?(?:c|p|©|℗|copyright )\s?(?P<year>{_Y})(?P<open>-?)(?P<end>(?:(?:c|p|©|℗)?{_Y})?)\]?\s*\.?",
    re.IGNORECASE,
)
_TWO_COPYRIGHTS = re.compile(
    rf"(?P<one>[cp©℗]\s?(?P<year>{_Y})),\s?(?P<two>[cp©℗]\s?{_Y})\s*\.?", re.IGNORECASE
)
_DATE_AND = re.compile(
    rf"(?P<date>{_Y}|\[{_Y}\??\]),?\s?(?P<all>\[?(?:c|p|©|℗|copyright )\s?{_Y}\]?"
    rf"(?:,\s?[cp©℗]\s?{_Y})?)(?P<open>-?)\s*(?P<stop>\.?)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(
    rf"\[(?P<date>{_Y}\??),\s?(?P<all>(?:c|p|©|℗|copyright )\s?{_Y})\]\s*\.?", re.IGNORECASE
)
_AND_DATE = re.compile(rf"(?P<all>[cp©℗]\s?{_Y}),\s?(?P<date>{_Y})\s*(?P<stop>\.?)", re.IGNORECASE)


def _signed(text: str) -> list[str]:
    """Return the copyright dates of a text, each with its sign.

    >>> _signed("p1999, c1998")
    ['℗1999', '©1998']
    """
    return [f"{_SIGNS[sign.lower()]}{year}" for sign, year in _ONE.findall(text)]


def copyright_dates(text: str) -> tuple[str, list[str]] | None:
    """Return the date of publication and the copyright dates that a 260 $c holds.

    A copyright date alone gives a supplied date of publication. None where there is no copyright
    date, or the text is of a form that is not known.

    >>> copyright_dates("c1999."), copyright_dates("1999, c1998."), copyright_dates("1999.")
    (('[1999]', ['©1999']), ('1999.', ['©1998']), None)
    >>> copyright_dates("c1997-c2001."), copyright_dates("p1999-")
    (('[1997-2001]', ['©1997-©2001']), ('[1999]-', ['℗1999-']))
    """
    said = text.strip()
    if match := _ALONE.fullmatch(said):
        return _supplied(said, match["year"], match["open"], match["end"][-4:])
    if match := _TWO_COPYRIGHTS.fullmatch(said):
        return f"[{match['year']}]", _signed(said)
    if match := _DATE_AND.fullmatch(said):
        stop = "" if match["date"].endswith("]") or match["open"] else match["stop"]
        dates = _signed(match["all"])
        dates[-1] += match["open"]
        return match["date"] + match["open"] + stop, dates
    if match := _BRACKETED.fullmatch(said):
        return f"[{match['date']}]", _signed(match["all"])
    match = _AND_DATE.fullmatch(said)
    return (match["date"] + match["stop"], _signed(match["all"])) if match else None


def _supplied(text: str, year: str, to: str, end: str) -> tuple[str, list[str]] | None:
    """Return a date of publication supplied from the copyright date, or dates, alone."""
    sign = _signed(text)[0][0]
    if end and not to:
        return None
    if not to:
        return f"[{year}]", [f"{sign}{year}"]
    if not end:
        return f"[{year}]-", [f"{sign}{year}-"]
    return f"[{year}-{end}]", [f"{sign}{year}-{sign}{end}"]


_UNKNOWN = re.compile(r"\[?\s*(?:n\.\s?d|s\.\s?[ad])\.?\s*\]?\s*\.?", re.IGNORECASE)
_CIRCA = re.compile(r"\bca\.\s?(?=[0-9])")
_THAT_IS = re.compile(r"\bi\.\s?e\.,?\s")
_DECADE = re.compile(r"(?<![0-9])([0-9]{3})-(\??)(?=\])")
_CENTURY = re.compile(r"(?<![0-9])([0-9]{2})--(\??)(?=\])")


def spell_date(text: str) -> str:
    """Return a date as RDA writes what cataloguers supply in it; other dates come back the same.

    >>> spell_date("[ca. 1850]"), spell_date("1957 [i.e. 1975]"), spell_date("[199-?]")
    ('[approximately 1850]', '1957 [that is, 1975]', '[between 1990 and 1999?]')
    >>> spell_date("[n.d.]"), spell_date("1999-")
    ('[date of publication not identified]', '1999-')
    """
    if _UNKNOWN.fullmatch(text.strip()):
        return "[date of publication not identified]"
    if "[" not in text and "]" not in text:
        return text
    text = _CIRCA.sub("approximately ", text)
    text = _THAT_IS.sub("that is, ", text)
    text = _DECADE.sub(lambda m: f"between {m[1]}0 and {m[1]}9{m[2]}", text)
    return _CENTURY.sub(lambda m: f"between {m[1]}00 and {m[1]}99{m[2]}", text)

"""Titles read for comparison: without articles, their parts and numbers in one form."""

from __future__ import annotations

import re

from techproc.dedupe.view import View
from techproc.text import fold, without_article

__all__ = ["part_form", "read_title", "title_numbers", "title_without_article", "vernacular_of"]

_NUMBERS = re.compile(r"\d+")
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        (
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
            "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
            "nineteen", "twenty",
        ),
        start=1,
    )
}  # fmt: skip
_COUNTED = (
    "pt", "part", "vol", "v", "volume", "bd", "band", "tome", "tom", "t", "book", "bk", "ser",
    "series", "no", "number", "nr", "teil", "heft",
)  # fmt: skip
_COUNTED_WORDS = frozenset(_COUNTED)
_PART_ROMAN = re.compile(
    rf"\b(?:{'|'.join(_COUNTED)})\s+"
    r"([ivxl]+|one|two|three|four|five|six|seven|eight|nine|ten)\b"
)
_PART_WORDS = (
    (re.compile(r"\b(?:parts?|pts?|teil|parte|partie|del)\b"), "pt"),
    (re.compile(r"\b(?:volumes?|vols?|v|band|bd|tome?|t|tomo)\b"), "v"),
    (re.compile(r"\b(?:numbers?|no|nr|nos|num)\b"), "no"),
    (re.compile(r"\b(?:series|ser)\b"), "ser"),
)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


def read_title(view: View, short: str, responsibility: str) -> tuple[str, str, int]:
    """Return short title, responsibility and the characters to skip, of the first 245.

    `short` and `responsibility` are what its subfields say.
    """
    # Old records write "Title : rest / by somebody" into $a.
    if not responsibility and " / " in short:
        short, _, responsibility = short.partition(" / ")
    fields = view.data.get("245")
    second = fields[0][0][1:2] if fields else ""
    skip = int(second) if second.isascii() and second.isdigit() else 0
    if not (0 < skip < len(short) and not short[skip - 1].isalnum()):
        skip = 0
    return short, responsibility, skip


def title_without_article(short: str, nonfiling: int, language: str) -> str:
    """Return a title folded, without its initial article."""
    return fold(short[nonfiling:] if nonfiling else without_article(short, language))


def part_form(parts: str) -> str:
    """Return parts as they stand in 245 $n $p, folded, with their common words in one form.

    >>> part_form("volume 3 teil b")
    'v 3 pt b'
    """
    for pattern, word in _PART_WORDS:
        parts = pattern.sub(word, parts)
    return parts


def title_numbers(text: str) -> frozenset[str]:
    """Return the numbers in a folded title, those of parts in letters too.

    >>> sorted(title_numbers("1984 part two")), sorted(title_numbers("v iv"))
    (['1984', '2'], ['4'])
    """
    found = {number.lstrip("0") or "0" for number in _NUMBERS.findall(text)}
    # In ASCII a word stands between blanks, and most titles have none that is counted.
    if not (text.isascii() and _COUNTED_WORDS.isdisjoint(text.split())):
        for word in _PART_ROMAN.findall(text):
            found.add(_NUMBER_WORDS.get(word) or str(_roman(word)))
    return frozenset(found)


def _roman(word: str) -> int:
    total, last = 0, 0
    for char in reversed(word):
        value = _ROMAN_VALUES[char]
        total += value if value >= last else -value
        last = max(last, value)
    return total


def vernacular_of(view: View) -> str:
    """Return the title in its own script, from the first 880 that goes with 245."""
    for _, codes, values in view.fields("880"):
        subfields = list(zip(codes, values, strict=True))
        if any(code == "6" and value.startswith("245") for code, value in subfields):
            return fold(" ".join([value for code, value in subfields if code in "abnp"]))
    return ""

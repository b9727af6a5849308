"""Dates of publication in all their dress."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.marc.dates import parse_date, publication_date, roman


@given(st.text(max_size=30), st.text(max_size=20), st.text(max_size=10))
def test_any_text_is_read(fixed: str, text: str, right: str) -> None:
    """Nothing typed or coded raises, and a range never runs backwards."""
    date = publication_date(fixed, text, right)
    if date.kind == "q" and date.year1 and date.year2:
        assert date.years is not None


@given(st.integers(1, 3999))
def test_roman_numerals_read_back(number: int) -> None:
    """Every year written in roman numerals reads as itself."""
    signs = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
             (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]  # fmt: skip
    text, rest = "", number
    for value, sign in signs:
        text, rest = text + sign * (rest // value), rest % value
    assert roman(text) == number


@pytest.mark.parametrize(
    ("text", "kind", "year1", "year2", "right"),
    [
        ("2004.", "s", 2004, None, None),
        ("[2004]", "s", 2004, None, None),
        ("©2004", "s", 2004, None, 2004),
        ("2004, c2003.", "t", 2004, 2003, 2003),
        ("cop. 1987", "s", 1987, None, 1987),
        ("[ca. 1920]", "s", 1920, None, None),
        ("[between 1950 and 1959?]", "q", 1950, 1959, None),
        ("[zwischen 1950 und 1959]", "q", 1950, 1959, None),
        ("[199-?]", "q", 1990, 1999, None),
        ("[19--]", "q", 1900, 1999, None),
        ("1999-2004", "m", 1999, 2004, None),
        ("1999-", "m", 1999, None, None),
        ("1998-99", "m", 1998, 1999, None),
        ("1967 [i.e. 1976]", "s", 1976, None, None),
        ("MCMXCVIII", "s", 1998, None, None),
        ("5764 [2003 or 2004]", "s", 2003, None, None),
        ("1425 [2004]", "s", 2004, None, None),
        ("๒๕๔๗", "s", 2004, None, None),
        ("n.d.", "n", None, None, None),
    ],
)
def test_transcribed_dates(
    text: str, kind: str, year1: int | None, year2: int | None, right: int | None
) -> None:
    """Brackets, copyright, decades, ranges, corrections and other eras."""
    date = parse_date(text)
    assert (date.kind, date.year1, date.year2, date.copyright) == (kind, year1, year2, right)


@pytest.mark.parametrize(
    ("fixed", "text", "kind", "year1", "year2"),
    [
        ("160101r20041954nyu", "2004", "r", 2004, 1954),
        ("160101q19501959nyu", "[195-?]", "q", 1950, 1959),
        ("160101s198u    nyu", "[198-]", "q", 1980, 1989),
        ("160101e20040131nyu", "2004", "e", 2004, None),
        ("160101c20009999nyu", "2000-", "c", 2000, None),
        ("160101n||||||||nyu", "[1987]", "s", 1987, None),
    ],
)
def test_coded_dates(fixed: str, text: str, kind: str, year1: int, year2: int | None) -> None:
    """008 wins; its blanks and fills give way to the transcription."""
    date = publication_date(fixed, text)
    assert (date.kind, date.year1, date.year2) == (kind, year1, year2)

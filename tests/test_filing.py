"""Filing: the order that the ALA rules of 1980 give their own kinds of cases, and word by word."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.filing import arabic, filing_key

# Each list is in the order that a rule asks for.
BY_ALA = {
    "1 nothing before something": ["New", "New York", "New Zealand", "Newark", "Newton"],
    "1.1 dashes and full stops part words": ["A.B.C.", "A-Z", "Ab", "ABC", "Abel"],
    "1.2 marks are not regarded": ["Lodge", "Łódź", "Lyon", "Muller, Ann", "Müller, Bea"],
    "1.3 other signs are passed over": ["$100 a week", "101 ways", "A & P", "Ab (word)", "“Abc”"],
    "2.1 names and titles interfile": ["London, Jack", "London (Ont.)", "Londonderry"],
    "3 abbreviations as written": ["Doctor Dolittle", "Dr. Ox", "Mister Ed", "Mr. Ed", "Mrs. Ed"],
    "5 initials": ["I. B. M.", "Ibis", "IBM journal"],
    "6 prefixes and apostrophes": ["De Alberti, Amelia", "De la Mare", "DeAlberti", "O Henry",
                                   "O'Brien, Flann", "Odd"],
    "8.1 figures by value": ["3 men", "007 films", "20 poems", "Three men"],
    "8.2 commas in figures": ["999 nights", "1,000 leagues", "1001 nights", "20,000 leagues"],
    "8.3 decimals": [".300 Vickers", "1 time", "3 men", "3.1416 and all that", "3.2 beer", "4 men"],
    "8.4 fractions": ["1½ hours", "1 3/4 yards", "2½ minute talks", "2 hours"],
    "8.5 Roman numerals": ["Louis IX", "Louis 13", "Louis XIV", "Louis the Fat"],
    "8.6 lowered figures": ["H₂O", "H2O"],
    "nonroman after roman": ["Zebra", "Война", "日本"],
}  # fmt: skip


@pytest.mark.parametrize("rule", BY_ALA)
def test_the_ala_rules(rule):
    """Shuffled, each list comes back into its order."""
    wanted = BY_ALA[rule]
    for seed in range(5):
        mixed = list(wanted)
        random.Random(seed).shuffle(mixed)
        assert sorted(mixed, key=filing_key) == wanted


def test_word_by_word_takes_figures_as_they_stand():
    """The plainer order: every mark parts words."""
    wanted = ["100 days", "20 poems", "3 men", "New York", "Newark", "O'Brien", "Obst"]
    mixed = wanted[::-1]
    assert sorted(mixed, key=lambda text: filing_key(text, "word")) == wanted


@pytest.mark.parametrize(
    "text", ["MIX AND MATCH", "CIVIL WAR", "Li Po", "Mix", "IXI", "I, Claudius"]
)
def test_words_are_not_taken_for_roman_numerals(text):
    """Capitals throughout, small letters, forms that are none, a single letter."""
    assert not any(character.isdigit() for character in filing_key(text))


@given(st.integers(1, 3999))
def test_roman_numerals_have_their_value(number):
    """Written by the rule of subtraction, each is read back."""
    text, rest = "", number
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        text += letters * (rest // value)
        rest %= value
    assert arabic(text) == number


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_figures_file_by_value_whatever_their_length(one, other):
    """The order of the keys is the order of the numbers."""
    assert (filing_key(f"{one} men") < filing_key(f"{other} men")) == (one < other)

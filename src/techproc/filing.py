"""The order of a card catalogue: by the ALA Filing Rules (1980), or plainly word by word.

Keys are texts that compare in filing order; a blank sorts before every figure and letter, so that
nothing comes before something.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from techproc.text import fold

__all__ = ["FilingOrder", "arabic", "filing_key"]

FilingOrder = Literal["ala", "word"]

_ROMAN: Final = r"(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_ROMAN_WHOLE: Final = re.compile(r"(M{0,3})(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_WORD: Final = re.compile(rf"(?<![\w.'’-])(?=[IVXLC]{{2}}){_ROMAN}(?!\w)")
# Raised and lowered figures, and fractions of one character: "2½" is 2, then 1 over 2.
_RAISED: Final = re.compile(r"[⁰¹²³⁴-⁹₀-₉]+|[¼-¾⅐-⅞]")
_NUMERAL: Final = re.compile(
    r"(?<![\d.])(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<parts>\d+))?(?![\d]|[.,]\d)"
    r"|(?<![\w.])\.(?P<only>\d+)(?![\d]|\.\d)"
    r"|\d+"
)
_VALUES: Final = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}


def filing_key(text: str, order: FilingOrder = "ala") -> str:
    """Return the key of a heading or title, its leading article off, in a filing order.

    ``ala`` is the ALA Filing Rules of 1980: blanks, dashes, hyphens, slashes and full stops are
    alike and come first, other punctuation is passed over (rule 1); accents are too (1.2);
    abbreviations and initials stand as they are written (3, 5); figures stand by their value,
    before letters, decimals digit by digit (8.1–8.3), fractions by numerator and denominator
    (8.4), Roman numerals with the Arabic (8.5), raised and lowered figures after a blank (8.6).
    A Roman numeral is taken for one when it has two letters or more, in capitals, in a text that is
    not all capitals; of a name's numeration (`arabic`) that is known without.

    ``word`` is word by word: every mark parts words, figures stand figure by figure.

    >>> sorted(["20 years", "3 men", "1,000 nights", "Ten men", "XIV century"], key=filing_key)
    ['3 men', 'XIV century', '20 years', '1,000 nights', 'Ten men']
    >>> sorted(["20 years", "3 men", "New-York", "Newark"], key=lambda t: filing_key(t, "word"))
    ['20 years', '3 men', 'New-York', 'Newark']
    """
    if order == "word":
        return fold(text)
    text = _RAISED.sub(lambda match: " " + unicodedata.normalize("NFKC", match[0]), text)
    if not text.isupper():
        text = _ROMAN_WORD.sub(lambda match: str(arabic(match[0])), text)
    text = _NUMERAL.sub(_by_value, text)
    return fold("".join([character for character in text if not _is_passed_over(character)]))


def arabic(numeral: str) -> int | None:
    """Return the value of a Roman numeral in capitals, or None for what is none.

    >>> arabic("XIV"), arabic("V"), arabic("IIX"), arabic("")
    (14, 5, None, None)
    """
    if not numeral or not _ROMAN_WHOLE.fullmatch(numeral):
        return None
    values = [_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def _by_value(match: re.Match[str]) -> str:
    """Return a numeral so that plain text order is the order of values: its length before it.

    What follows a decimal point stands behind the whole number, and compares digit by digit.
    """
    whole = (match["whole"] or ("" if match["only"] else match[0])).replace(",", "").lstrip("0")
    return f"{min(len(whole), 99):02}{whole}{match['parts'] or match['only'] or ''}"


def _is_passed_over(character: str) -> bool:
    """Tell punctuation and signs that file as nothing from those that part words."""
    category = unicodedata.category(character)
    return category[0] in "PS" and category != "Pd" and character not in "./⁄"

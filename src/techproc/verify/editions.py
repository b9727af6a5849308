"""Edition statements of many languages, read into what they say and compared.

`2nd ed.`, `Second edition`, `2. Aufl.`, `2e éd.`, `2a ed.`, `Изд. 2-е` all say: number 2. Beside
the number a statement may say that it was revised, enlarged, abridged…, for whom or on what it is
(student, paperback, large print), the year, and words of its own (1st *Vintage* ed.).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from techproc.marc.dates import roman
from techproc.text import fold
from techproc.verify._edition_words import (
    CONCEPT_PREFIXES,
    CONCEPT_SIGNS,
    CONCEPT_WORDS,
    DROPPED,
    PRINTING_WORDS,
)
from techproc.verify._ordinals import ORDINALS
from techproc.verify._words import squeezed, words

__all__ = ["EditionStatement", "compare_editions", "parse_edition", "without_edition"]

_REVISION = frozenset({"revised", "corrected", "enlarged", "updated", "new", "abridged"})
_BINDING = frozenset({"paperback", "hardcover"})
_ORDINAL = re.compile(
    r"([0-9]{1,3})(?:st|nd|rd|th|d|e|er|ere|re|ra|eme|me|ieme|a|da|ta|o|aya|ya|oe|ia|he|ho|asis|as|te|de|ste"
    r"|n|i|os|ve|h|ed|е|ое|η|er|ban|han|pan|p)?"
)
_ROMAN = re.compile(r"([ivxl]{1,6})(?:a|e|o|da|ra|ta|ed|eme|ieme)?")
_CLAUSE = re.compile(r"[,;:()\[\]]+")
_NUMBERED_CJK = re.compile(r"第?\s*([0-9]+|[一二三四五六七八九十]{1,3})\s*(?:版|판)")
_CJK_DIGITS = {char: value for value, char in enumerate("一二三四五六七八九十", 1)}
_SUFFIXES = words("e a i o oe ia aya ya nd st rd th d he ho ra da ta as asis е ое η га")


@dataclass(frozen=True, slots=True)
class EditionStatement:
    """What an edition statement says; all empty when it speaks of a printing alone."""

    number: int | None = None
    year: int | None = None
    concepts: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    printing: bool = False

    @property
    def silent(self) -> bool:
        """True when nothing is said that would make an edition."""
        return not (self.number or self.year or self.concepts or self.words)


NOTHING = EditionStatement()


@lru_cache(maxsize=32768)
def parse_edition(text: str) -> EditionStatement:
    """Read an edition statement; a statement of responsibility or parallel one after it is left.

    >>> parse_edition("Second edition") == parse_edition("2. Aufl.") == parse_edition("Изд. 2-е")
    True
    >>> sorted(parse_edition("3rd ed., rev. and enl.").concepts), parse_edition("II ed.").number
    (['enlarged', 'revised'], 2)
    >>> parse_edition("5th printing").silent
    True
    """
    statement = squeezed(text.partition(" / ")[0].partition(" = ")[0])
    if not statement.strip(" .[]"):
        return NOTHING
    number = _cjk_number(statement)
    statement = _NUMBERED_CJK.sub(" ", statement)
    year: int | None = None
    concepts: set[str] = set()
    words: set[str] = set()
    printing = False
    for clause in _CLAUSE.split(statement):
        tokens = fold(clause.replace("-", " ").replace("'", "").replace("’", "")).split()
        if not tokens:
            continue
        if PRINTING_WORDS.intersection(tokens) and not _says_edition(tokens):
            printing = True
            if not _is_facsimile(tokens):
                continue
        after_large = False
        for token in _joined_ordinals(tokens):
            if token in DROPPED or token in _SUFFIXES or token in PRINTING_WORDS:
                continue
            if token.isdecimal() and len(token) == 4:
                year = year or int(token)
            elif (found := _ordinal(token)) is not None:
                number = number or found
            elif token in ("large", "grossdruck", "grossdruckausg", "largeprint"):
                concepts.add("large print")
                after_large = True
            elif after_large and token in ("print", "type"):
                continue
            else:
                said = _concepts(token)
                concepts |= said
                words |= set() if said else {token}
    return EditionStatement(number, year, frozenset(concepts), frozenset(words), printing)


@lru_cache(maxsize=16384)
def without_edition(title: str) -> tuple[str, str]:
    """Return a typed title without the edition statement at its end, and that statement.

    >>> without_edition("Organic chemistry, third edition"), without_edition("Physics 3/e")
    (('Organic chemistry', 'third edition'), ('Physics', '3/e'))
    >>> without_edition("The first edition"), without_edition("Local ed")
    (('The first edition', ''), ('Local ed', ''))
    """
    slash = _SLASH_E.search(title)
    if slash and title[: slash.start()].strip(_BETWEEN):
        return title[: slash.start()].rstrip(_BETWEEN), slash[1]
    words = title.split()
    if len(words) < 3 or fold(words[-1]) not in _NOUNS:
        return title, ""
    for count in (4, 3, 2):
        head, tail = words[:-count], " ".join(words[-count:])
        said = parse_edition(tail.strip(_BETWEEN))
        if len(head) < 2 or said.words or said.silent:
            continue
        opens = fold(words[-count])
        if opens and (_ordinal(opens) or _concepts(opens)):
            return " ".join(head).rstrip(_BETWEEN), tail.strip(_BETWEEN)
    return title, ""


_SLASH_E = re.compile(r"(?<![\s,:(])[\s,:(]+([0-9]{1,2}/e)\)?\s*$", re.IGNORECASE)
_BETWEEN = " ,.:;([{)]}–—-"
_NOUNS = words("ed edn edition auflage aufl ausgabe edicion edicao edizione edicio druk upplaga")


def _says_edition(tokens: list[str]) -> bool:
    """Tell "large print ed." and "reprint ed." from "2nd printing"."""
    return "large" in tokens or any(
        t in ("ed", "edition", "aufl", "ausg", "edizione") for t in tokens
    )


def _is_facsimile(tokens: list[str]) -> bool:
    return any(token.startswith(("facsim", "faksim")) for token in tokens)


def _cjk_number(text: str) -> int | None:
    match = _NUMBERED_CJK.search(text)
    if match is None:
        return 1 if "初版" in text or "초판" in text else 2 if "再版" in text else None
    if match[1].isdecimal():
        return int(match[1])
    digits = [_CJK_DIGITS[char] for char in match[1]]
    if len(digits) == 1:
        return digits[0]
    return (
        10 + digits[1]
        if digits[0] == 10
        else digits[0] * 10 + (digits[2] if len(digits) > 2 else 0)
    )


def _joined_ordinals(tokens: list[str]) -> list[str]:
    """Return the words with "twenty first" and "decima quinta" made one number each."""
    made: list[str] = []
    version = any(token.isdecimal() for token in tokens)
    for token in tokens:
        if token == "v" and version:
            continue  # "v. 3": a version, and no roman numeral
        unit = ORDINALS.get(token, 0)
        tens = _TENS.get(made[-1], 0) if made else 0
        if tens and 0 < unit < 10:
            made[-1] = str(tens + unit)
        else:
            made.append(token)
    return made


_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "decima": 10, "vigesima": 20,
    "trigesima": 30, "ventesima": 20, "vingt": 20, "trente": 30,
}  # fmt: skip


@lru_cache(maxsize=8192)
def _ordinal(token: str) -> int | None:
    if token in ORDINALS:
        return ORDINALS[token]
    match = _ORDINAL.fullmatch(token)
    if match:
        return int(match[1]) or None
    numeral = _ROMAN.fullmatch(token)
    return roman(numeral[1]) if numeral else None


@lru_cache(maxsize=8192)
def _concepts(token: str) -> frozenset[str]:
    """Return what a word says of an edition: nothing, one thing, or several in one CJK word."""
    if token[0] >= "\u1100":
        return frozenset(concept for sign, concept in CONCEPT_SIGNS if sign in token)
    found = CONCEPT_WORDS.get(token)
    if found is None and len(token) > 3:
        found = next((c for prefix, c in CONCEPT_PREFIXES if token.startswith(prefix)), None)
    return frozenset([found] if found else [])


@lru_cache(maxsize=32768)
def compare_editions(item: EditionStatement, record: EditionStatement) -> tuple[str, str]:  # noqa: PLR0911
    """Return (verdict, rule id) for two statements; a silent one stands for "none".

    >>> compare_editions(parse_edition("1st ed."), NOTHING)
    ('compatible', 'edition.first-unstated')
    >>> compare_editions(parse_edition("2nd ed."), parse_edition("3e éd. rev."))
    ('differ', 'edition.number')
    >>> compare_editions(parse_edition("2nd ed."), parse_edition("2nd ed., rev. and enl."))
    ('compatible', 'edition.shortened')
    """
    if item == record:
        return "agree", "edition.same"
    if item.silent and record.silent:
        return "compatible", "edition.printing"
    if item.silent or record.silent:
        return _against_none(record if item.silent else item)
    if item.number and record.number and item.number != record.number:
        return "differ", "edition.number"
    if item.year and record.year and item.year != record.year:
        return "differ", "edition.year"
    apart = item.concepts ^ record.concepts
    if apart - _REVISION - _BINDING - {"reprint", "illustrated", "unabridged"}:
        return "differ", "edition.kind"
    verdict = _compare_revision(item, record)
    if verdict:
        return verdict
    if item.words and record.words and not _share_words(item.words, record.words):
        return "differ", "edition.named"
    if apart & _BINDING:
        return "compatible", "edition.binding"
    if item.number != record.number:
        return "compatible", "edition.number-unstated"
    return "compatible", "edition.shortened"


def _against_none(stated: EditionStatement) -> tuple[str, str]:
    """Return the verdict of a statement against none: only a first edition may go unsaid."""
    if stated.concepts - _BINDING - {"reprint", "illustrated", "unabridged"}:
        return "differ", "edition.unstated"
    if (stated.number or 1) > 1 or stated.year:
        return "differ", "edition.unstated"
    return "compatible", "edition.first-unstated" if stated.number else "edition.named-unstated"


def _compare_revision(a: EditionStatement, b: EditionStatement) -> tuple[str, str] | None:
    """Return a verdict when the statements part over number or revision, None when they don't."""
    left, right = a.concepts & _REVISION, b.concepts & _REVISION
    if left == right:
        if (a.number or 1) != (b.number or 1) and not left:
            return "differ", "edition.number"
        return None
    if not (left <= right or right <= left):
        return "differ", "edition.revision"
    if not left or not right:
        # "2nd ed." for "2nd ed., rev.": the typist left the rest away; "1st ed." or a bare
        # named one is not the revised one.
        if a.number and a.number == b.number and a.number > 1:
            return None
        return "differ", "edition.revision"
    return None


def _share_words(left: frozenset[str], right: frozenset[str]) -> bool:
    """Tell whether the names in two statements share a word, but for abbreviation or slip."""
    if left & right:
        return True
    return any(
        a.startswith(b) or b.startswith(a) or OSA.distance(a, b, score_cutoff=1) <= 1
        for a in left
        for b in right
        if min(len(a), len(b)) > 1
    )

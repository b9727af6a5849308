"""Titles read, typed or from a record: every form in which one is known, and the part it names.

Sources: RDA 2.3 and AACR2 1.1 (title proper, other title information, parts); MARC 21 245 second
indicator and Appendix F (initial articles); ALA-LC romanization tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from techproc.marc.dates import roman
from techproc.text import fold, without_article
from techproc.verify._words import words
from techproc.verify.editions import without_edition
from techproc.verify.scripts import romanized

__all__ = [
    "ROMAN_TAIL",
    "Title",
    "TitleForm",
    "title_of_record",
    "typed_title",
    "without_and",
    "without_designation",
]

_AND = words("and und et y e i och og en с и")
_PART_WORD = (
    r"(?:vol(?:ume|umen|\.)?s?\.?|v\.|bd\.?|band|teil|tl\.?|tome|tomo|t\.|part|pt\.?|partie|parte|book|bk\.?"
    r"|buch|no\.|nr\.?|number|issue|kniha|kn\.|cz\.?|część|díl|deel|dl\.|del|del\.|bind|osa|cilt|juz[ʼ']?"
    r"|jil+d|knjiga|knj\.|sv\.|kötet|том|т\.|кн\.|книга|часть|ч\.|вып\.|выпуск|rocznik|heft|h\.|fasc\.?|folge"
    r"|series|ser\.|reihe|section|sect\.)"
)
_NUMBER_WORDS = {
    word: number
    for number, said in {
        1: "one first erster eins un premier uno primero primo",
        2: "two second zweiter zwei deux deuxieme dos segundo secondo",
        3: "three third dritter drei trois troisieme tres tercero terzo",
        4: "four fourth vierter vier quatre quatrieme cuarto quarto",
        5: "five fifth funfter cinq cinquieme quinto",
        6: "six sixth",
        7: "seven seventh",
        8: "eight eighth",
        9: "nine ninth",
        10: "ten tenth",
    }.items()
    for word in said.split()
}
_CARDINALS = words("one two three four five six seven eight nine ten")
_PART = re.compile(
    rf"[\s,.:;(\[–—-]*\b{_PART_WORD}(?:(?<=\.)\s*|\s+)\[?"
    r"([0-9]{1,4}|[ivxlc]+|[a-zäöüéèß]+)\b\]?(?:st|nd|rd|th|\.|\))?",
    re.IGNORECASE,
)
_NTH = re.compile(
    r"[\s,.:;(\[–—-]+(?:([0-9]{1,3})\.|([a-zäöüéè]{3,10}))\s+"
    r"(?:teil|band|bd\.?|buch|volume|vol\.|tome|part|partie|book|parte|libro|díl|kniha)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(rf"^\s*{_PART_WORD}\s*", re.IGNORECASE)
_DIVIDER = re.compile(r"\s*(?:\s[:;=]|:\s|;\s|\s[-–—]\s|\s\()\s*")
# The languages whose articles are tried where the typist did not say; the commonest first.
_BY_LANGUAGE = ("eng", "fre", "ger", "spa", "ita", "por", "dut", "swe", "dan")
ROMAN_TAIL = re.compile(r"[ivx]{1,5}")


@dataclass(frozen=True, slots=True)
class TitleForm:
    """One form of a title, folded: proper, rest, both, both run together, its numbers."""

    proper: str
    rest: str
    full: str
    solid: str
    solid_proper: str
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Title:
    """Every form in which a title is known, and the numbers of the part it names, in order.

    A part of a part has two: volume 2, book 3.
    """

    forms: tuple[TitleForm, ...]
    others: tuple[TitleForm, ...]
    parts: tuple[int, ...]
    part_names: frozenset[str]
    volumes: int
    wholes: frozenset[str]
    latin: tuple[TitleForm, ...] = ()
    uniform: str = ""


def _form(proper: str, rest: str) -> TitleForm | None:
    if not proper:
        return None
    full = f"{proper} {rest}" if rest else proper
    return TitleForm(
        proper,
        rest,
        full,
        _solid(full),
        _solid(proper),
        _numbers(full.split()),
    )


def without_and(folded: str) -> str:
    """Return folded text without conjunctions: the & of a cover folds to nothing.

    The first and the last word stay: "E" and "I" may be letters, initials or numerals there.
    """
    words = folded.split()
    if len(words) < 3:
        return folded
    return " ".join([words[0], *(w for w in words[1:-1] if w not in _AND), words[-1]])


def _solid(folded: str) -> str:
    """Return folded text without blanks and conjunctions: "data base" is "database"."""
    solid = "".join([w for w in folded.split() if w not in _AND])
    # At the end an i is a numeral: "Faust I" is not "Faust".
    return (f"{solid}i" if folded.endswith(" i") else solid) or folded


def _numbers(words: list[str]) -> frozenset[str]:
    found = {w for w in words if w[0].isdecimal()}
    last = words[-1] if words else ""
    if len(words) > 1 and len(last) > 1 and ROMAN_TAIL.fullmatch(last):
        value = roman(last)
        if value:
            found.add(str(value))
    return frozenset(found)


@lru_cache(maxsize=16384)
def _part_number(text: str) -> int | None:
    """Return the number of a part designation ("Vol. 2", "II", "Part two"), or None."""
    word = fold(_LEADING.sub("", text)).split()
    if not word:
        return None
    head = word[0]
    if head.isdecimal():
        return int(head)
    if head in _NUMBER_WORDS:
        return _NUMBER_WORDS[head]
    return roman(head) if set(head) <= set("ivxlc") else None


def _take_parts(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a typed title without its volume designation, and the volume numbers."""
    nth = _NTH.search(text)
    if nth:
        which = int(nth[1]) if nth[1] else _NUMBER_WORDS.get(fold(nth[2]), 0)
        if which and (nth[1] or fold(nth[2]) not in _CARDINALS):
            rest = text[nth.end() :].strip(" ,.:;()[]–—-")
            head = text[: nth.start()].strip()
            return f"{head} : {rest}" if rest else head, (which,)
    numbers: list[int] = []
    kept, last = [], 0
    for match in _PART.finditer(text):
        value = _part_number(match[1])
        if value and match.start() > 0:
            numbers.append(value)
            kept.append(text[last : match.start()])
            last = match.end()
    if not numbers:
        return text, ()
    kept.append(text[last:])
    pieces = [part.strip(" ,.:;([)]–—-") for part in kept]
    return " : ".join(part for part in pieces if part), tuple(sorted(numbers))


def _without_any_article(text: str, language: str) -> str:
    """Return a typed title without its article: that of its language, else of any language."""
    if language:
        return without_article(text, language)
    for code in _BY_LANGUAGE:
        bare = without_article(text, code)
        if bare != text:
            return bare
    return text


def without_designation(text: str) -> tuple[str, str]:
    """Return a typed title without its general material designation, and that designation.

    >>> without_designation("War and peace [electronic resource] : a novel")
    ('War and peace : a novel', 'electronic resource')
    """
    match = _DESIGNATION.search(text)
    return (text[: match.start()] + text[match.end() :], match[1]) if match else (text, "")


_DESIGNATION = re.compile(
    r"(?<!\s)\s*\[((?:text \()?(?:electronic (?:resource|book)|e-?book|computer file|internet resource"
    r"|sound recording|audio-?book|video-?recording|microform|microfiche|microfilm|large print"
    r"|braille|kindle)[^\]]{0,20})\]",
    re.IGNORECASE,
)
_ARTICLE_LAST = re.compile(
    r"^(.+),\s+(the|an?|der|die|das|le|la|les|el|los|las|il|lo|gli|een|het|os?)$", re.IGNORECASE
)
# " by " and two capitalised words or more: the author's name, as shops write it.
_BYLINE = re.compile(r"(?<![\s,])[\s,]+by\s+[A-ZÀ-Þ][\w.'’-]*(?:\s+[A-ZÀ-Þ][\w.'’-]*)+\s*$")


@lru_cache(maxsize=16384)
def typed_title(text: str, language: str = "") -> Title | None:
    """Return what was typed as title, made comparable; None for nothing.

    >>> title = typed_title("Collected papers: Vol. II, Early letters")
    >>> title.parts, title.forms[0].proper, title.forms[0].rest
    ((2,), 'collected papers', 'early letters')
    """
    text = text.strip()
    if not text:
        return None
    # After " / " ISBD has the statement of responsibility; in a cover's title it may be a part.
    head = without_edition(without_designation(text.partition(" / ")[0])[0])[0]
    head = _ARTICLE_LAST.sub(r"\2 \1", head)
    plain, parts = _take_parts(head)
    forms = _typed_forms(plain, language) + (_typed_forms(head, language) if parts else [])
    if head != text:
        forms += _typed_forms(text, language)
    if byline := _BYLINE.search(head):
        forms += _typed_forms(head[: byline.start()], language)
    if not forms:
        return None
    latin = romanized(plain)
    return Title(
        tuple(forms),
        (),
        parts,
        frozenset(),
        0,
        frozenset({_solid(fold(head)), _solid(fold(_without_any_article(head, language)))}),
        tuple(f for f in [_form(latin, "")] if f and latin),
    )


def _typed_forms(text: str, language: str) -> list[TitleForm]:
    """Return a typed title as typed and without its article, divided where a subtitle begins."""
    pieces = _DIVIDER.split(text, maxsplit=1)
    proper, rest = pieces[0], fold(pieces[1]) if len(pieces) > 1 else ""
    bare = _without_any_article(proper, language)
    forms = [_form(fold(bare), rest)]
    if bare != proper and not language:
        forms.append(_form(fold(proper), rest))
    return [f for f in forms if f]


def title_of_record(
    title: str,
    subtitle: str,
    parts: Iterable[str],
    *,
    nonfiling: int = 0,
    others: Iterable[str] = (),
    vernacular: tuple[str, str] = ("", ""),
    uniform: str = "",
    language: str = "",
    volumes: int | None = None,
) -> Title | None:
    """Return the title of a record, made comparable: 245, its 880, 246 and parts; None for none."""
    plain, numbers = _take_parts(title)
    named: list[str] = []
    found = list(numbers)
    listed = tuple(parts)
    for part in listed:
        value = _part_number(part)
        if value:
            found.append(value)
        else:
            named.append(fold(part))
    own, remainder = fold(_skip(plain, nonfiling, language)), fold(subtitle)
    forms = [_form(own, remainder)]
    if (as_printed := fold(plain)) != own:
        forms.append(_form(as_printed, remainder))
    if named:
        tail = " ".join(named)
        forms += [
            _form(own, tail),
            _form(f"{own} {tail}", remainder),
            _form(own, f"{remainder} {tail}"),
        ]
    if numbers:
        forms.append(_form(fold(_skip(title, nonfiling, language)), remainder))
    if "=" in subtitle or "=" in title:
        # A parallel title is a title of the item too.
        for parallel in f"{title} : {subtitle}".split("=")[1:]:
            forms.append(_form(fold(parallel), ""))
    if vernacular[0]:
        forms.append(_form(fold(vernacular[0]), fold(vernacular[1])))
    kept = tuple(f for f in forms if f)
    if not kept:
        return None
    variants = tuple(f for f in (_form(fold(other), "") for other in others) if f)
    designation = " ".join(listed)
    wholes = frozenset(
        _solid(fold(f"{head} {tail}"))
        for head in (title, _skip(title, nonfiling, language))
        for tail in (f"{designation} {subtitle}", f"{subtitle} {designation}")
    )
    names = frozenset(named)
    return Title(
        kept, variants, tuple(sorted(found)), names, volumes or 0, wholes, uniform=fold(uniform)
    )


def _skip(title: str, nonfiling: int, language: str) -> str:
    if 0 < nonfiling < len(title):
        return title[nonfiling:].lstrip(" '\"[")
    return _without_any_article(title, language)

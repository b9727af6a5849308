"""Titles compared: proper and whole, cut short, with slips, in the original script, by part.

Sources: RDA 2.3 and AACR2 1.1 (title proper, other title information, parts); MARC 21 245 second
indicator and Appendix F (initial articles); ALA-LC romanization tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from techproc.marc.dates import roman
from techproc.text import fold, without_article
from techproc.verify._words import words
from techproc.verify.scripts import romanized

__all__ = ["Title", "TitleForm", "compare_titles", "title_of_record", "typed_title"]

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
_PART = re.compile(
    rf"[\s,.:;(\[–—-]*\b{_PART_WORD}(?:(?<=\.)\s*|\s+)\[?"
    r"([0-9]{1,4}|[ivxlc]+|[a-zäöüéèß]+)\b\]?(?:st|nd|rd|th|\.|\))?",
    re.IGNORECASE,
)
_LEADING = re.compile(rf"^\s*{_PART_WORD}\s*", re.IGNORECASE)
_DIVIDER = re.compile(r"\s*(?:\s[:;=]|:\s|;\s|\s[-–—]\s|\s\()\s*")
# The languages whose articles are tried where the typist did not say; the commonest first.
_BY_LANGUAGE = ("eng", "fre", "ger", "spa", "ita", "por", "dut", "swe", "dan")
_ROMAN_TAIL = re.compile(r"[ivx]{1,5}")
_LONG_ENOUGH = 12  # letters from which a cut title is still that title
_SLIPS_ACROSS_WORDS = 4  # a small word left out, or two words run together


_SMALL = words(
    """
    the a an of in on at to for from by with and or its de del della des du da do la le les el los
    las il lo gli l d der die das dem den ein eine und von zu zur zum im am et y e i o en v na po
    """
)


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
    """Every form in which a title is known, and the numbers of the part it names.

    `cut` tells that a typist may have left the rest of the title away.
    """

    forms: tuple[TitleForm, ...]
    others: tuple[TitleForm, ...]
    parts: frozenset[int]
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


def _solid(folded: str) -> str:
    """Return folded text without blanks and conjunctions: "data base" is "database"."""
    return "".join([w for w in folded.split() if w not in _AND]) or folded


def _numbers(words: list[str]) -> frozenset[str]:
    found = {w for w in words if w[0].isdecimal()}
    last = words[-1] if words else ""
    if len(words) > 1 and len(last) > 1 and _ROMAN_TAIL.fullmatch(last):
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


def _take_parts(text: str) -> tuple[str, frozenset[int]]:
    """Return a typed title without its volume designation, and the volume numbers."""
    numbers: set[int] = set()
    kept, last = [], 0
    for match in _PART.finditer(text):
        value = _part_number(match[1])
        if value and match.start() > 0:
            numbers.add(value)
            kept.append(text[last : match.start()])
            last = match.end()
    if not numbers:
        return text, frozenset()
    kept.append(text[last:])
    pieces = [part.strip(" ,.:;([)]–—-") for part in kept]
    return " : ".join(part for part in pieces if part), frozenset(numbers)


def _without_any_article(text: str, language: str) -> str:
    """Return a typed title without its article: that of its language, else of any language."""
    if language:
        return without_article(text, language)
    for code in _BY_LANGUAGE:
        bare = without_article(text, code)
        if bare != text:
            return bare
    return text


@lru_cache(maxsize=16384)
def typed_title(text: str, language: str = "") -> Title | None:
    """Return what was typed as title, made comparable; None for nothing.

    >>> title = typed_title("Collected papers: Vol. II, Early letters")
    >>> title.parts, title.forms[0].proper, title.forms[0].rest
    (frozenset({2}), 'collected papers', 'early letters')
    """
    text = text.strip()
    if not text:
        return None
    plain, parts = _take_parts(text)
    forms = _typed_forms(plain, language) + (_typed_forms(text, language) if parts else [])
    if not forms:
        return None
    latin = romanized(plain)
    return Title(
        tuple(forms),
        (),
        parts,
        frozenset(),
        0,
        frozenset({_solid(fold(text)), _solid(fold(_without_any_article(text, language)))}),
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
    found = set(numbers)
    listed = tuple(parts)
    for part in listed:
        value = _part_number(part)
        if value:
            found.add(value)
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
        kept, variants, frozenset(found), names, volumes or 0, wholes, uniform=fold(uniform)
    )


def _skip(title: str, nonfiling: int, language: str) -> str:
    if 0 < nonfiling < len(title):
        return title[nonfiling:].lstrip(" '\"[")
    return without_article(title, language) if language else title


def compare_titles(item: Title, record: Title, similarity: float = 0.92) -> tuple[str, str]:
    """Return (verdict, rule id) for two titles.

    >>> record = title_of_record("The selfish gene", "a study", (), nonfiling=4)
    >>> compare_titles(typed_title("Selfish Gene"), record)
    ('agree', 'title.proper')
    >>> compare_titles(typed_title("The selfsih gene: a study"), record)
    ('compatible', 'title.typo')
    """
    if not item.wholes.isdisjoint(record.wholes):
        return "agree", "title.same"
    best = ("differ", "title.other")
    for a in item.forms:
        for b in record.forms:
            found = _compare_forms(a, b, similarity)
            if found[0] == "agree":
                return _with_parts(found, item, record)
            if _RANK[found[1]] < _RANK[best[1]]:
                best = found
    if best[0] == "differ" and (item.latin or record.latin):
        for a, b in _latin_pairs(item, record):
            if _compare_forms(a, b, similarity)[0] != "differ" or _prefix(a, b):
                best = ("compatible", "title.transliterated")
    if best[0] == "differ":
        for a in item.forms + item.others:
            for b in record.others or record.forms:
                if a.solid in (b.solid, b.solid_proper):
                    best = ("compatible", "title.variant")
    return _with_parts(best, item, record)


def _latin_pairs(item: Title, record: Title) -> list[tuple[TitleForm, TitleForm]]:
    return [(a, b) for a in item.latin for b in record.forms] + [
        (a, b) for a in item.forms for b in record.latin
    ]


# The better an answer, the lower.
_RANK = {
    rule: rank
    for rank, rule in enumerate(
        (
            "title.same", "title.proper", "title.subtitle-cut", "title.typo", "title.words",
            "title.cut", "title.cut-short", "title.subtitle", "title.number", "title.other",
        )
    )
}  # fmt: skip


def _compare_forms(a: TitleForm, b: TitleForm, similarity: float) -> tuple[str, str]:  # noqa: PLR0911
    if a.solid == b.solid:
        return "agree", "title.same"
    if a.solid_proper == b.solid_proper:
        return _same_proper(a, b, similarity)
    if a.numbers != b.numbers and a.numbers and b.numbers and _without_numbers(a, b):
        return "differ", "title.number"
    if a.rest and b.solid_proper == a.solid:
        return "agree", "title.same"
    if b.solid_proper == a.solid or a.solid_proper == b.solid:
        return "agree", "title.proper"
    cut = _prefix(a, b)
    if cut:
        return cut
    if _slipped(a, b, similarity):
        return "compatible", "title.typo"
    if _same_words(a.full, b.full) or _same_words(a.proper, b.proper):
        return "compatible", "title.words"
    return "differ", "title.other"


def _same_words(a: str, b: str) -> bool:
    """Tell whether two titles have the same words, articles and prepositions apart."""
    left = sorted(w for w in a.split() if w not in _SMALL)
    return len(left) > 1 and left == sorted(w for w in b.split() if w not in _SMALL)


def _slipped(a: TitleForm, b: TitleForm, similarity: float) -> bool:
    """Tell whether two titles are one but for slips: whole, proper, or as far as one goes."""
    if _slip(a.full, b.full, similarity):
        return True
    if a.rest and b.rest:
        if _slip(a.proper, b.proper, similarity) and _rests_meet(a.rest, b.rest, similarity):
            return True
    elif _slip(a.proper, b.proper, similarity):
        return True
    # What looks like a subtitle to one may belong to the title proper for the other.
    short, long = (a, b) if len(a.full) <= len(b.full) else (b, a)
    if len(short.full) < _LONG_ENOUGH:
        return False
    return len(short.full) + 5 >= len(long.proper) and _slip(
        short.full, long.full[: len(short.full)], similarity
    )


def _same_proper(a: TitleForm, b: TitleForm, similarity: float) -> tuple[str, str]:
    if a.numbers and b.numbers and a.numbers != b.numbers and a.rest and b.rest:
        return "differ", "title.number"
    if not a.rest or not b.rest:
        return "agree", "title.proper"
    if _rests_meet(a.rest, b.rest, similarity):
        return "agree", "title.proper"
    return "compatible", "title.subtitle"


def _rests_meet(a: str, b: str, similarity: float) -> bool:
    """Tell whether two subtitles are one: cut short, or with a slip."""
    if a.startswith(b) or b.startswith(a):
        return True
    if _slip(a, b, similarity):
        return True
    left, right = set(a.split()), set(b.split())
    return left <= right or right <= left


def _prefix(a: TitleForm, b: TitleForm) -> tuple[str, str] | None:
    """Return the verdict when one title is the beginning of the other, None otherwise."""
    short, long = (a, b) if len(a.solid) <= len(b.solid) else (b, a)
    if not long.solid.startswith(short.solid):
        return None
    if short.solid.startswith(long.solid_proper):
        return "agree", "title.subtitle-cut"
    if len(short.solid) < _LONG_ENOUGH or " " not in short.full:
        return None
    return "compatible", "title.cut" if len(short.solid) >= 2 * _LONG_ENOUGH else "title.cut-short"


def _slip(a: str, b: str, similarity: float) -> bool:
    """Tell whether two titles differ by a typist's slips only; numbers are never slips."""
    length = max(len(a), len(b))
    if min(len(a), len(b)) < 5:
        return False
    allowed = min(max(1, int((1 - similarity) * length)), 5)
    distance = OSA.distance(a, b, score_cutoff=allowed)
    if distance > allowed or _digits(a) != _digits(b):
        return False
    # "Catfish" is no slip for "crawfish": within a word a finger slips once, in a long one twice.
    left, right = a.split(), b.split()
    if len(left) != len(right):
        return distance <= _SLIPS_ACROSS_WORDS
    pairs = [(x, y) for x, y in zip(left, right, strict=True) if x != y]
    return all(
        OSA.distance(x, y, score_cutoff=2) <= (1 if max(len(x), len(y)) < 9 else 2)
        for x, y in pairs
    )


def _digits(text: str) -> frozenset[str]:
    return frozenset(w for w in text.split() if w[0].isdecimal())


def _without_numbers(a: TitleForm, b: TitleForm) -> bool:
    """Tell whether two titles are one but for their numbers."""

    def plain(form: TitleForm) -> list[str]:
        words = form.proper.split()
        return [w for w in words if not w[0].isdecimal() and not _ROMAN_TAIL.fullmatch(w)]

    return plain(a) == plain(b)


def _with_parts(found: tuple[str, str], item: Title, record: Title) -> tuple[str, str]:  # noqa: PLR0911
    """Lay the parts over a verdict: another volume is another publication, one unsaid a doubt."""
    if found[0] == "differ":
        return found
    if item.parts and record.parts:
        if not item.parts & record.parts:
            return "differ", "title.part"
        return found
    if item.part_names and record.part_names and not item.part_names & record.part_names:
        return "differ", "title.part"
    if item.parts != record.parts:
        if item.volumes > 1 or record.volumes > 1:
            return "compatible", "title.part-of-set"
        return "compatible", "title.part-unstated"
    return found

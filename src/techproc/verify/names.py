"""Names in direct and inverted order, by initials, of bodies, with dates and roles, compared.

Sources: RDA 9.2 (which part of a name comes first), LC-PCC NACO comparison rules (folding),
ALA-LC romanization tables for Cyrillic and Greek.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from techproc.text import fold
from techproc.verify._words import words
from techproc.verify.scripts import romanized, same_spelled_out

__all__ = ["NameKey", "corporate_key", "match_name", "parse_names", "person_key"]

_PARTICLES = words(
    """
    von van de der den del della di da do dos das du la le les el al bin ibn ben ter ten zu zur
    af av st ap
    """
)
_SUFFIXES = words(
    """
    jr sr ii iii iv phd md dr prof professor sir dame lord lady mrs mr ms rev saint esq junior
    senior hon capt col gen
    """
)
_BODY = words(
    """
    the of and for inc ltd llc co corp company corporation gmbh ag sa srl limited incorporated
    pty plc u s us n y
    """
)
_ROLE = re.compile(
    r"^\W*(?:(?:written|text|edited|ed|eds|compiled|comp|translated|trans|tr|illustrated|illus|selected"
    r"|introduced|photographs|with|retold|adapted|arranged|collected|prepared|introduction|foreword"
    r"|hrsg|herausgegeben|éd|établi|traduit|traducción|a cura|bearb|bearbeitet|red|oprac)\b"
    r"[\w. ]{0,40}?\s)?"
    r"(?:by|von|par|por|di|de|av|door|przez|bei)\s+(?=\S)",
    re.IGNORECASE,
)
_TAIL_ROLE = re.compile(
    r"[\s,;(\[]+(?:eds?\.?|editors?|author|comp\.?|compiler|trans\.?|translator|ill\.?|illustrator|hrsg\.?"
    r"|herausgeber|red\.?|et\s+al\.?|and others|u\.\s?a\.|und andere|i dr\.?|и др\.?|etc\.?"
    r"|jt\. author)"
    r"[)\].\s]*$",
    re.IGNORECASE,
)
_DATES = re.compile(
    r",?\s*\(?\b(?:b\.|d\.|ca\.|born|fl\.)?\s*[0-9]{4}\??\s*-?\s*(?:[0-9]{4})?\)?\.?\s*$"
)
_AND = re.compile(
    r"\s*(?:;|/|\||\s&\s|\s(?:and|und|et|with|avec|mit|och|og|en|и)\s|,\s+(?:and|und|et|&)\s)\s*",
    re.IGNORECASE,
)
_CAPITAL_AFTER = re.compile(r"\s(?:y|e|i|a)\s(?=[A-ZÀ-ÞА-Я])")


# AACR2 Appendix B abbreviations that older headings for bodies carry and RDA spells out.
_ABBREVIATED = {
    "dept": "department", "univ": "university", "assoc": "association", "govt": "government",
    "inst": "institute", "natl": "national", "comm": "committee", "gt": "great", "brit": "britain",
    "corp": "corporation", "bros": "brothers", "dist": "district", "div": "division",
    "mass": "massachusetts", "calif": "california",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NameKey:
    """A name made comparable.

    `surname` is None where the order is unknown (a name of one part, a body); `tokens` are all
    words in their order, `bag` the same sorted and joined.
    """

    tokens: tuple[str, ...]
    surname: tuple[str, ...]
    given: tuple[str, ...]
    bag: str
    significant: frozenset[str]
    body: bool = False


@lru_cache(maxsize=65536)
def person_key(text: str) -> NameKey | None:
    """Return the key of a person's name, inverted ("Tolkien, J. R. R.") or direct; None for none.

    >>> key = person_key("Johann Wolfgang von Goethe")
    >>> key.surname, key.given
    (('goethe',), ('johann', 'wolfgang'))
    """
    head, comma, rest = text.partition(",")
    if comma:
        family = _name_tokens(head)
        given = _name_tokens(rest.partition("(")[0])
    else:
        tokens = _name_tokens(text)
        at = len(tokens) - 1
        while at > 0 and tokens[at] in _SUFFIXES:
            at -= 1
        start = at
        while start > 1 and tokens[start - 1] in _PARTICLES:
            start -= 1
        family, given = tokens[start : at + 1], tokens[:start]
    family = tuple(t for t in family if t not in _PARTICLES and t not in _SUFFIXES) or family
    given = tuple(t for t in given if t not in _PARTICLES and t not in _SUFFIXES)
    return _key(family + given, family, given)


@lru_cache(maxsize=32768)
def corporate_key(text: str) -> NameKey | None:
    """Return the key of a body's name; "Inc.", "the" and the like count for nothing."""
    tokens = tuple(_ABBREVIATED.get(t, t) for t in fold(text).split())
    chosen = tuple(t for t in tokens if t not in _BODY) or tokens
    return _key(chosen, (), (), body=True)


def _key(
    tokens: tuple[str, ...], surname: tuple[str, ...], given: tuple[str, ...], *, body: bool = False
) -> NameKey | None:
    if not tokens:
        return None
    significant = frozenset(t for t in tokens if len(t) > 1 or not t.isascii())
    return NameKey(tokens, surname, given, " ".join(sorted(tokens)), significant, body)


def _name_tokens(text: str) -> tuple[str, ...]:
    """Return the words of a name; "J.R.R." and "J-P." are initials, not words."""
    return tuple(fold(text.replace(".", ". ")).split())


@lru_cache(maxsize=16384)
def parse_names(text: str) -> tuple[NameKey, ...]:
    """Return the names of what was typed as author: one or many, in any order, with roles.

    >>> [key.surname for key in parse_names("by Gamma, Helm, Johnson and Vlissides")]
    [('gamma',), ('helm',), ('johnson',), ('vlissides',)]
    >>> [key.surname for key in parse_names("Tolkien, J.R.R.; Christopher Tolkien (ed.)")]
    [('tolkien',), ('tolkien',)]
    """
    text = _TAIL_ROLE.sub("", _ROLE.sub("", text.strip()))
    pieces = [p for p in _AND.split(text) if p]
    names: list[NameKey | None] = []
    for piece in pieces:
        bare = _TAIL_ROLE.sub("", _TAIL_ROLE.sub("", _DATES.sub("", piece))).strip(" ,.;")
        bare = _ROLE.sub("", bare) or bare
        names.extend(person_key(name) for name in _divide(bare))
    return tuple(name for name in names if name)


def _divide(text: str) -> list[str]:
    """Divide at commas when they part names, not surname from given names."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) == 1:
        halves = [half for half in _CAPITAL_AFTER.split(text) if half]
        # "Ortega y Gasset" is one name, "Juan Pérez y Ana Ruiz" two.
        return halves if len(halves) > 1 and all(len(h.split()) > 1 for h in halves) else [text]
    if len(parts) == 2:
        direct = all(len(part.split()) > 1 for part in parts)
        initials = fold(parts[1].replace(".", ". ")).split()
        if (
            direct
            and not any(len(token) == 1 for token in initials[:1])
            and len(parts[0].split()) > 1
        ):
            spaced = parts[0].split()
            lower = any(word.casefold() in _PARTICLES for word in spaced)
            return [text] if lower else parts
        return [text]
    if all(len(part.split()) == 1 for part in parts[1:]) and len(parts) == 3 and "." in parts[2]:
        return [text]  # "King, Martin, Jr."
    return parts


def match_name(typed: NameKey, known: NameKey) -> str:
    """Return how a typed name meets a known one: "" when it does not.

    "same", "initials", "part" (some of its words), "surname" alone, "typo".

    >>> match_name(person_key("J.R.R. Tolkien"), person_key("Tolkien, John Ronald Reuel"))
    'initials'
    >>> match_name(person_key("Tolkein, J."), person_key("Tolkien, J. R. R.")), match_name(
    ...     person_key("Jane Smith"), person_key("Smith, John"))
    ('typo', '')
    """
    if typed.bag == known.bag:
        return "same"
    if typed.body or known.body:
        return _match_body(typed, known)
    met = _match_person(typed, known)
    if met:
        return met
    # Where the family name comes first without a comma (Chinese, Hungarian, Icelandic), the words
    # decide.
    for short, long in ((typed, known), (known, typed)):
        if len(short.significant) > 1 and short.significant <= long.significant:
            return "part"
    if _initials_after(typed, known) or _initials_after(known, typed):
        return "initials"
    return _near(typed.bag, known.bag)


def _initials_after(typed: NameKey, known: NameKey) -> bool:
    """Tell "Tolkien JRR", as indexes write it (Vancouver style), for "Tolkien, J. R. R."."""
    words = typed.given + typed.surname
    count = next((n for n, word in enumerate(reversed(words)) if len(word) > 1), 0) or 1
    letters = "".join(words[-count:])
    first = "".join(name[0] for name in known.given)
    if len(letters) > _MOST_INITIALS or not first:
        return False
    if not (first.startswith(letters) or letters.startswith(first)):  # "Esmarch FV": von
        return False
    return "".join(words[:-count]) == "".join(known.surname)


_MOST_INITIALS = 4


def _match_person(typed: NameKey, known: NameKey) -> str:
    if typed.surname != known.surname:
        a, b = set(typed.surname), set(known.surname)
        if a & b and (a <= b or b <= a):
            pass  # "Márquez" for "García Márquez"
        elif same_spelled_out(" ".join(typed.surname), " ".join(known.surname)):
            pass  # "Mueller" for "Müller"
        elif typed.given and typed.surname and typed.surname[-1] in known.surname:
            # "Gabriel García Márquez": the first surname sits with the given names.
            rest = tuple(t for t in typed.given if t not in known.surname)
            return "initials" if _initials_meet(rest, known.given) else ""
        else:
            left, right = " ".join(typed.surname), " ".join(known.surname)
            if typed.given and known.given and _initials_meet(typed.given, known.given):
                return _near(left, right)
            return ""
    if not typed.given or not known.given:
        return "surname"
    if _initials_meet(typed.given, known.given):
        return "initials"
    return "typo" if _near(" ".join(typed.given), " ".join(known.given)) else ""


def _initials_meet(typed: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Tell whether given names agree as far as both go, initials standing for names."""
    if not typed or not known:
        return False
    if "".join(typed) == "".join(known):
        return True
    meet = [a.startswith(b) or b.startswith(a) for a, b in zip(typed, known, strict=False)]
    if all(meet):
        return True
    # "Ronald Tolkien" for "John Ronald Reuel": a middle name in use.
    short, long = (typed, known) if len(typed) <= len(known) else (known, typed)
    return len(short[0]) > 1 and all(word in long for word in short)


def _match_body(typed: NameKey, known: NameKey) -> str:
    if not typed.significant or not known.significant:
        return ""
    if typed.significant == known.significant:
        return "same"
    if typed.significant <= known.significant or known.significant <= typed.significant:
        return "part"
    return _near(typed.bag, known.bag)


def _near(left: str, right: str) -> str:
    """Return "typo" when one slip (two in long names) makes the names the same."""
    length = min(len(left), len(right))
    allowed = 0 if length < 5 else 1 if length < 9 else 2
    if (
        allowed
        and left[0] == right[0]
        and OSA.distance(left, right, score_cutoff=allowed) <= allowed
    ):
        return "typo"
    return "typo" if same_spelled_out(left, right) else ""


def romanized_names(names: tuple[NameKey, ...]) -> tuple[NameKey, ...]:
    """Return those names that are Cyrillic or Greek, in Latin letters."""
    made = []
    for name in names:
        latin = romanized(" ".join(name.surname)), romanized(" ".join(name.given))
        if latin[0]:
            made.append(person_key(f"{latin[0]}, {latin[1]}"))
    return tuple(name for name in made if name)

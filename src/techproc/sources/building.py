"""The parts of a MARC 21 record that is made from something poorer: dates, names, titles.

What is made is minimal-level copy (LDR/17 7 or 3) for a cataloguer to finish, in ISBD.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from pymarc import Field, Indicators, Record, Subfield

from techproc.identifiers import isbn as isbns
from techproc.text import without_article

__all__ = [
    "add", "content_fields", "ended", "fixed_008", "inverted", "isbn_parts", "nonfiling",
    "physical", "year_of",
]  # fmt: skip

# Prepositions follow the given name ("Beethoven, Ludwig van"); articles, and contractions with
# one, lead the family name ("La Fontaine, Jean de"; "Du Maurier, Daphne").
_PREPOSITIONS = frozenset({
    "de", "van", "von", "der", "den", "ten", "ter", "zu", "da", "di", "dos", "das", "do", "del",
    "af", "av", "st.", "saint",
})  # fmt: skip
_ARTICLES = frozenset({
    "la", "le", "les", "du", "des", "della", "dello", "degli", "dei", "el", "al", "zur", "zum",
    "vom", "bin", "ibn",
})  # fmt: skip
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})


def add(record: Record, tag: str, indicators: str, *subfields: tuple[str, str]) -> None:
    """Add a field made of the subfields that are not empty; none of them, no field."""
    kept = [Subfield(code, " ".join(value.split())) for code, value in subfields if value.strip()]
    if kept:
        pair = Indicators(indicators[0], indicators[1])
        record.fields.append(Field(tag=tag, indicators=pair, subfields=kept))


def fixed_008(year: str, language: str, *, country: str = "xx ", today: date | None = None) -> str:
    """Return an 008 for a book: `year` four digits or "", `language` a MARC code or "".

    >>> fixed_008("1999", "eng", today=date(2026, 1, 2))
    '260102s1999    xx            ||| ||eng d'
    """
    entered = (today or datetime.now(UTC).date()).strftime("%y%m%d")
    kind, first = ("s", year) if re.fullmatch(r"[0-9u]{4}", year) else ("n", "uuuu")
    second = "    " if kind == "s" else "uuuu"
    return f"{entered}{kind}{first}{second}{country:3.3}           ||| ||{language or 'und':3.3} d"


def year_of(text: str) -> str:
    """Return the first year (1400-2099) in a date as people write it, or "".

    >>> year_of("October 1, 1988"), year_of("c1999 printing"), year_of("12345")
    ('1988', '1999', '')
    """
    match = re.search(r"(?<![0-9])(1[4-9][0-9]{2}|20[0-9]{2})(?![0-9])", text)
    return match[1] if match else ""


def inverted(name: str) -> str:
    """Return a personal name with its family name first, as far as that can be told.

    A name with a comma stays. A prefix in small letters goes where AACR2 22.5D and RDA F.11 put it
    for most languages; one with a capital is part of the family name. A suffix goes to the end.

    >>> inverted("Ursula K. Le Guin"), inverted("Martin Luther King Jr."), inverted("Plato")
    ('Le Guin, Ursula K.', 'King, Martin Luther, Jr.', 'Plato')
    >>> inverted("Ludwig van Beethoven"), inverted("Jean de la Fontaine")
    ('Beethoven, Ludwig van', 'La Fontaine, Jean de')
    """
    name = " ".join(name.split())
    if "," in name or " " not in name:
        return name
    words = name.split(" ")
    suffix = words.pop() if words[-1].lower() in _SUFFIXES and len(words) > 2 else ""
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PREPOSITIONS | _ARTICLES:
        start -= 1
    while start < len(words) - 1 and words[start] in _PREPOSITIONS:
        start += 1
    family = " ".join(words[start:])
    whole = f"{family[0].upper()}{family[1:]}, {' '.join(words[:start])}"
    return f"{whole}, {suffix}" if suffix else whole


def isbn_parts(text: str) -> tuple[str, str]:
    """Return number and qualifier of an ISBN as typed; what is no number stays as it stands.

    >>> isbn_parts("ISBN 0-306-40615-2 (pbk.)"), isbn_parts("pbk.")
    (('0306406152', 'pbk.'), ('pbk.', ''))
    """
    parsed = isbns.parse(text)
    number = text.replace(parsed.qualifier, "", 1)
    strange = any(c.isalnum() and not c.isascii() for c in number)
    return (parsed.digits, parsed.qualifier) if parsed.digits and not strange else (text, "")


def nonfiling(title: str, language: str) -> int:
    """Return the number of characters of an initial article with its blank (0-9).

    >>> nonfiling("The art of C", "eng"), nonfiling("Die Welt", "eng"), nonfiling("L'art", "fre")
    (4, 0, 2)
    """
    rest = without_article(title, language)
    return min(len(title) - len(rest), 9) if title.endswith(rest) else 0


def ended(text: str, mark: str) -> str:
    """Return a text with an ISBD mark after it, in the place of what punctuation it ended in.

    >>> ended("Art and life", " :"), ended("New York,", " :"), ended("Who knows?", ".")
    ('Art and life :', 'New York :', 'Who knows?')
    """
    if mark == "." and text.endswith((".", "?", "!", ")", "]", "-")):
        return text
    return text.rstrip(" ,;:/=") + mark


def physical(text: str) -> list[tuple[str, str]]:
    """Return the subfields of 300 for an extent in ISBD; a text that is not is $a as it stands.

    >>> physical("133 p. : ill. ; 26 cm.")
    [('a', '133 p. :'), ('b', 'ill. ;'), ('c', '26 cm.')]
    """
    match = re.fullmatch(r"(.+?)(?:\s+:\s+(.+?))?(?:\s+;\s+(.+?))?", " ".join(text.split()))
    if match is None:
        return []
    extent, details, size = match.groups("")
    found = [("a", extent), ("b", details), ("c", size)]
    found = [(code, part) for code, part in found if part]
    marks = {"b": " :", "c": " ;"}
    return [
        (code, part + marks[found[at + 1][0]] if at + 1 < len(found) else part)
        for at, (code, part) in enumerate(found)
    ]


def content_fields(record: Record, kind: str = "print") -> None:
    """Add 336-338 for a printed book ("print"), an e-book ("online") or sound ("audio")."""
    table = {
        "print": (("text", "txt"), ("unmediated", "n"), ("volume", "nc")),
        "online": (("text", "txt"), ("computer", "c"), ("online resource", "cr")),
        "audio": (("spoken word", "spw"), ("audio", "s"), ("audio disc", "sd")),
    }
    names = ("rdacontent", "rdamedia", "rdacarrier")
    for tag, (term, code), scheme in zip(("336", "337", "338"), table[kind], names, strict=True):
        add(record, tag, "  ", ("a", term), ("b", code), ("2", scheme))

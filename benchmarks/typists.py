"""Ten people who type the same item in ten ways, from what its record transcribes.

The first five were at hand when the rules of `techproc.verify` were written. The second five were
written afterwards, by thinking of who types such lists and how, and before any result was seen:
they are the held-out typists. Neither five knows anything of the rules.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from techproc.identifiers import isbn
from techproc.marc.description import Description
from techproc.text import fold
from techproc.verify import Item

__all__ = ["HELD_OUT", "ORDINAL_WORDS", "TYPISTS", "Typist", "first_number"]

Typist = Callable[[Description, random.Random], Item]


def first_number(text: str) -> str:
    digits = "".join(c if c.isdecimal() else " " for c in text).split()
    return digits[0] if digits and len(digits[0]) < 3 else ""


# --- the first five -----------------------------------------------------------------------------


def direct(name: str) -> str:
    family, comma, given = name.partition(", ")
    return f"{given.rstrip(',')} {family}" if comma else name


def plain(text: str) -> str:
    """As typed on a keyboard without accents."""
    kept = unicodedata.normalize("NFKD", text)
    return (
        "".join(c for c in kept if not unicodedata.combining(c)).replace("ʻ", "'").replace("ʼ", "'")
    )


def slip(text: str, rng: random.Random) -> str:
    """One slip of the fingers within a word of letters."""
    places = [i for i in range(1, len(text) - 2) if text[i].isalpha() and text[i + 1].isalpha()]
    if len(text) < 14 or not places:
        return text
    at = rng.choice(places)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if kind == 1 else text[:at] + text[at] + text[at:]


ORDINAL_WORDS = (
    "",
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
)


def people(d: Description) -> list[str]:
    return [n.text for n in d.creators if n.kind == "person"][:3]


def body(d: Description) -> str:
    return next((n.text for n in d.creators if n.kind != "person"), "")


def year(d: Description) -> str:
    return str(d.date.year1) if d.date.year1 else ""


def number(d: Description) -> str:
    """The ISBN printed on the book, not the e-book's that stands beside it."""
    good = (
        i
        for i in d.isbns
        if i.valid and not i.cancelled and "electr" not in i.qualifier and "book" not in i.qualifier
    )
    return next((i.digits for i in good), "")


def hyphenated(digits: str) -> str:
    return (
        "-".join((digits[:1], digits[1:4], digits[4:9], digits[9:]))
        if len(digits) == 10
        else digits
    )


def careful(d: Description, rng: random.Random) -> Item:
    names = " and ".join(direct(n) for n in people(d)) or body(d)
    title = " : ".join(t for t in (d.title, d.subtitle) if t)
    tail = ", ".join(d.parts)
    return Item(
        title=f"{title}, {tail}" if tail else title, author=names, edition=d.edition,
        publisher=d.publishers[0] if d.publishers else "", date=year(d), isbn=hyphenated(number(d)),
        extent=d.extent, language=d.language,
    )  # fmt: skip


def hurried(d: Description, rng: random.Random) -> Item:
    title = d.title[d.nonfiling :] if rng.random() < 0.5 else d.title
    tail = " " + " ".join(d.parts) if d.parts else ""
    first = people(d)
    firm = d.publishers[0] if d.publishers else ""
    return Item(
        title=(title + tail).lower(), author=first[0].split(",")[0].lower() if first else "",
        publisher=firm.split(" : ")[0].removeprefix("The ").lower(), date=year(d),
        edition=d.edition.lower(),
    )  # fmt: skip


def clumsy(d: Description, rng: random.Random) -> Item:
    first = people(d)
    initials = ""
    if first:
        family, _, given = first[0].partition(", ")
        initials = (
            f"{''.join(w[0] + '.' for w in given.split() if w[0].isalpha())} {family}".strip()
        )
    title = plain(slip(d.title, rng)) + (" " + plain(" ".join(d.parts)) if d.parts else "")
    firm = plain(d.publishers[0]) if d.publishers else ""
    for long, short in (
        ("University", "Univ."),
        ("Press", "Pr."),
        (" and ", " & "),
        ("Publishers", "Publ."),
    ):
        firm = firm.replace(long, short)
    copyright_year = d.date.copyright or d.date.year1
    return Item(
        title=title, author=plain(initials), publisher=firm,
        date=f"(c) {copyright_year}" if copyright_year else "", edition=plain(d.edition),
        isbn=number(d),
    )  # fmt: skip


def methodical(d: Description, rng: random.Random) -> Item:
    names = "; ".join(people(d)) or body(d)
    edition = d.edition
    count = first_number(edition)
    if (
        count
        and int(count) < 10
        and fold(edition).endswith(("ed", "aufl", "izd", "vyd"))
        and len(edition) < 9
    ):
        edition = rng.choice(
            (f"{ORDINAL_WORDS[int(count)]} edition", f"{count}. Auflage", f"{count}e éd.")
        )
    place = d.places[0] if d.places else ""
    return Item(
        title=" : ".join(t for t in (d.title, *d.parts, d.subtitle) if t).upper(), author=names,
        publisher=f"{place} : {d.publishers[0]}" if d.publishers and place and rng.random() < 0.3
        else d.publishers[0] if d.publishers else "",
        date=f"[{year(d)}]" if year(d) else "", edition=edition,
        extent=f"{d.pages} pages" if d.pages else "",
        series=d.series[0] if d.series else "", isbn=isbn.normalize(number(d)) or "",
    )  # fmt: skip


def truncating(d: Description, rng: random.Random) -> Item:
    words = f"{d.title} {d.subtitle}".split()
    keep = len(words) if d.parts else max(5, len(d.title.split()) // 2 + 1)
    names = people(d)
    title = " ".join(words[:keep]) + (", " + ", ".join(d.parts) if d.parts else "")
    return Item(
        title=title, author=", ".join(direct(n) for n in names[:2]),
        publisher=d.publishers[0].split(",")[0] if d.publishers else "", date=year(d),
    )  # fmt: skip


TYPISTS: tuple[Typist, ...] = (
    careful, hurried, clumsy, methodical, truncating,
)  # fmt: skip

# --- the held-out five -------------------------------------------------------------------------


def hasty_order(d: Description, rng: random.Random) -> Item:
    """An order clerk in capitals: surname and initials run together, no edition, short imprint."""
    first = people(d)
    author = ""
    if first:
        family, _, given = first[0].partition(", ")
        letters = "".join(w[0] for w in re.split(r"[\s.-]+", given) if w[:1].isalpha())
        author = f"{family} {letters}".strip()
    firm = d.publishers[0].partition(" : ")[0] if d.publishers else ""
    for long, short in (
        ("University Press", "UP"), ("University of", "U OF"), ("Publishing Company", "PUBL CO"),
        ("Publishers", "PUBS"), ("Limited", "LTD"),
    ):  # fmt: skip
        firm = firm.replace(long, short)
    tail = " " + " ".join(d.parts) if d.parts else ""
    return Item(
        title=plain(d.title + tail).upper(), author=plain(author).upper(),
        publisher=plain(firm).upper(), date=year(d), isbn=isbn.normalize(number(d)) or "",
    )  # fmt: skip


MONTHS = ("January", "March", "May", "September", "October", "Nov.", "Dec")


def bookseller(d: Description, rng: random.Random) -> Item:
    """A bookseller's list: series after the title, a whole date, "345pp", the edition as a count."""
    title = ": ".join(t for t in (" ".join((d.title, *d.parts)), d.subtitle) if t)
    if d.series and rng.random() < 0.4:
        title += f" ({d.series[0].partition(';')[0].strip()})"
    when = year(d)
    if when:
        month = rng.choice(MONTHS)
        when = rng.choice(
            (f"{when}-0{rng.randint(1, 9)}-15", f"{month} {when}", f"{month} 1, {when}")
        )
    count = first_number(d.edition)
    revised = "Revised " if "rev" in d.edition.lower() else ""
    edition = d.edition
    if count and int(count) > 1 and len(d.edition) < 22:
        edition = rng.choice((count, f"{count}{suffix(int(count))} {revised}edition"))
        if edition == count and revised:
            edition = f"{count}, revised"
    return Item(
        title=title, author="; ".join(people(d)) or body(d),
        publisher=d.publishers[0] if d.publishers else "", date=when, edition=edition,
        isbn=isbn.normalize(number(d)) or "", extent=f"{d.pages}pp" if d.pages else "",
    )  # fmt: skip


def suffix(count: int) -> str:
    if 10 < count % 100 < 14:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")


NEIGHBOURS = {
    "a": "s", "s": "d", "d": "f", "e": "r", "r": "t", "t": "y", "i": "o", "o": "p", "n": "m",
    "m": "n", "l": "k", "u": "i", "c": "v", "h": "j", "g": "h", "b": "v",
}  # fmt: skip


def from_the_cover(d: Description, rng: random.Random) -> Item:
    """A student who types what the cover says: no subtitle, "&", a wrong key, one author et al."""
    words = d.title.replace(" and ", " & ")
    places = [
        i for i in range(2, len(words) - 2)
        if words[i] in NEIGHBOURS and words[i - 1].isalpha() and words[i + 1].isalpha()
    ]  # fmt: skip
    if len(words) > 17 and places and rng.random() < 0.5:
        at = rng.choice(places)
        words = words[:at] + NEIGHBOURS[words[at]] + words[at + 1 :]
    tail = " " + " ".join(d.parts) if d.parts else ""
    names = people(d)
    author = direct(names[0]) + (" et al." if len(names) > 1 else "") if names else body(d)
    edition = re.sub(r"\b[Ee]d\b\.?", "edn", d.edition)
    count = first_number(edition)
    if count and 1 < int(count) < 10:
        edition = edition.replace(count, ORDINAL_WORDS[int(count)].lower(), 1)
        edition = re.sub(r"(?<=[a-z])(?:st|nd|rd|th|d)\b(?= )", "", edition, count=1)
    copyright_year = d.date.copyright or d.date.year1
    firm = d.publishers[0].removeprefix("The ") if d.publishers and rng.random() < 0.8 else ""
    return Item(
        title=words + tail, author=author, publisher=firm,
        date=f"c{copyright_year}" if copyright_year else "", edition=edition,
        extent=str(d.pages) if d.pages else "",
    )  # fmt: skip


SPELLED = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "oe",
    "å": "aa", "Ø": "Oe", "Å": "Aa", "ʻ": "", "ʼ": "", "ʹ": "", "’": "'", "“": '"', "”": '"',
})  # fmt: skip
ABROAD = (
    ("{n}. Aufl.", "{n}., überarb. Aufl."), ("{n}ème édition", "{n}e éd. revue"),
    ("{n}. udg.", "{n}. rev. udg."), ("{n}ª ed.", "{n}ª ed. rev."),
    ("{n}. vyd.", "{n}., přeprac. vyd."), ("{n} uppl.", "{n}., omarb. uppl."),
    ("{n}e dr.", "{n}e, herz. dr."), ("Wyd. {n}", "Wyd. {n}, popr."),
)  # fmt: skip
LEDGER = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
          (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


def abroad(d: Description, rng: random.Random) -> Item:
    """A colleague abroad: umlauts spelled out, editions in her language, years in roman numerals."""
    edition = d.edition
    count = first_number(edition)
    known = re.fullmatch(r"[0-9]+(?:st|nd|rd|th|d) ed(?:ition)?\.?(, rev(?:ised)?\.?)?", edition)
    if known and count:
        edition = rng.choice(ABROAD)[bool(known[1])].format(n=count)
    when = d.date.year1
    roman = ""
    if when and rng.random() < 0.2:
        left = when
        for value, letters in LEDGER:
            while left >= value:
                roman, left = roman + letters, left - value
    title = " : ".join(t for t in (" ".join((d.title, *d.parts)), d.subtitle) if t)
    names = [direct(n) for n in people(d)]
    return Item(
        title=unicodedata.normalize("NFC", title).translate(SPELLED),
        author=unicodedata.normalize("NFC", " & ".join(names) or body(d)).translate(SPELLED),
        publisher=unicodedata.normalize("NFC", d.publishers[0]).translate(SPELLED)
        if d.publishers else "",
        date=roman or year(d), edition=edition, extent=f"{d.pages} S." if d.pages else "",
    )  # fmt: skip


def retired(d: Description, rng: random.Random) -> Item:
    """A retired cataloguer in ISBD: responsibility with the title, the imprint in one line."""
    title = " : ".join(t for t in (". ".join((d.title, *d.parts)), d.subtitle) if t)
    names = [direct(n) for n in people(d)]
    said = d.responsibility or " and ".join(names)
    place = d.places[0] if d.places else "S.l."
    firm = f"{place} : {d.publishers[0]}" if d.publishers else ""
    when = year(d)
    if d.date.copyright and d.date.copyright != d.date.year1:
        when = f"{when}, c{d.date.copyright}"
    elif when and rng.random() < 0.3:
        when = f"[{when}?]"
    return Item(
        title=f"{title} / {said}" if said and rng.random() < 0.6 else title,
        author=people(d)[0] if people(d) else body(d), publisher=firm, date=when,
        edition=d.edition + (" / " + said if d.edition and said and rng.random() < 0.2 else ""),
        extent=d.extent, series=d.series[0] if d.series else "",
    )  # fmt: skip


HELD_OUT: tuple[Typist, ...] = (
    hasty_order, bookseller, from_the_cover, abroad, retired,
)  # fmt: skip

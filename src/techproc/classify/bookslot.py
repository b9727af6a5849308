"""What the book number of a work is made from: the main entry, the title, or what a table says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from techproc.classify.callnumber import CallNumber
from techproc.classify.cutter import cutter_position
from techproc.classify.mainentry import MainEntry
from techproc.classify.shelflist import ShelfEntry
from techproc.text import fold

__all__ = ["Slot", "slot_for"]

# The class numbers from which the literatures have individual authors, by the LC outline, and those
# in which the author's Cutter is made from the second letter of the name.
_AUTHORS_FROM = {
    "PA": 3818, "PG": 600, "PH": 300, "PJ": 5000, "PK": 1700, "PL": 600,
    "PQ": 1600, "PR": 1500, "PS": 700, "PT": 1501,
}  # fmt: skip
_SECOND_LETTER = {
    "PG": ((3475, 3490),), "PQ": ((2600, 2726), (4800, 4886), (6600, 6676), (7297, 8550)),
    "PR": ((6000, 6126),), "PS": ((3500, 3626),), "PT": ((2600, 2728),),
    "PJ": ((5053, 5055), (7800, 7976)), "PL": ((2840, 2974),),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """What a book number is made from, and the room its class leaves it.

    `low` and `high` bound the Cutter (letter and digits) where a table reserves the ends.
    """

    text: str
    fixed: str = ""  # a number that a table gives outright
    letters: tuple[str, ...] = ()  # letters instead of a Cutter, the first that is free
    within: tuple[str, str, str] = ("", "", "")  # one letter for the whole alphabet: Z, from, to
    low: str = ""
    high: str = ""
    by_title: bool = False
    ignore_titles: bool = False
    biographee: str = ""
    reasons: tuple[tuple[str, str], ...] = ()


def slot_for(entry: MainEntry, number: CallNumber, held: Callable[[], list[ShelfEntry]]) -> Slot:
    """Return what the book number stands for in an LC class: the main entry unless the class says.

    `held` gives the shelf-list's entries of the class when asked: where all are one author's, it
    is that author's own number.
    """
    letters, cutters = number.letters.upper(), number.cutters
    whole = int(number.number)
    if letters == "PZ" and 5 <= whole <= 90 and cutters and _stands_for(cutters[-1], entry.heading):
        return _juvenile(entry)
    if letters in _AUTHORS_FROM and whole >= _AUTHORS_FROM[letters]:
        for named in (entry.about, entry.heading if entry.kind == "person" else ""):
            if cutters and named and _is_author_number(letters, whole, cutters[-1], named):
                return _literary(entry, named)
        if not cutters and entry.kind == "person" and _all_by(entry.heading, held()):
            reason = ("shelf-list", "all of this class is one author's: the Cutter is the title's")
            title = entry.work_title
            return Slot(text=title, by_title=True, reasons=(reason,))
    elif letters == "CT" and whole >= 210 and entry.biographee and not cutters:
        return _biography(entry, named=False)
    elif cutters and entry.biographee and _stands_for(cutters[-1], entry.biographee):
        return _biography(entry, named=True)
    return Slot(text=entry.cuttered)


def _stands_for(cutter: str, name: str, *, second: bool = False) -> bool:
    """Tell whether a Cutter can be a person's, made from the first letter or from the second.

    Shelf-lists stray from the table, so the first figures may differ by two.
    """
    folded, cutter = fold(name), cutter.strip(". ").upper()
    try:
        letter, place = cutter_position(folded[1:] if second else folded)
    except ValueError:
        return False
    digits = re.sub(r"[^0-9]", "", cutter)
    if letter != cutter[:1] or not digits:
        return False
    return second or abs(int(digits[0]) - place // 10) <= 2


def _all_by(heading: str, held: list[ShelfEntry]) -> bool:
    """Tell a class of which two entries or more are all one author's."""
    return len(held) > 1 and {fold(entry.heading) for entry in held} == {fold(heading)}


def _is_author_number(letters: str, whole: int, cutter: str, name: str) -> bool:
    if any(low <= whole <= high for low, high in _SECOND_LETTER.get(letters, ())):
        return _stands_for(cutter, name, second=True)
    return _stands_for(cutter, name)


def _juvenile(entry: MainEntry) -> Slot:
    """Juvenile fiction in PZ5–PZ90 has letters of the title after the author's Cutter."""
    title = "".join(c for c in fold(entry.work_title) if "a" <= c <= "z") or "x"
    reason = ("PZ", "juvenile belles lettres: letters of the title after the author's Cutter")
    letters = tuple(title[0].upper() + c for c in dict.fromkeys(title[1:12]))
    return Slot(text=title, letters=letters or (title[0].upper(),), reasons=(reason,))


def _biography(entry: MainEntry, *, named: bool) -> Slot:
    """The biography table of G 320: A3 for an autobiography, A6–Z for biography by main entry."""
    person = "" if named else entry.biographee
    reasons = [("G 320", f"biography of {entry.biographee}")]
    if entry.autobiography:
        reasons.append(("G 320", "A3 for autobiography"))
        return Slot(text=entry.cuttered, fixed="A3", biographee=person, reasons=tuple(reasons))
    return Slot(text=entry.cuttered, low="A6", biographee=person, reasons=tuple(reasons))


def _literary(entry: MainEntry, author: str) -> Slot:
    """Tables of literary authors (P-PZ40 and its like): A61–Z458 works, Z46 ff. about them."""
    by_author = fold(entry.heading) == fold(author)
    about_author = fold(entry.about) == fold(author)
    if about_author and by_author and entry.biographee:
        letters = "letters" in fold(entry.title).split() or "correspondence" in fold(entry.title)
        fixed = "Z48" if letters else "Z46"
        reason = ("P-PZ40", f"{fixed} for the author's own {'letters' if letters else 'life'}")
        return Slot(text=entry.cuttered, fixed=fixed, reasons=(reason,))
    if about_author and not by_author:
        reason = ("P-PZ40", f"about {author}: Z5–Z999 by main entry")
        return Slot(text=entry.cuttered, within=("Z", "5", ""), reasons=(reason,))
    title = entry.work_title
    reason = ("P-PZ40", "the class number has the author's Cutter: this one is for the title")
    return Slot(text=title, low="A61", high="Z458", by_title=True, reasons=(reason,))

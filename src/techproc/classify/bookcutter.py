"""The Cutter of one work: where it belongs among those that the shelf-list has already."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from techproc.classify.bookslot import Slot
from techproc.classify.cutter import cutter_position, lc_cutter
from techproc.classify.mainentry import MainEntry
from techproc.classify.shelflist import ShelfEntry, ShelfList
from techproc.findings import Finding, Severity
from techproc.sequences import longest_run
from techproc.text import fold

__all__ = ["Choice", "between", "choose"]

# The translation table of G 150: what is added to the original's Cutter.
_TRANSLATION = (
    ("eng", "English", "13"), ("fre", "French", "14"), ("ger", "German", "15"),
    ("ita", "Italian", "16"), ("rus", "Russian", "17"), ("spa", "Spanish", "18"),
)  # fmt: skip
_CUTTER_IN_KEY = re.compile(r"#([A-Z])([0-9]+)")


@dataclass(slots=True)
class Choice:
    """The Cutter chosen, whether the shelf-list has the work already, and why."""

    cutter: str = ""
    same_work: bool = False
    steps: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def choose(entry: MainEntry, slot: Slot, class_key: str, shelf: ShelfList) -> Choice:
    """Return the Cutter for a work under a class, fitted between those of its neighbours."""
    choice = Choice()
    letter = slot.within[0] or lc_cutter(slot.text)[0]
    floor, ceiling = _room(slot, letter)
    placed = [
        (match[2], held)
        for held in shelf.under(f"{class_key}#{letter}")
        if (match := _CUTTER_IN_KEY.match(held.key, len(class_key)))
        and floor <= match[2] < (ceiling or "~")
    ]
    mine = _filing(entry.heading, entry.work_title, slot)
    if found := _same_work(entry, mine, placed, slot):
        digits, held, rule, text = found
        choice.same_work = True
        choice.steps.append((rule, f"{text}: {letter}{digits} as {held.call_number}"))
        base = digits
    else:
        base = _fit_digits(choice, letter, mine, placed, slot)
    if entry.translation and entry.language:
        others = {digits for digits, held in placed if _entry_filing(held, slot) != mine}
        base = _translated(choice, entry, letter, base, others)
    choice.cutter = letter + base
    return choice


def _room(slot: Slot, letter: str) -> tuple[str, str]:
    """Return the digits from and up to which a table leaves a letter free."""
    if slot.within[0]:
        return slot.within[1], slot.within[2]
    floor = slot.low[1:] if slot.low[:1] == letter else ""
    return floor, slot.high[1:] if slot.high[:1] == letter else ""


def _filing(heading: str, title: str, slot: Slot) -> tuple[str, str]:
    if slot.by_title:
        return fold(title), ""
    first, second = fold(heading), "" if slot.ignore_titles else fold(title)
    return (first, second) if first else (second, "")


def _entry_filing(held: ShelfEntry, slot: Slot) -> tuple[str, str]:
    return _filing(held.heading, held.title, slot)


def _body(heading: str) -> str:
    """A body or conference without its number, date and place."""
    return fold(heading.partition(" (")[0])


def _same_work(
    entry: MainEntry, mine: tuple[str, str], placed: list[tuple[str, ShelfEntry]], slot: Slot
) -> tuple[str, ShelfEntry, str, str] | None:
    """Return the digits, entry and rule of the shelf-list's number for the same work or body."""
    for digits, held in placed:
        if _entry_filing(held, slot) == mine:
            if slot.ignore_titles:
                return digits, held, "G 320", "the same person"
            return _original(digits, entry), held, "G 145", "another edition of a work held"
    if entry.kind in ("corporate", "meeting") and not slot.by_title:
        rule = "G 220" if entry.kind == "corporate" else "G 230"
        for digits, held in placed:
            if held.heading and _body(held.heading) == _body(entry.heading):
                return digits, held, rule, "the same body"
    return None


def _original(digits: str, entry: MainEntry) -> str:
    """Take a translation's ending off a number, when this record is not that translation."""
    match = re.fullmatch(r"([0-9]*[2-9])1[2-9][0-9]?", digits)
    return match[1] if match else digits


def _fit_digits(
    choice: Choice,
    letter: str,
    mine: tuple[str, str],
    placed: list[tuple[str, ShelfEntry]],
    slot: Slot,
) -> str:
    """Return digits strictly between the neighbours', the table's proposal where that fits."""
    known = [(digits, held) for digits, held in placed if held.heading or held.title]
    low, high = _bounds(mine, known, slot)
    if low and high and low >= high:
        known, strays = _in_order(known, slot)
        low, high = _bounds(mine, known, slot)
        named = ", ".join(held.call_number for held in strays[:3])
        choice.findings.append(
            Finding(
                rule="shelving.shelf-out-of-order",
                message=f"the shelf-list is out of order at {letter}: {named}",
                severity=Severity.WARNING,
                fix="check these numbers against their main entries",
            )
        )
        choice.steps.append(("shelf-list", f"out of alphabetical order, disregarded: {named}"))
        if low and high and low >= high:  # one number for works on either side of this one
            high = min((d for d, _ in placed if d > low), default="")
    taken = {digits for digits, _ in placed}
    floor, ceiling = _room(slot, letter)
    low, high = max(low, floor), min(high or "~", ceiling or "~")
    for count in (2, 3, 4, 5):
        digits = _proposed(slot, count, floor, ceiling)
        if low < digits < high and digits not in taken and not _reads_as_translation(digits, taken):
            limits = "" if count == 2 else f" ({count} figures, to fit)"
            choice.steps.append(("G 63", f"{letter}{digits} for {slot.text!r}{limits}"))
            return digits
    digits = between(low, high, taken)
    proposal = letter + _proposed(slot, 2, floor, ceiling)
    around = f"between {letter}{low or '1'} and " + (
        f"{letter}{high}" if high != "~" else "the end"
    )
    choice.steps.append(("G 63", f"{letter}{digits} {around}, where {proposal} does not fit"))
    return digits


def _proposed(slot: Slot, count: int, floor: str, ceiling: str) -> str:
    """Return the table's digits, pressed into the part of a letter that a class leaves free."""
    digits = lc_cutter(slot.text, count)[1:]
    if not floor and not ceiling:
        return digits
    letter, place = cutter_position(slot.text)
    share = (place - 12) / 88
    if slot.within[0]:  # all the letters of the alphabet share this one
        share = (ord(letter) - ord("A") + share) / 26
    low = float("0." + (floor or "2"))
    high = float("0." + ceiling) if ceiling else 1.0
    text = f"{low + (high - low) * share:.9f}"[2 : 2 + count]
    return text if text[-1] not in "01" else text + "5"


def _bounds(
    mine: tuple[str, str], placed: list[tuple[str, ShelfEntry]], slot: Slot
) -> tuple[str, str]:
    """Return the highest digits that file before this work and the lowest that file after it."""
    low = max((d for d, held in placed if _entry_filing(held, slot) < mine), default="")
    high = min((d for d, held in placed if _entry_filing(held, slot) > mine), default="")
    return low, high


def _in_order(
    placed: list[tuple[str, ShelfEntry]], slot: Slot
) -> tuple[list[tuple[str, ShelfEntry]], list[ShelfEntry]]:
    """Return the longest run of entries in alphabetical order, and those that are not in it."""
    kept = longest_run([_entry_filing(held, slot) for _, held in placed])
    run = [item for i, item in enumerate(placed) if i in kept]
    return run, [held for i, (_, held) in enumerate(placed) if i not in kept]


def _reads_as_translation(digits: str, taken: set[str]) -> bool:
    """Tell a number that would pass for the translation (…12–19) of a work beside it."""
    return any(digits[:end] in taken and digits[end] == "1" for end in range(1, len(digits)))


def between(low: str, high: str, taken: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    """Return the shortest digits strictly between two decimals, nearest the middle.

    The last digit is 2 to 9, so that there is room on both sides. `high` may be "~", the end.
    Raises ValueError when `low` is not below `high`.

    >>> between("53", "57"), between("53", "54"), between("6", "~"), between("65", "652")
    ('55', '535', '8', '6509')
    """
    if not low < high:
        raise ValueError(f"nothing is between {low!r} and {high!r}")
    for length in range(1, len(low) + len(high) + 3):
        start = int(low[:length].ljust(length, "0") or "0")
        end = 10**length if high == "~" else int(high[:length].ljust(length, "0")) + 1
        middle = (start + end) / 2
        fits = [
            text
            for number in range(start, end)
            if (text := f"{number:0{length}d}")[-1] not in "01"
            and text[0] != "0"
            and low < text < high
            and text not in taken
        ]
        calm = [text for text in fits if not _reads_as_translation(text, taken | {low})]
        if calm or (fits and length > len(low) + 2):
            return min(calm or fits, key=lambda text: abs(int(text) - middle))
    raise ValueError(f"nothing is between {low!r} and {high!r}")


def _translated(choice: Choice, entry: MainEntry, letter: str, base: str, others: set[str]) -> str:
    """Add the language's number to the original's Cutter (G 150)."""
    if not choice.same_work and not entry.uniform:
        choice.findings.append(
            Finding(
                rule="shelving.translation-without-original",
                message="a translation without the original's title: filed by its own",
                severity=Severity.INFO,
                control=entry.number or None,
                path="240",
            )
        )
    ending, language = _translation_number(entry.language)
    digits = base + ending
    while digits in others:
        digits += "5"
    choice.steps.append(("G 150", f"{letter}{base} + {ending} for the translation into {language}"))
    return digits


def _translation_number(language: str) -> tuple[str, str]:
    """Return the ending for a language; those outside the table go between by their names."""
    if language == "mul":
        return "12", "several languages"
    for code, name, number in _TRANSLATION:
        if code == language:
            return number, name
    before = [number for code, _, number in _TRANSLATION if code < language]
    rank = "abcdefghijklmnopqrstuvwxyz".find(language[1:2])
    return (before[-1] if before else "12") + str(2 + max(rank, 0) * 8 // 26), language

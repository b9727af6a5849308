"""What is printed on one label: plain data that any program can make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from techproc.findings import Finding

__all__ = [
    "BarcodeLabel",
    "CardFace",
    "CatalogCard",
    "FaceLine",
    "Label",
    "Paragraph",
    "SpineLabel",
    "TextLabel",
    "Unprintable",
    "called",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineLabel:
    """A call number for a spine; on spine and pocket sets, title and author for the pocket too.

    `profile` is a splitting profile ("": the sheet's); prefix, suffix, enumeration, copy and year
    become lines of their own. `name` is how findings call the item (a barcode or record number),
    `place` where it was asked for, which they say of an item without a name.
    """

    call_number: str
    profile: str = ""
    prefix: str = ""
    suffix: str = ""
    enumeration: str = ""
    copy: str = ""
    year: str = ""
    title: str = ""
    author: str = ""
    name: str = ""
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarcodeLabel:
    """A barcode with its number in figures below and a caption, such as the library, above.

    `text` is what stands below the bars; empty, it is the value itself, grouped where the kind of
    number has groups. `symbology` "" is the sheet's.
    """

    value: str
    symbology: str = ""
    caption: str = ""
    text: str = ""
    title: str = ""  # a second line above the bars, such as the book's
    name: str = ""
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLabel:
    """Lines of text as they are: names, locations, addresses."""

    lines: tuple[str, ...]
    name: str = ""
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unprintable:
    """An item that was asked for and of which no label can be made, with the reason.

    It stands in the place of its label, so that the job knows of it: it stops, or the rest are
    printed and this is reported.
    """

    finding: Finding
    name: str = ""


class Paragraph(NamedTuple):
    """A paragraph of a catalogue card: where its first line begins, and where the others do.

    Both are indentions, 1 to 3, of the card's style.
    """

    text: str
    first: int = 2
    turn: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogCard:
    """One catalogue card as text; it may need more than one card to hold it.

    `call_number` is split by `profile` in the left margin, `prefix` above it. `heading` is the
    added entry over the body ("" on a main card). `brief` stands in the place of the body's
    beginning on continuation cards. `foot` (the tracing) comes last, after an empty line.
    """

    call_number: str = ""
    prefix: str = ""
    profile: str = ""
    heading: str = ""
    body: tuple[Paragraph, ...] = ()
    foot: tuple[Paragraph, ...] = ()
    brief: tuple[Paragraph, ...] = ()
    name: str = ""


class FaceLine(NamedTuple):
    """A line of a card as it is set: its text, its indention (0: the margin) and how far down.

    `down` is the distance of the baseline from the first line's top, in ems; an indention below 0
    centres the line on the card.
    """

    text: str
    indention: int
    down: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """One card as it is printed: its lines in their places (`techproc.labels.cards` makes them)."""

    lines: tuple[FaceLine, ...]
    number: int = 1
    name: str = ""


Label = SpineLabel | BarcodeLabel | TextLabel | CardFace | Unprintable


def called(label: Label) -> str | None:
    """Return how findings call a label: by its name, else by where it was asked for."""
    place = "" if isinstance(label, CardFace | Unprintable) else label.place
    return label.name or place or None

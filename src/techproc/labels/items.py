"""What is printed on one label: plain data that any program can make."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BarcodeLabel", "Label", "SpineLabel", "TextLabel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineLabel:
    """A call number for a spine; on spine and pocket sets, title and author for the pocket too.

    `profile` is a splitting profile ("": the sheet's); prefix, suffix, enumeration, copy and year
    become lines of their own. `name` is how findings call the item (a barcode or record number).
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLabel:
    """Lines of text as they are: names, locations, addresses."""

    lines: tuple[str, ...]
    name: str = ""


Label = SpineLabel | BarcodeLabel | TextLabel

"""What the catalogue keeps of one record: its bytes, words, keys, items and places on the shelf."""

from __future__ import annotations

from dataclasses import dataclass

from pymarc import Record

from techproc import marc
from techproc.classify.callnumber import detect_scheme, shelf_key
from techproc.classify.mainentry import main_entry
from techproc.classify.numbers import TAGS
from techproc.marc.description import Description, describe
from techproc.marc.items import LocalItem, Profile, item_date, read_items
from techproc.marc.keys import match_keys

__all__ = ["Row", "ShelfPlace", "held_item_date", "row_of"]


@dataclass(frozen=True, slots=True)
class ShelfPlace:
    """A call number with its scheme and shelving key."""

    scheme: str
    key: str
    call_number: str
    heading: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record as the catalogue's tables want it."""

    control: str
    title: str
    names: str
    subjects: str
    imprint: str
    raw: bytes
    keys: tuple[str, ...]
    items: tuple[LocalItem, ...]
    dates: tuple[str, ...]  # of the items, in their order
    shelf: tuple[ShelfPlace, ...]


def row_of(
    record: Record,
    *,
    profile: Profile | None = None,
    raw: bytes | None = None,
    described: Description | None = None,
) -> Row:
    """Return what the catalogue keeps of a record.

    `raw` and `described` spare encoding and describing it when they are at hand.
    """
    described = described or describe(record)
    items = tuple(read_items(record, profile))
    return Row(
        control=described.control,
        title=" : ".join(part for part in (described.title, described.subtitle) if part),
        names=" ; ".join(name.text for name in described.creators),
        subjects=" ; ".join(described.subjects),
        imprint=" ".join((*described.places, *described.publishers, described.date.text)),
        raw=raw or marc.encode(record),
        keys=match_keys(described),
        items=items,
        dates=tuple([item_date(item, record) for item in items]),
        shelf=_places(record, items),
    )


def held_item_date(raw: bytes, barcode: str, call_number: str) -> str:
    """Return the date of an item of a record in ISO 2709; "" where it has none or is not there."""
    record = marc.decode(raw)
    dates = [
        item_date(item, record)
        for item in read_items(record)
        if (item.barcode, item.call_number) == (barcode, call_number)
    ]
    return dates[0] if dates else item_date(LocalItem(), record)


def _places(record: Record, items: tuple[LocalItem, ...]) -> tuple[ShelfPlace, ...]:
    """Return where a record stands: by its items, or by its own call numbers when it has none.

    A class number without an item number (050 or 082 $a alone) is no place on a shelf.
    """
    numbers = {
        (item.scheme or detect_scheme(item.call_number), item.call_number)
        for item in items
        if item.call_number
    }
    if not numbers:
        for scheme, tags in TAGS.items():
            for field in record.get_fields(*tags):
                class_part, item_part = field.get("a"), field.get("b")
                if class_part and item_part:
                    numbers.add((scheme, f"{class_part.strip()} {item_part.strip()}"))
    if not numbers:
        return ()
    entry = main_entry(record)
    return tuple(
        ShelfPlace(scheme, shelf_key(number, scheme), number, entry.heading, entry.work_title)
        for scheme, number in sorted(numbers)
    )

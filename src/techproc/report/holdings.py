"""Records with the items that are wanted: those of a file, or of the catalogue by list or date.

What was asked for and is not there stands in its place as `Unprintable`, so that whoever prints
labels from it reports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from pymarc import Record

from techproc.catalog import Catalog
from techproc.errors import InputError
from techproc.findings import Finding, Severity
from techproc.labels import Unprintable
from techproc.marc import Loaded, Quarantined
from techproc.marc.items import LocalItem, Profile, item_date, read_items

__all__ = [
    "Holding",
    "holdings",
    "holdings_by_barcode",
    "holdings_by_date",
    "read_day",
    "with_all_items",
]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Holding(NamedTuple):
    """A record and those of its items that are wanted."""

    record: Record
    items: tuple[LocalItem, ...]


def holdings(
    entries: Iterable[Loaded | Quarantined], profile: Profile | None = None
) -> Iterator[Holding | Unprintable]:
    """Yield the records that were read with all their items; of damaged ones the finding."""
    for entry in entries:
        if isinstance(entry, Loaded):
            yield Holding(entry.record, tuple(read_items(entry.record, profile)))
        else:
            yield Unprintable(finding=entry.finding)


def holdings_by_barcode(
    catalog: Catalog, barcodes: Iterable[str], profile: Profile | None = None
) -> Iterator[Holding | Unprintable]:
    """Yield the items of a catalogue that have barcodes, in the order of the list."""
    for barcode in barcodes:
        found = [
            Holding(record, items)
            for held in catalog.by_barcode(barcode)
            for record in [held.record]
            if (items := _with_barcode(record, barcode, profile))
        ]
        if not found:
            yield Unprintable(
                finding=Finding(
                    rule="label.no-such-item",
                    message=f"no item of {catalog.path} has the barcode {barcode}",
                    fix="look whether it was read right and its record imported",
                ),
                name=barcode,
            )
        yield from found


def holdings_by_date(
    catalog: Catalog, since: str = "", until: str = "", profile: Profile | None = None
) -> Iterator[Holding | Unprintable]:
    """Yield the items of a catalogue that came between two days (YYYY-MM-DD), both within.

    An item's day is that of its acquisition, else of its record's latest change. How many items
    have neither is said in a warning.
    """
    for held in catalog.with_items_between(since, until):
        record = held.record
        items = [
            item
            for item in read_items(record, profile)
            if (since or "0") <= item_date(item, record) <= (until or "9")
        ]
        if items:
            yield Holding(record, tuple(items))
    if undated := catalog.undated_items():
        yield Unprintable(
            finding=Finding(
                rule="label.undated-items",
                severity=Severity.WARNING,
                message=f"{undated} items of {catalog.path} have no date and were left out",
                fix="print them by their barcodes",
            )
        )


def with_all_items(
    found: Iterable[Holding | Unprintable], profile: Profile | None = None
) -> Iterator[Holding | Unprintable]:
    """Yield holdings with every item of their records: cards speak of all copies."""
    for holding in found:
        if isinstance(holding, Holding):
            yield Holding(holding.record, tuple(read_items(holding.record, profile)))
        else:
            yield holding


def read_day(text: str) -> str:
    """Return a day as it was typed, YYYY-MM-DD; raises InputError for what is no day.

    >>> read_day("2026-02-30")
    Traceback (most recent call last):
    ...
    techproc.errors.InputError: 2026-02-30 is no day; write it as YYYY-MM-DD
    """
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError(f"{text} is no day; write it as YYYY-MM-DD") from None


def _with_barcode(record: Record, barcode: str, profile: Profile | None) -> tuple[LocalItem, ...]:
    return tuple([item for item in read_items(record, profile) if item.barcode == barcode])

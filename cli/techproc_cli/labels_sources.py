"""Where the label commands take labels from: lists, MARC, the catalogue, new numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import click

from techproc.errors import LabelError
from techproc.lists import (
    BARCODE_COLUMN,
    column_values,
    decode_list,
    name_of_list,
    read_bytes,
)

if TYPE_CHECKING:
    from techproc.labels import Label, Unprintable
    from techproc.labels.inputs import Kind
    from techproc.marc.items import Profile
    from techproc.report.holdings import Holding

__all__ = [
    "ItemSource",
    "NewNumbers",
    "barcodes_of",
    "captioned",
    "labels_from",
    "pairs_of",
    "spines_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSource:
    """The items of MARC files and of the catalogue that the options ask for."""

    marc: str | None
    item_profile: Profile | None
    catalog: str | None
    barcodes: str | None
    since: str | None
    until: str | None

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> ItemSource:
        """Return the source that options describe, and take them out."""
        found = cls(**{field.name: options.pop(field.name) for field in fields(cls)})
        wanted = [found.barcodes, found.since, found.until]
        if any(wanted) and not found.catalog:
            raise click.UsageError("--barcodes, --since and --until go with --catalog DB")
        if found.barcodes and (found.since or found.until):
            raise click.UsageError("give --barcodes, or --since and --until")
        return found

    @property
    def asks(self) -> bool:
        """Whether any item is asked for."""
        return bool(self.marc or self.barcodes or self.since or self.until)

    def holdings(self, files: Iterable[str] = ()) -> Iterator[Holding | Unprintable]:
        """Yield records with the items that are wanted, those of MARC files first."""
        from techproc import marc  # noqa: PLC0415
        from techproc.catalog import Catalog  # noqa: PLC0415
        from techproc.report import holdings  # noqa: PLC0415

        for file in (*files, *([self.marc] if self.marc else [])):
            yield from holdings.holdings(marc.read(file), self.item_profile)
        if not (self.catalog and (self.barcodes or self.since or self.until)):
            return
        with Catalog(self.catalog, readonly=True) as catalog:
            if self.barcodes:
                wanted = column_values(
                    read_list(self.barcodes), name_of_list(self.barcodes), BARCODE_COLUMN
                )
                yield from holdings.holdings_by_barcode(catalog, wanted, self.item_profile)
            else:
                first, last = (holdings.read_day(d) if d else "" for d in (self.since, self.until))
                yield from holdings.holdings_by_date(catalog, first, last, self.item_profile)


class NewNumbers:
    """New barcode numbers, counted up from one or taken from a ledger.

    Use it as a context manager: what a ledger gave is given out when the block ends well.
    """

    def __init__(self, options: dict[str, Any], catalog: str | None) -> None:
        keys = ("sequence", "ledger", "range_name", "count", "no_check_digit")
        first, ledger, self._range, count, plain = (options.pop(key) for key in keys)
        if (plain or count) and not (first or ledger):
            raise click.UsageError("--count and --no-check-digit go with --sequence or --ledger")
        if self._range and not ledger:
            raise click.UsageError("--range goes with --ledger")
        if ledger and options["form"] == "png":
            raise click.UsageError(
                "--format png is a look at the first sheet; numbers of a ledger are given out when "
                "they are printed"
            )
        self._first, self._ledger, self._catalog = first, ledger, catalog
        self._count = count or 1
        self.check_digit = not plain
        self._stack = ExitStack()
        self.asks = bool(first or ledger)

    def __enter__(self) -> list[str]:
        from techproc.labels import sequence  # noqa: PLC0415

        found: list[str] = []
        taken = self._taken()
        if self._first:
            found += sequence.numbers(self._first, self._count, check_digit=self.check_digit)
            if used := [number for number in found if taken(number)]:
                raise LabelError(
                    f"{used[0]} is on an item of {self._catalog} already ({len(used)} of "
                    f"{self._count} are); begin at another number, or use a ledger, which passes "
                    "over them"
                )
        if self._ledger:
            reserved = sequence.reserve(self._ledger, self._range or "items", self._count, taken)
            found += self._stack.enter_context(reserved)
        return found

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def _taken(self) -> Callable[[str], bool]:
        if not self._catalog:
            return lambda number: False
        from techproc.catalog import Catalog  # noqa: PLC0415

        catalog = self._stack.enter_context(Catalog(self._catalog, readonly=True))
        return lambda number: bool(catalog.by_barcode(number))


def labels_from(source: str | None, kind: Kind) -> Iterator[Label]:
    """Yield the labels of a list or table; none without one."""
    if source:
        from techproc.labels.inputs import read_labels  # noqa: PLC0415

        yield from read_labels(read_list(source), kind, name=name_of_list(source))


def read_list(source: str) -> str:
    """Return the text of a file, or of standard input for -; a guess at its encoding is told."""
    text, findings = decode_list(read_bytes(source), name_of_list(source))
    for finding in findings:
        click.echo(str(finding), err=True)
    return text


def spines_of(
    call_numbers: Iterable[str],
    listed: Iterable[Label],
    items: ItemSource | None,
    options: Mapping[str, Any],
) -> Iterator[Label]:
    """Yield the labels of typed call numbers, of lists and of items, words above and below added."""
    from techproc.labels import SpineLabel  # noqa: PLC0415

    typed = (SpineLabel(call_number=number) for number in call_numbers)
    found: Iterable[Label] = itertools.chain(typed, listed)
    if items is not None and items.asks:
        found = itertools.chain(found, _spines(items.holdings(), options))
    elif items is not None and (options["field"] or options["prefix_for"] or items.item_profile):
        raise click.UsageError("--items, --field and --prefix-for go with --marc or --catalog")
    prefix, suffix = options["prefix"], options["suffix"]
    for label in found:
        if isinstance(label, SpineLabel) and (prefix or suffix):
            yield replace(label, prefix=label.prefix or prefix, suffix=label.suffix or suffix)
        else:
            yield label


def barcodes_of(
    values: Iterable[str], listed: Iterable[Label] = (), items: ItemSource | None = None
) -> Iterator[Label]:
    """Yield the barcode labels of typed or new numbers, of lists and of items."""
    from techproc.labels import BarcodeLabel  # noqa: PLC0415
    from techproc.report.labelitems import barcode_labels  # noqa: PLC0415

    yield from (BarcodeLabel(value=value) for value in values)
    yield from listed
    if items is not None and items.asks:
        yield from barcode_labels(items.holdings())


def pairs_of(items: ItemSource, options: Mapping[str, Any]) -> Iterator[Label]:
    """Yield the spine label and then the barcode label of each item."""
    from techproc.labels import BarcodeLabel, Unprintable  # noqa: PLC0415
    from techproc.report.holdings import Holding  # noqa: PLC0415

    for holding in items.holdings():
        if isinstance(holding, Unprintable):
            yield holding
            continue
        record, found = holding
        for item in found or (None,):
            yield from _spines([Holding(record, (item,) if item else ())], options)
            if item and item.barcode:
                yield BarcodeLabel(value=item.barcode, name=item.barcode)


def captioned(labels: Iterable[Label], line: str) -> Iterator[Label]:
    """Yield labels, those of barcodes with a line above the bars where they have none."""
    from techproc.labels import BarcodeLabel  # noqa: PLC0415

    for label in labels:
        if line and isinstance(label, BarcodeLabel):
            yield replace(label, caption=label.caption or line)
        else:
            yield label


def _spines(
    holdings: Iterable[Holding | Unprintable], options: Mapping[str, Any]
) -> Iterator[Label]:
    from techproc.report.labelitems import spine_labels  # noqa: PLC0415

    prefixes = {}
    for text in options["prefix_for"]:
        location, equals, prefix = text.partition("=")
        if not equals:
            raise click.UsageError(f"--prefix-for {text}: write LOCATION=TEXT")
        prefixes[location] = prefix
    return spine_labels(holdings, field=options["field"], prefixes=prefixes)

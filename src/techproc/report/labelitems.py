"""Labels for the items that records carry: the thin bridge from MARC to `techproc.labels`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pymarc import Record

from techproc.errors import LabelError
from techproc.findings import Finding, Severity
from techproc.labels import BarcodeLabel, SpineLabel, Unprintable
from techproc.marc.control import control_number
from techproc.marc.items import LocalItem, Profile, read_items
from techproc.marc.path import FieldPath
from techproc.report.holdings import Holding

__all__ = ["barcode_labels", "spine_labels", "title_and_author"]

Source = Record | Holding | Unprintable


def spine_labels(
    records: Iterable[Source],
    *,
    profile: Profile | None = None,
    field: str = "",
    prefixes: Mapping[str, str] | None = None,
    first_copy: bool = False,
) -> Iterator[SpineLabel | Unprintable]:
    """Yield a spine label for each item of each record, in order.

    Records come with the items that are wanted (`techproc.report.holdings`), or as they are: then
    items are those of the local fields of `profile` (`techproc.marc.items`; None: whichever the
    record has). With `field`, a path such as "050$ab", the number is read from there, one label for
    each field. `prefixes` turns a shelving location into the words above the number (REF → REF);
    copy "1" is printed only with `first_copy`. A record without a number yields a label without
    one, which printing then reports by the record's control number.
    """
    path = FieldPath.parse(field) if field else None
    for record, items in _held(records, profile):
        if isinstance(record, Unprintable):
            yield record
            continue
        control = control_number(record)
        title, author = title_and_author(record)
        if path:
            for number in path.texts(record) or [""]:
                yield SpineLabel(
                    call_number=number.strip(), title=title, author=author, name=control
                )
            continue
        for item in items or [LocalItem()]:
            copy = item.copy if first_copy or item.copy != "1" else ""
            yield SpineLabel(
                call_number=item.call_number,
                prefix=(prefixes or {}).get(item.location, ""),
                enumeration=item.enumeration,
                copy=copy,
                title=title,
                author=author,
                name=item.barcode or control,
            )


def barcode_labels(
    records: Iterable[Source], *, profile: Profile | None = None, caption: str = ""
) -> Iterator[BarcodeLabel | Unprintable]:
    """Yield a barcode label for each item that has a barcode.

    A record without one is said in a warning; raises LabelError when no record has one.
    """
    count = 0
    for record, items in _held(records, profile):
        if isinstance(record, Unprintable):
            yield record
            continue
        control = control_number(record)
        barcodes = [item.barcode for item in items if item.barcode]
        count += len(barcodes)
        for barcode in barcodes:
            yield BarcodeLabel(value=barcode, caption=caption, name=control)
        if not barcodes:
            yield Unprintable(
                finding=Finding(
                    rule="label.no-barcode",
                    severity=Severity.WARNING,
                    message=f"{title_and_author(record)[0] or 'the record'} has no item with a barcode",
                    fix="give its item one, or leave the record out",
                ),
                name=control,
            )
    if not count:
        raise LabelError("none of the records has an item with a barcode")


def _held(
    records: Iterable[Source], profile: Profile | None
) -> Iterator[tuple[Record | Unprintable, Iterable[LocalItem]]]:
    for source in records:
        if isinstance(source, Holding):
            yield source
        elif isinstance(source, Unprintable):
            yield source, ()
        else:
            yield source, read_items(source, profile)


def title_and_author(record: Record) -> tuple[str, str]:
    """Return title proper (245 $a) and main entry of a record, as a pocket label has them."""
    title = record.get("245")
    author = next((record[tag] for tag in ("100", "110", "111") if tag in record), None)
    return (
        (title.get("a") or "").rstrip(" /:;,=") if title is not None else "",
        (author.get("a") or "").rstrip(" ,") if author is not None else "",
    )

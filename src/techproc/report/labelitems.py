"""Labels for the items that records carry: the thin bridge from MARC to `techproc.labels`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pymarc import Record

from techproc.errors import LabelError
from techproc.labels import BarcodeLabel, SpineLabel
from techproc.marc.items import LocalItem, Profile, read_items
from techproc.marc.path import FieldPath

__all__ = ["barcode_labels", "spine_labels"]


def spine_labels(
    records: Iterable[Record],
    *,
    profile: Profile | None = None,
    field: str = "",
    prefixes: Mapping[str, str] | None = None,
    first_copy: bool = False,
) -> Iterator[SpineLabel]:
    """Yield a spine label for each item of each record, in order.

    Items come from the local fields of `profile` (`techproc.marc.items`; None: whichever the record
    has); with `field`, a path such as "050$ab", the number is read from there, one label for each
    field. `prefixes` turns a shelving location into the words above the number (REF → REF);
    copy "1" is printed only with `first_copy`. A record without a number yields a label without
    one, which printing then reports by the record's control number.
    """
    for record in records:
        control = _control(record)
        title = _title(record)
        if field:
            found = FieldPath.parse(field).texts(record) or [""]
            for number in found:
                yield SpineLabel(call_number=number.strip(), title=title, name=control)
            continue
        items = read_items(record, profile) or [LocalItem()]
        for item in items:
            copy = item.copy if first_copy or item.copy != "1" else ""
            yield SpineLabel(
                call_number=item.call_number,
                prefix=(prefixes or {}).get(item.location, ""),
                enumeration=item.enumeration,
                copy=copy,
                title=title,
                author=_author(record),
                name=item.barcode or control,
            )


def barcode_labels(
    records: Iterable[Record], *, profile: Profile | None = None, caption: str = ""
) -> Iterator[BarcodeLabel]:
    """Yield a barcode label for each item that has a barcode, its title above the bars.

    Raises LabelError when none of the records has one.
    """
    count = 0
    for record in records:
        for item in read_items(record, profile):
            if item.barcode:
                count += 1
                yield BarcodeLabel(value=item.barcode, caption=caption, name=_control(record))
    if not count:
        raise LabelError("none of the records has an item with a barcode")


def _control(record: Record) -> str:
    field = record.get("001")
    return field.data.strip() if field is not None and field.data else ""


def _title(record: Record) -> str:
    field = record.get("245")
    return (field.get("a") or "").rstrip(" /:;,=") if field is not None else ""


def _author(record: Record) -> str:
    field = next((record[tag] for tag in ("100", "110", "111") if tag in record), None)
    return (field.get("a") or "").rstrip(" ,") if field is not None else ""

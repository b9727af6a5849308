"""Finishing: the local item field, the barcode, and the checks before a record is written."""

from __future__ import annotations

from dataclasses import asdict, replace

from pymarc import Field, Indicators, Record

from techproc import marc
from techproc.errors import RecordTooLarge
from techproc.identifiers import barcode
from techproc.lists import mangled
from techproc.marc.items import LocalItem, add_item, remove_items, unread
from techproc.process.case import Case
from techproc.process.desk import Desk
from techproc.process.numbering import Number

__all__ = ["finish"]


def finish(case: Case, desk: Desk, number: Number) -> bytes | None:
    """Add the items to the record, check it, and return it as ISO 2709; None when that is too long.

    What stands on a shelf gets an item even without a barcode: the item field is where library
    systems look for the call number. A copy of a held record carries its own items alone, so that
    loading it adds them and repeats none.
    """
    record = case.record
    assert record is not None
    policy = desk.policy
    kept = unread(record)
    remove_items(record)
    for field in kept if case.joins else ():
        record.remove_field(field)
    for item in _items(case, desk, number):
        _check_barcode(case, desk, item.barcode)
        case.detail["items"].append({"item": asdict(item), "profile": policy.items.profile})
        add_item(record, item, policy.items.profile)
    if policy.library.organization and not case.joins:
        _sign(record, policy.library.organization)
    if not case.described.title:
        case.find("marc.no-title", "the record has no title", path="245$a", fix="add the title")
    try:
        return marc.encode(record)
    except RecordTooLarge as error:
        case.find("marc.too-large", str(error), fix="load it as MARCXML, or shorten it")
        return None


def _items(case: Case, desk: Desk, number: Number) -> list[LocalItem]:
    """Return the items with what the call number and the policy add to what arrived."""
    policy = desk.policy.items
    items = case.arrival.items
    if not items and case.described.carrier != "online":
        items = (LocalItem(),)
    return [
        replace(
            item,
            call_number=number.call_number,
            class_part=number.class_part,
            scheme=number.scheme,
            branch=item.branch or policy.branch,
            location=item.location or policy.location,
            item_type=item.item_type or policy.item_type,
        )
        for item in items
    ]


def _check_barcode(case: Case, desk: Desk, number: str) -> None:
    if not number:
        return
    if mangled(number):
        case.find(
            "barcode.rounded",
            f"{number} is a number that a spreadsheet has rounded; its digits are lost",
            path="barcode",
            fix="set the column's format to text, scan the label again and export anew",
        )
    elif fault := barcode.check(number, desk.policy.items.barcode_check):
        case.findings.append(fault.at(path="barcode"))
    own = {item["item"]["barcode"] for item in case.detail["items"]}
    holder = "another item of this record" if number in own else desk.barcode_holder(number)
    if holder:
        case.find(
            "barcode.used",
            f"barcode {number} is on {holder} already",
            path="barcode",
            fix="scan the label again, or put a new one on the item",
        )


def _sign(record: Record, organization: str) -> None:
    """Add the library as the latest to modify the record (040 $d), unless it is that already."""
    field = record.get("040")
    if field is None:
        field = Field("040", Indicators(" ", " "), [])
        record.add_ordered_field(field)
    if field.get_subfields("d")[-1:] != [organization]:
        field.add_subfield("d", organization)

"""Local item fields: the copy that a library system loads with a record.

Three profiles, each reading what it writes:

- ``koha``: 952 (Koha manual, "Import item data"): $a home and $b holding library, $c location,
  $d date acquired, $o call number, $p barcode, $t copy, $y item type, $g price, $h enumeration,
  $2 scheme.
- ``evergreen``: 852 (Evergreen's stock "852 export format" of item import): $b owning and
  circulating library, $c location, $j call number, $p barcode, $t copy, $g modifier, $y price.
- ``plain``: MARC 21 holdings embedded in the bibliographic record: 852 $b $c $h $i $t with 876
  $p $c $d $t $3, the n-th 852 belonging to the n-th 876. It has no place for an item type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from pymarc import Field, Indicators, Record, Subfield

__all__ = [
    "LocalItem",
    "Profile",
    "add_item",
    "item_date",
    "item_fields",
    "read_items",
    "remove_items",
    "uncarried",
    "unread",
]

Profile = Literal["koha", "evergreen", "plain"]
_DATE = re.compile(r"([12]\d{3})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])", re.ASCII)

# 852 first indicator: shelving scheme (MARC 21 Holdings, 852); Koha's 952 $2 source codes.
_SHELVING_SCHEME = {"lcc": "0", "ddc": "1", "nlm": "2", "sudoc": "3"}
_KOHA_SCHEME = {"lcc": "lcc", "ddc": "ddc", "nlm": "nlm", "sudoc": "sudocs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalItem:
    """One copy; every value is text, empty where it is not known.

    `class_part` is the leading part of `call_number` that is the class number; profiles with
    separate subfields for class and item number need it.
    """

    barcode: str = ""
    call_number: str = ""
    class_part: str = ""
    scheme: str = ""
    branch: str = ""
    location: str = ""
    item_type: str = ""
    copy: str = ""
    price: str = ""
    enumeration: str = ""
    acquired: str = ""  # as the record has it; `item_date` reads it


def read_items(record: Record, profile: Profile | None = None) -> list[LocalItem]:
    """Return the items that a record carries, by one profile or by whichever fields it has.

    Without a profile 952 wins when it holds a barcode or a call number; 852 with $h is plain,
    with $j Evergreen's.
    """
    chosen = profile or _detect(record)
    return [_READERS[chosen](*fields) for fields in _carriers(record, chosen)]


def item_fields(item: LocalItem, profile: Profile) -> list[Field]:
    """Return the fields that carry an item under a profile.

    >>> item = LocalItem(barcode="30001000000018", call_number="QA76 .K5", branch="MAIN")
    >>> item_fields(item, "koha")[0]["p"]
    '30001000000018'
    """
    return _WRITERS[profile](item)


def item_date(item: LocalItem, record: Record) -> str:
    """Return when an item came, as YYYY-MM-DD: its date of acquisition, else that of its record.

    The record's is that of its latest change (005). "" where neither is a date.
    """
    control = record.get("005")
    changed = control.data if control is not None else ""
    for text in (item.acquired, changed or ""):
        if match := _DATE.match(text):
            return "-".join(match.groups())
    return ""


def add_item(record: Record, item: LocalItem, profile: Profile) -> None:
    """Add an item's fields to a record, after what it has."""
    record.fields += item_fields(item, profile)


def remove_items(record: Record, profile: Profile | None = None) -> None:
    """Remove the fields that `read_items` reads, and no others."""
    gone = {id(field) for field in _item_fields(record, profile)}
    record.fields = [field for field in record.fields if id(field) not in gone]


def unread(record: Record, profile: Profile | None = None) -> list[Field]:
    """Return the fields of a profile's tags that `read_items` makes no item of."""
    read = {id(field) for field in _item_fields(record, profile)}
    tags = _TAGS[profile or _detect(record)]
    return [field for field in record.get_fields(*tags) if id(field) not in read]


def _item_fields(record: Record, profile: Profile | None) -> list[Field]:
    return [f for fields in _carriers(record, profile or _detect(record)) for f in fields]


def uncarried(record: Record, profile: Profile | None = None) -> list[tuple[str, str]]:
    """Return what the item fields of a record say and its `LocalItem` values do not.

    Each is a path and a value: ("952$e", "Vendor"). Writing the items anew leaves these out.
    """
    chosen = profile or _detect(record)
    found = []
    for fields in _carriers(record, chosen):
        written = item_fields(_READERS[chosen](*fields), chosen)
        carried = {subfield.value for field in written for subfield in field.subfields}
        found += [
            (f"{field.tag}${subfield.code}", subfield.value)
            for field in fields
            for subfield in field.subfields
            if subfield.value.strip() and subfield.value not in carried
        ]
    return found


def _detect(record: Record) -> Profile:
    if any(field.get(code) for field in record.get_fields("952") for code in "po"):
        return "koha"
    if any(field.get("h") for field in record.get_fields("852")):
        return "plain"
    return "evergreen"


def _carriers(record: Record, profile: Profile) -> list[tuple[Field, ...]]:
    """Return the fields of each item: one, or 852 with its 876."""
    if profile == "plain":
        places, pieces = record.get_fields("852"), record.get_fields("876")
        return [(place, *pieces[n : n + 1]) for n, place in enumerate(places)]
    tag, codes = ("952", "po") if profile == "koha" else ("852", "pj")
    return [(f,) for f in record.get_fields(tag) if any(f.get(code) for code in codes)]


def _read_koha(field: Field) -> LocalItem:
    schemes = {code: scheme for scheme, code in _KOHA_SCHEME.items()}
    return LocalItem(
        barcode=field.get("p") or "",
        call_number=field.get("o") or "",
        scheme=schemes.get(field.get("2") or "", ""),
        branch=field.get("a") or field.get("b") or "",
        location=field.get("c") or "",
        item_type=field.get("y") or "",
        copy=field.get("t") or "",
        price=field.get("g") or "",
        enumeration=field.get("h") or "",
        acquired=field.get("d") or "",
    )


def _write_koha(item: LocalItem) -> list[Field]:
    return [
        _field(
            "952",
            "  ",
            ("2", _KOHA_SCHEME.get(item.scheme, "")),
            ("a", item.branch),
            ("b", item.branch),
            ("c", item.location),
            ("d", item.acquired),
            ("g", item.price),
            ("h", item.enumeration),
            ("o", item.call_number),
            ("p", item.barcode),
            ("t", item.copy),
            ("y", item.item_type),
        )
    ]


def _read_evergreen(field: Field) -> LocalItem:
    schemes = {code: scheme for scheme, code in _SHELVING_SCHEME.items()}
    return LocalItem(
        barcode=field.get("p") or "",
        call_number=field.get("j") or "",
        scheme=schemes.get(field.indicator1, ""),
        branch=field.get("b") or "",
        location=field.get("c") or "",
        item_type=field.get("g") or "",
        copy=field.get("t") or "",
        price=field.get("y") or "",
    )


def _write_evergreen(item: LocalItem) -> list[Field]:
    number = " ".join(part for part in (item.call_number, item.enumeration) if part)
    return [
        _field(
            "852",
            _SHELVING_SCHEME.get(item.scheme, " ") + " ",
            ("b", item.branch),
            ("b", item.branch),
            ("c", item.location),
            ("g", item.item_type),
            ("j", number),
            ("p", item.barcode),
            ("t", item.copy),
            ("y", item.price),
        )
    ]


def _read_plain(place: Field, piece: Field | None = None) -> LocalItem:
    schemes = {code: scheme for scheme, code in _SHELVING_SCHEME.items()}
    piece = piece or Field("876", Indicators(" ", " "), [])
    class_part, item_part = place.get("h") or "", place.get("i") or ""
    return LocalItem(
        barcode=piece.get("p") or place.get("p") or "",
        call_number=" ".join(part for part in (class_part, item_part) if part),
        class_part=class_part,
        scheme=schemes.get(place.indicator1, ""),
        branch=place.get("b") or "",
        location=place.get("c") or "",
        copy=place.get("t") or piece.get("t") or "",
        price=piece.get("c") or "",
        enumeration=piece.get("3") or "",
        acquired=piece.get("d") or "",
    )


def _write_plain(item: LocalItem) -> list[Field]:
    class_part = item.class_part or item.call_number
    return [
        _field(
            "852",
            _SHELVING_SCHEME.get(item.scheme, " ") + " ",
            ("b", item.branch),
            ("c", item.location),
            ("h", class_part),
            ("i", item.call_number.removeprefix(class_part).strip()),
            ("t", item.copy),
        ),
        _field(
            "876",
            "  ",
            ("3", item.enumeration),
            ("c", item.price),
            ("d", item.acquired),
            ("p", item.barcode),
            ("t", item.copy),
        ),
    ]


def _field(tag: str, indicators: str, *subfields: tuple[str, str]) -> Field:
    return Field(tag, Indicators(*indicators), _present(subfields))


def _present(subfields: Iterable[tuple[str, str]]) -> list[Subfield]:
    return [Subfield(code, value) for code, value in subfields if value]


_TAGS: dict[str, tuple[str, ...]] = {
    "koha": ("952",),
    "evergreen": ("852",),
    "plain": ("852", "876"),
}
_READERS: dict[str, Callable[..., LocalItem]] = {
    "koha": _read_koha,
    "evergreen": _read_evergreen,
    "plain": _read_plain,
}
_WRITERS: dict[str, Callable[[LocalItem], list[Field]]] = {
    "koha": _write_koha,
    "evergreen": _write_evergreen,
    "plain": _write_plain,
}

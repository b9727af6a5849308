"""The item in hand, as a person types it from the title page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

__all__ = ["ELEMENTS", "Item"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What was typed from an item; "" means not typed, which is never held against a record.

    `date` may be "©2004" or "1998 (2005 printing)"; `extent` "345 p.", "2 v.", "1 online resource";
    `language` a MARC code, an ISO code or a name; `author` one or several names in any order.
    """

    title: str = ""
    author: str = ""
    publisher: str = ""
    date: str = ""
    edition: str = ""
    isbn: str = ""
    extent: str = ""
    series: str = ""
    language: str = ""

    @classmethod
    def from_mapping(cls, cells: Mapping[str, object]) -> Item:
        """Return the item of a row or JSON object; other keys are left, None and blanks are "".

        >>> Item.from_mapping({"title": " Emma ", "barcode": "1", "date": 1816})
        Item(title='Emma', author='', publisher='', date='1816', edition='', isbn='', extent='', \
series='', language='')
        """
        values = {name: cells.get(name) for name in ELEMENTS}
        return cls(**{name: str(v).strip() for name, v in values.items() if v is not None})


ELEMENTS: tuple[str, ...] = tuple(f.name for f in fields(Item))

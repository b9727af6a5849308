"""The number by which a record is called: its 001."""

from __future__ import annotations

import pymarc

__all__ = ["control_number"]


def control_number(record: pymarc.Record | None) -> str:
    """Return the 001 of a record without the blanks around it; "" where there is none.

    >>> record = pymarc.Record()
    >>> record.add_field(pymarc.Field("001", data="   00046303 "))
    >>> control_number(record), control_number(pymarc.Record())
    ('00046303', '')
    """
    field = record.get("001") if record is not None else None
    return (field.data or "").strip() if field is not None else ""

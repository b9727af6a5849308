"""The table by which the scanner screens fields: what it finds to be sound needs no second look.

A row for each tag from 000 to 999: the indicators allowed (two sets of bits), then for each ASCII
character as a subfield code 0 (look at it), 1 (once) or 2 (as often as one likes); the first of
these bytes, for code 0, is 1 in the rows of control fields that are defined. Then the subfields of
which one must be there (bits; the first bit: none must), the indicator whose value 7 refers to $2,
whether $2 goes with that value alone, whether blanks are looked at, and up to three subfields, each
with the four marks (one maybe twice) of which one must end the subfield before it; whether brackets
without a partner are looked at, and whether the field may stand once only. 4 is added to the kind
of a subfield whose value is looked at; a byte says that only what is not plainly an ISBN is. The
last byte is the glance that passes whole fields which are plainly right (`GLANCES`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from techproc.marc.schema import FieldRule, Schema, is_local

__all__ = ["GLANCES", "Marks", "local_pattern", "screening_table"]

_ROW, _KINDS, _MAIN, _SOURCE, _ONLY_7, _BLANKS, _BEFORE = 198, 32, 160, 176, 177, 178, 179
_BRACKETS, _ONCE, _ISBN, _GLANCE = 194, 195, 196, 197
GLANCES = ("", "lcc", "ddc", "name", "title", "cataloguing source")


class Marks(NamedTuple):
    """What is screened for beyond the schema, for one tag."""

    main: str = ""  # subfields of which one must be there
    source: int = 0  # the indicator whose value 7 refers to $2
    only_7: bool = False
    blanks: bool = False
    brackets: bool = False
    values: str = ""  # subfields whose values are looked at
    isbn: bool = False  # only such of them as are not plainly valid ISBNs
    glance: str = ""  # one of GLANCES, by which whole fields are told that are plainly right
    before: Mapping[str, str] = MappingProxyType({})  # subfield: marks that end what is before it


def screening_table(
    schema: Schema,
    local: re.Pattern[str] | None = None,
    marks: Mapping[str, Marks] | None = None,
) -> bytes:
    """Return the table of a schema; the tags of `local`, and those with a 9, take anything."""
    rows = []
    for number in range(1000):
        tag = f"{number:03d}"
        rule = schema.fields.get(tag)
        if local is not None and local.fullmatch(tag):
            rows.append(_free_row(tag))
        elif rule is not None:
            rows.append(_row(rule, (marks or {}).get(tag, Marks())))
        elif is_local(tag):
            rows.append(_free_row(tag))
        else:
            rows.append(bytes(_ROW))
    return b"".join(rows)


def local_pattern(tags: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern of local tags, in which X stands for any digit or letter.

    >>> bool(local_pattern(["85X"]).fullmatch("859"))
    True
    """
    spelt = [re.escape(tag).replace("X", "[0-9A-Za-z]") for tag in tags]
    return re.compile("|".join(spelt)) if spelt else None


def _free_row(tag: str) -> bytes:
    """Return the row of a field that takes anything but emptiness and control characters."""
    row = bytearray(_ROW)
    row[:_KINDS] = bytes([255] * _KINDS)
    row[_KINDS:_MAIN] = bytes([tag.startswith("00")] + [2] * 127)
    row[_MAIN] = 1
    return bytes(row)


def _row(rule: FieldRule, marks: Marks) -> bytes:
    row = bytearray(_ROW)
    row[_ONCE] = not rule.repeatable
    if rule.obsolete:
        return bytes(row)
    if rule.any_subfield:
        return _free_row(rule.tag)
    if rule.indicators is None:
        row[_KINDS] = 1
        return bytes(row)
    for which, codes in enumerate(rule.indicators):
        for code, obsolete in codes.items():
            if not obsolete:
                _set(row, 16 * which, code)
    row[_KINDS + ord("9")] = 2  # local by MARC's own rule
    for code, repeatable in rule.subfields.items():
        if code.isascii():
            kind = 0 if code in rule.obsolete_subfields else 1 + repeatable
            row[_KINDS + ord(code)] = kind
    for code in marks.values:
        if row[_KINDS + ord(code)]:
            row[_KINDS + ord(code)] |= 4
    row[_BRACKETS], row[_ISBN] = marks.brackets, marks.isbn
    row[_GLANCE] = GLANCES.index(marks.glance)
    for code in marks.main or "\0":
        _set(row, _MAIN, code)
    row[_SOURCE], row[_ONLY_7], row[_BLANKS] = marks.source, marks.only_7, marks.blanks
    for i, (code, ends) in enumerate(marks.before.items()):
        at = _BEFORE + 5 * i
        row[at : at + 5] = (code + ends.ljust(4, ends[-1])).encode("ascii")
    return bytes(row)


def _set(row: bytearray, start: int, code: str) -> None:
    if len(code) == 1 and code.isascii():
        row[start + (ord(code) >> 3)] |= 1 << (ord(code) & 7)

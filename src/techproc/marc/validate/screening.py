"""The table by which the scanner screens fields: what it finds to be sound needs no second look.

A row for each tag from 000 to 999: the indicators allowed (two sets of bits), then for each ASCII
character as a subfield code 0 (look at it), 1 (once) or 2 (as often as one likes), and 4 times what
its value is to be (`VALUES`); the first of these bytes, for code 0, is 1 in the rows of control
fields that are defined. Then the subfields of which one must be there (bits; the first bit: none
must), the indicator whose value 7 refers to $2, whether $2 goes with that value alone, whether
blanks are looked at, and up to three subfields, each with the four marks (one maybe twice) of which
one must end the subfield before it; whether brackets without a partner are looked at, whether the
field may stand once only, whether marks of ISBD are looked at. The last bytes are the glance that
passes whole fields which are plainly right (`GLANCES`), and a bit for each field that must be there.

After the rows come all of those bits, then the lists of codes (`LISTS`): the width of its entries,
how many there are, and the entries in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from techproc.marc.schema import FieldRule, Schema, code_list, is_local
from techproc.marc.schema.codes import CARRIER_TYPES, CONTENT_TYPES, MEDIA_TYPES

__all__ = ["GLANCES", "LISTS", "VALUES", "Marks", "local_pattern", "screening_table"]

_ROW, _KINDS, _MAIN, _SOURCE, _ONLY_7, _BLANKS, _BEFORE = 199, 32, 160, 176, 177, 178, 179
_BRACKETS, _ONCE, _UNMARKED, _GLANCE, _NEEDED = 194, 195, 196, 197, 198
_MOST_NEEDED = 7
# Lists of codes, each with the kind of value it is; those of terms are looked up for 33X as a whole.
LISTS = ("languages", "countries", "areas", "relators", "subject-sources", "authentication",
         "conventions", "terms", "term names", "term codes")  # fmt: skip
VALUES = ("", "anything", "isbn", "issn", "linked issn", "address", "lccn", "system number", "dewey",
          "edition", *LISTS)  # fmt: skip
GLANCES = ("", "lcc", "edition named", "name", "title", "translated", "dependent", "addressed",
           "other number", "counted", "rda")  # fmt: skip


class Marks(NamedTuple):
    """What is screened for beyond the schema, for one tag."""

    main: str = ""  # subfields of which one must be there
    source: int = 0  # the indicator whose value 7 refers to $2
    only_7: bool = False
    blanks: bool = False
    brackets: bool = False
    unmarked: bool = False
    values: Mapping[str, str] = MappingProxyType({})  # subfield: one of VALUES, what it is to be
    glance: str = ""  # one of GLANCES, by which whole fields are told that are plainly right
    before: Mapping[str, str] = MappingProxyType({})  # subfield: marks that end what is before it


def screening_table(
    schema: Schema,
    local: re.Pattern[str] | None = None,
    marks: Mapping[str, Marks] | None = None,
) -> bytes:
    """Return the table of a schema; the tags of `local`, and those with a 9, take anything.

    A record must have 001, 008, 245 and what the schema requires; where that is too much for the
    table's bits, every record is looked at for it.
    """
    rows = []
    marks = marks or {}
    unknown = bytes(_marked(bytearray(_ROW), Marks()))
    needed = sorted({"001", "008", "245", *schema.required})
    for number in range(1000):
        tag = f"{number:03d}"
        rule = schema.fields.get(tag)
        if local is not None and local.fullmatch(tag):
            row = _free_row(tag)
        elif rule is not None:
            row = _row(rule, marks.get(tag, Marks()))
        elif is_local(tag):
            row = _free_row(tag)
        else:
            row = _marked(bytearray(_ROW), marks[tag]) if tag in marks else bytearray(unknown)
        if tag in needed[:_MOST_NEEDED]:
            row[_NEEDED] = 1 << needed.index(tag)
        rows.append(bytes(row))
    all_needed = (1 << len(needed)) - 1 if len(needed) <= _MOST_NEEDED else 0xFF
    return b"".join([*rows, bytes([all_needed]), _lists()])


@cache
def _lists() -> bytes:
    packed = []
    for name in LISTS:
        entries = sorted(_entries(name))
        width = max(map(len, entries))
        head = bytes([width]) + len(entries).to_bytes(2, "little")
        packed += [head, *(entry.ljust(width, b"\0") for entry in entries)]
    return b"".join(packed)


def _entries(name: str) -> set[bytes]:
    if name.startswith("term"):  # with the last figure of their tag
        listed = {"6": CONTENT_TYPES, "7": MEDIA_TYPES, "8": CARRIER_TYPES}
        form = {"terms": "{0}{1}\x1fb{2}", "term names": "{0}{1}", "term codes": "{0}{2}"}[name]
        spelt = {
            form.format(tag, term, code)
            for tag, terms in listed.items()
            for code, term in terms.items()
        }
    else:
        spelt = set(code_list(name).current)
        if name == "areas":
            spelt = {code.ljust(7, "-") for code in spelt}
    return {code.encode() for code in spelt}


def local_pattern(tags: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern of local tags, in which X stands for any digit or letter.

    >>> bool(local_pattern(["85X"]).fullmatch("859"))
    True
    """
    spelt = [re.escape(tag).replace("X", "[0-9A-Za-z]") for tag in tags]
    return re.compile("|".join(spelt)) if spelt else None


def _free_row(tag: str) -> bytearray:
    """Return the row of a field that takes anything but emptiness and control characters."""
    row = bytearray(_ROW)
    row[:_KINDS] = bytes([255] * _KINDS)
    row[_KINDS:_MAIN] = bytes([tag.startswith("00")] + [2] * 127)
    row[_MAIN] = 1
    return row


def _row(rule: FieldRule, marks: Marks) -> bytearray:
    row = bytearray(_ROW)
    row[_ONCE] = not rule.repeatable
    if rule.obsolete:
        return _marked(row, marks)
    if rule.any_subfield:
        return _free_row(rule.tag)
    if rule.indicators is None:
        row[_KINDS] = 1
        return row
    for which, codes in enumerate(rule.indicators):
        for code, obsolete in codes.items():
            if not obsolete:
                _set(row, 16 * which, code)
    row[_KINDS + ord("9")] = 2  # local by MARC's own rule
    for code, repeatable in rule.subfields.items():
        if code.isascii():
            kind = 0 if code in rule.obsolete_subfields else 1 + repeatable
            row[_KINDS + ord(code)] = kind
    return _marked(row, marks)


def _marked(row: bytearray, marks: Marks) -> bytearray:
    for code, value in marks.values.items():
        row[_KINDS + ord(code)] |= VALUES.index(value) << 2
    row[_BRACKETS], row[_UNMARKED] = marks.brackets, marks.unmarked
    row[_GLANCE] = GLANCES.index(marks.glance)
    for code in marks.main or "\0":
        _set(row, _MAIN, code)
    row[_SOURCE], row[_ONLY_7], row[_BLANKS] = marks.source, marks.only_7, marks.blanks
    for i, (code, ends) in enumerate(marks.before.items()):
        at = _BEFORE + 5 * i
        row[at : at + 5] = (code + ends.ljust(4, ends[-1])).encode("ascii")
    return row


def _set(row: bytearray, start: int, code: str) -> None:
    if len(code) == 1 and code.isascii():
        row[start + (ord(code) >> 3)] |= 1 << (ord(code) & 7)

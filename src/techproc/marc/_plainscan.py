"""The scanner's core in Python: the same functions as the C module `_scan`, with the same results.

A record is "plain" when its structure is right in every respect, its fields follow each other in
the order of the directory, every field has its indicators and subfields, and its text is ASCII or,
flagged so, valid UTF-8 without a sign of double encoding. The tests hold both to the same answers.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from techproc.marc._plainscreen import EVERY_REASON, LINKED, screen, stands_once

__all__ = [
    "ask",
    "by_tag",
    "deltas",
    "examine",
    "fields",
    "gather",
    "grouped",
    "labels",
    "load",
    "rewrite",
    "run",
    "screen",
    "subfields",
    "xml_record",
]

_ENTRIES = re.compile(rb"(?:[\x21-\x7e]{3}[0-9]{9})+")
_LEADER = re.compile(rb"[0-9]{5}[\x20-\x7e]{7}[0-9]{5}[\x20-\x7e]{7}")
_PADDING = b"\r\n\t \x00\x1a\x1d\x1e\xef"  # what padding may begin with
_CONTROL = re.compile(rb"[^\x00-\x1a\x1c-\x1f]*")
_DATA = re.compile(rb"[\x20-\x7e]{2}(?:\x1f[\x21-\x7e][^\x00-\x1a\x1c-\x1f]*)+")
_SUSPECT = re.compile(b"\xc3(?:[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]|[\xa8\xa2\xa1\xaa][aeiouAEIOU])")
_MARC8_ONLY = re.compile(rb"\x1b|&#x")


def _is_control(tag: bytes) -> bool:
    return tag[:2] == b"00" and tag.isdigit()


def _plain_record(  # noqa: PLR0911 (a list of conditions)
    data: bytes | memoryview, at: int, final: bool
) -> tuple[bytes, bool, list[tuple[bytes, bytes]]] | None:
    """Return the plain record at `at`, whether it is ASCII, and its fields; None for any other."""
    head = bytes(data[at : at + 24])
    if not _LEADER.fullmatch(head):
        return None
    size, base = int(head[:5]), int(head[12:17])
    left = len(data) - at
    if size < 38 or size > left or not 37 <= base < size or (base - 25) % 12:
        return None
    if not final if size == left else data[at + size] in _PADDING:
        return None
    raw = bytes(data[at : at + size])
    directory, *parts = raw[24:-1].split(b"\x1e")
    if (
        raw[-2:] != b"\x1e\x1d"
        or len(directory) != base - 25
        or not _ENTRIES.fullmatch(directory)
        or 12 * (len(parts) - 1) != len(directory)
    ):
        return None
    start = 0
    found = []
    for i, part in enumerate(parts[:-1]):
        entry = directory[12 * i : 12 * i + 12]
        if entry[3:] != b"%04d%05d" % (len(part) + 1, start):
            return None
        form = _CONTROL if _is_control(entry[:3]) else _DATA
        if not form.fullmatch(part):
            return None
        start += len(part) + 1
        found.append((entry[:3], part))
    text = raw[base:]
    ascii_only = text.isascii()
    if raw[9] != 0x61:
        if not ascii_only or _MARC8_ONLY.search(text):
            return None
    elif not ascii_only:
        if _SUSPECT.search(text):
            return None
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            return None
    return raw, ascii_only, found


def run(
    data: bytes | memoryview, at: int, final: bool, most: int
) -> tuple[list[tuple[bytes, bool]], int]:
    """Return the plain records that follow each other from `at` on, and the place after them."""
    found: list[tuple[bytes, bool]] = []
    while len(found) < most and (record := _plain_record(data, at, final)):
        found.append(record[:2])
        at += len(record[0])
    return found, at


def load(
    data: bytes | memoryview,
    at: int,
    final: bool,
    most: int,
    number: int,
    offset: int,
    record: tuple[type, dict[str, Any]],
    item: tuple[type, dict[str, Any]],
) -> tuple[list[Any], int]:
    """Make an item of each plain record, without calling the classes; return the place after."""
    found, after = run(data, at, final, most)
    items = []
    for raw, ascii_only in found:
        held = _made(*record, raw=raw)
        encoding = "ascii" if ascii_only else "utf-8"
        each: dict[str, Any] = {"number": number, "offset": offset, "length": len(raw)}
        items.append(_made(*item, record=held, raw=raw, encoding=encoding, **each))
        number += 1
        offset += len(raw)
    return items, after


def _made(kind: type, common: dict[str, Any], **own: Any) -> Any:
    made: Any = object.__new__(kind)
    for name, value in {**common, **own}.items():
        object.__setattr__(made, name, value)
    return made


def fields(record: bytes) -> tuple[list[str], list[str]]:
    """Return the tags of a plain record's fields, and their texts without terminators."""
    plain = _plain_record(record, 0, True)
    if plain is None:
        raise ValueError("not a plain record")
    found = plain[2]
    return [tag.decode() for tag, _ in found], [part.decode() for _, part in found]


# (indicators, codes, values)
DataField = tuple[str, str, tuple[str, ...]]
# What is asked for: (tags, codes, how)
Query = tuple[tuple[str, ...], str, str]


def grouped(record: bytes, tags: bytes) -> tuple[dict[str, list[str]], dict[str, list[DataField]]]:
    """Return a plain record's fields of the wanted tags: control fields and data fields by tag."""
    plain = _plain_record(record, 0, True)
    if plain is None:
        raise ValueError("not a plain record")
    wanted = {tags[at : at + 3] for at in range(0, len(tags), 3)}
    control: dict[str, list[str]] = {}
    data: dict[str, list[DataField]] = {}
    for tag, part in plain[2]:
        if tag not in wanted:
            continue
        if _is_control(tag):
            control.setdefault(tag.decode(), []).append(part.decode())
        else:
            marks, *subfields = part.decode().split("\x1f")
            codes = "".join([one[0] for one in subfields])
            values = tuple([one[1:] for one in subfields])
            data.setdefault(tag.decode(), []).append((marks, codes, values))
    return control, data


def ask(
    data: dict[str, list[DataField]], queries: tuple[Query, ...]
) -> list[list[str] | str | None]:
    """Return what is asked for of data fields, as a list, or as one text with `t` in `how`.

    With `1` of the first field of each tag alone, with `o` not where the second indicator is 6.
    """
    answers: list[list[str] | str | None] = []
    for tags, wanted, how in queries:
        found: list[str] = []
        for tag in tags:
            fields = data.get(tag, [])
            for marks, codes, values in fields[:1] if "1" in how else fields:
                if "o" not in how or marks[1:2] != "6":
                    found += [v for c, v in zip(codes, values, strict=True) if c in wanted]
        answers.append(found if "t" not in how else " ".join(found) if found else None)
    return answers


def gather(
    data: bytes | memoryview,
    at: int,
    final: bool,
    most: int,
    columns: Sequence[tuple[bytes, bytes]],
    odd: Callable[[int, int, int], tuple[int, Sequence[list[bytes]] | None] | None] | None = None,
) -> tuple[int, int, list[tuple[bytes, bytes, bytes]]]:
    """Collect fields of plain records as values, their ends, and how many each record had.

    `odd` reads those that are not plain: see the C core.
    """
    values = [bytearray() for _ in columns]
    offsets = [array("i", [0]) for _ in columns]
    lists = [array("i", [0]) for _ in columns]
    records = 0
    while records < most:
        found: Sequence[list[bytes]] | None
        if record := _plain_record(data, at, final):
            at += len(record[0])
            found = [
                [
                    value
                    for tag, part in record[2]
                    if tag == wanted
                    for value in _values(part, codes)
                ]
                for wanted, codes in columns
            ]
        elif at >= len(data) or not (answer := odd and odd(at, records, 0)):
            break
        else:
            at, found = answer
        if found is None:
            continue
        for given, held, ends, counts in zip(found, values, offsets, lists, strict=True):
            for value in given:
                held.extend(value)
                ends.append(len(held))
            counts.append(len(ends) - 1)
        records += 1
    results = [
        (bytes(v), o.tobytes(), n.tobytes()) for v, o, n in zip(values, offsets, lists, strict=True)
    ]
    return at, records, results


def _values(part: bytes, codes: bytes) -> list[bytes]:
    if not codes:
        return [part]
    return [sub[1:] for sub in part[3:].split(b"\x1f") if sub[0] in codes] if part[2:3] else []


def subfields(
    data: bytes | memoryview,
    at: int,
    final: bool,
    most: int,
    odd: Callable[[int, int, int], tuple[int, tuple[bytes, ...] | None] | None] | None = None,
) -> tuple[int, int, tuple[bytes, ...]]:
    """Take plain records apart into columns, a row for each subfield or control field.

    `odd` reads those that are not plain: see the C core.
    """
    record_no, field_no, ends = array("i"), array("i"), array("i", [0])
    tags, indicators, codes, values = bytearray(), bytearray(), bytearray(), bytearray()
    records = 0
    while records < most:
        record = _plain_record(data, at, final)
        if record is None:
            if at >= len(data) or not (answer := odd and odd(at, records, 0)):
                break
            at, rows = answer
            if rows is not None:
                used = len(values)
                record_no.extend([records] * len(rows[3]))
                field_no.frombytes(rows[0])
                tags += rows[1]
                indicators += rows[2]
                codes += rows[3]
                values += rows[5]
                ends.extend(used + end for end in memoryview(rows[4]).cast("i"))
                records += 1
            continue
        raw, _, found = record
        for number, (tag, part) in enumerate(found):
            control = _is_control(tag)
            for value in [b" " + part] if control else part[3:].split(b"\x1f"):
                record_no.append(records)
                field_no.append(number)
                tags += tag
                indicators += b"  " if control else part[:2]
                codes += value[:1]
                values += value[1:]
                ends.append(len(values))
        records += 1
        at += len(raw)
    columns = (record_no, field_no, tags, indicators, codes, ends, values)
    return at, records, tuple(bytes(column) for column in columns)


def labels(data: bytes | memoryview, width: int) -> tuple[bytes, bytes]:
    """Number short labels that follow each other; return the numbers and the distinct ones."""
    if not 1 <= width <= 3:
        raise ValueError("a label has one to three bytes")
    held, seen = bytes(data), dict[bytes, int]()
    numbers = array("i")
    for at in range(0, len(held) - len(held) % width, width):
        numbers.append(seen.setdefault(held[at : at + width], len(seen)))
    return bytes(numbers.tolist()) if len(seen) <= 256 else numbers.tobytes(), b"".join(seen)


def deltas(numbers: bytes | memoryview, ends: bool) -> bytes:
    """Pack the differences of numbers that follow each other; `ends`: those of their sizes."""
    from techproc.marc._plaindeltas import packed  # noqa: PLC0415 (with numpy)

    return packed(numbers, ends)


def rewrite(
    record: bytes, leader: str, fields: list[int | tuple[int | None, str, str]]
) -> tuple[bytes, bytes, bool] | None:
    """Write a plain record anew; None: the editor is to do it, as it always does here."""
    return None


def xml_record(element: bytes) -> tuple[str, list[str], list[str]] | None:
    """Take a usual MARCXML record element apart; None: lxml is to do it, as it always is here."""
    return None


def by_tag(record: bytes) -> dict[str, list[str]]:
    """Return the texts of a plain record's fields by tag."""
    texts: dict[str, list[str]] = {}
    for tag, text in zip(*fields(record), strict=True):
        texts.setdefault(tag, []).append(text)
    return texts


def examine(
    record: bytes, leader: str, table: bytes, positions: bytes
) -> tuple[int, list[tuple[str, str, int]], dict[str, list[str]]]:
    """Return why to look at a record; tag, text and mark of fields to look at; and control fields.

    That is for every reason to look at a record as a whole: to tell them would take as long as to
    look.
    """
    if len(leader) != 24:
        raise ValueError("a leader has 24 characters")
    tags, texts = fields(record)
    marks = screen(tags, texts, table)
    seen: dict[str, set[str]] = {}
    flags = EVERY_REASON
    for tag, text, mark in zip(tags, texts, marks, strict=True):
        there = seen.setdefault(tag, set())
        same = text in there and not _is_control(tag.encode())
        doubled = there and (same or stands_once(tag, table))
        flags |= mark | (4 if doubled else 0) | (1 << 14 if mark & LINKED else 0)
        there.add(text)
    looks = [item for item in zip(tags, texts, marks, strict=True) if item[2] & ~LINKED]
    control = {tag: texts for tag, texts in by_tag(record).items() if _is_control(tag.encode())}
    return flags, looks, control

"""A record as the checks see it: the texts of its fields, taken apart only where one looks.

The text of a data field is its two indicators, then 0x1F, code and value of each subfield.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pymarc

from techproc.marc._plainscreen import EVERY_REASON
from techproc.marc.scanned import ScannedRecord
from techproc.marc.scanner import by_tag, examine, screen
from techproc.marc.schema import Schema

# Why the scanner has a field looked at, or a record as a whole (_c/scan.h has the same).
SUSPECT, LINKED, DOUBLED = 1, 2, 4  # not as the schema says; $6 or $8; the same field twice
LOOK_TITLE, LOOK_MAIN_ENTRY, LOOK_ELEMENTS, LOOK_SERIES = 1 << 4, 1 << 5, 1 << 6, 1 << 7
LOOK_LANGUAGE, LOOK_CARRIER, LOOK_ONLINE, LOOK_DATE = 1 << 8, 1 << 9, 1 << 10, 1 << 11
LOOK_CONTENTS, LOOK_FIXED, LOOK_LINKS, LOOK_NEEDED = 1 << 12, 1 << 13, 1 << 14, 1 << 15
LOOK_VALUES, LOOK_TIME, LOOK_MAIN, LOOK_SOURCE = 8, 1 << 16, 1 << 17, 1 << 18
LOOK_BLANKS, LOOK_MARKS, LOOK_BRACKETS, ODD = 1 << 19, 1 << 20, 1 << 21, 1 << 22
LOOK_LEADER = 1 << 23

__all__ = ["Look", "Subject", "subject_of", "value_of"]


Look = tuple[str, str | pymarc.Field, int]  # tag, text (or field), why it is looked at


class Subject:
    """The leader of a record and the texts of its fields by tag.

    `flags` are the reasons there are to look at the record and its fields, `looks` the fields that
    there is a reason to look at.
    """

    __slots__ = ("_raw", "by_tag", "coded", "fixed", "flags", "leader", "looks", "schema")

    by_tag: dict[str, list[str]]  # the texts of the fields by tag

    def __init__(
        self,
        leader: str,
        flags: int,
        looks: Sequence[Look],
        *,
        raw: bytes = b"",
        coded: dict[str, list[str]] | None = None,
        by_tag: dict[str, list[str]] | None = None,
    ) -> None:
        """Take what `subject_of` finds; `raw` and `coded` are of a plain record."""
        self._raw = raw
        if by_tag is not None:
            self.by_tag = by_tag
        self.coded = by_tag or {} if coded is None else coded  # control fields are there, by tag
        self.fixed = self.coded["008"][0] if "008" in self.coded else ""  # the first 008
        self.leader = leader
        self.flags = flags
        self.looks = looks
        self.schema: Schema | None = None

    def __getattr__(self, name: str) -> Any:
        """Make the texts when they are asked for."""
        if name == "by_tag":
            self.by_tag = by_tag(self._raw)
        return object.__getattribute__(self, name)

    @property
    def control(self) -> str | None:
        """The first 001."""
        there = self.coded or self.by_tag  # those are not given where no reason was
        return there["001"][0].strip() if "001" in there else None

    def values(self, tag: str, codes: str) -> list[str]:
        """Return what stands in some subfields of the fields of a tag."""
        return [
            part[1:]
            for text in self.by_tag.get(tag, ())
            for part in text.split("\x1f")[1:]
            if part[:1] in codes and part
        ]


def subject_of(record: pymarc.Record, leader: str, table: bytes, positions: bytes) -> Subject:
    """Return a record as the checks see it, screened by a table and the sets of its positions."""
    raw = record.plain_bytes if isinstance(record, ScannedRecord) else None
    if raw is not None and len(leader) == 24 and leader.isascii():
        flags, looks, coded = examine(raw, leader, table, positions)
        return Subject(leader, flags, looks, raw=raw, coded=coded)
    pairs = list(record.texts()) if isinstance(record, ScannedRecord) and record.as_read else []
    tags, texts = [tag for tag, _ in pairs], [text for _, text in pairs]
    whats: Sequence[str | pymarc.Field] = texts
    if not pairs or not all(map(_is_whole, tags, texts)):
        whats = record.fields
        tags, texts = [field.tag for field in record.fields], [_text(f) for f in record.fields]
    texts_by_tag: dict[str, list[str]] = {}
    for tag, text in zip(tags, texts, strict=True):
        texts_by_tag.setdefault(tag, []).append(text)
    seen: list[Look] = []
    flags = DOUBLED | EVERY_REASON  # it may be so
    for tag, what, mark in zip(tags, whats, screen(tags, texts, table), strict=True):
        flags |= mark
        if mark & ~LINKED:
            seen.append((tag, what, mark))
    if flags & LINKED:
        flags |= LOOK_LINKS
    return Subject(leader, flags, seen, by_tag=texts_by_tag)


def _is_whole(tag: str, text: str) -> bool:
    """Tell whether a text has all that a field built of it has, and nothing more."""
    if tag < "010" and tag.isdigit():
        return True
    return text[2:3] == "\x1f" and "\x1f\x1f" not in text and text[-1] != "\x1f"


def _text(field: pymarc.Field) -> str:
    if field.control_field:
        return field.data or ""
    first = "".join(field.indicators or "  ")
    parts = [code + value for code, value in field.subfields]
    sound = len(first) == 2 and all(len(code) == 1 for code, _ in field.subfields)
    # What could not be told from its text is looked at as a field: no text is sound for it.
    return "\x1f".join([first, *parts]) if sound and not any("\x1f" in p for p in parts) else ""


def value_of(text: str, code: str) -> str:
    """Return the first subfield of a code in a field's text, or an empty string.

    >>> value_of("10\\x1faSea /\\x1fcRoe.", "c")
    'Roe.'
    """
    at = text.find("\x1f" + code)
    if at < 0:
        return ""
    end = text.find("\x1f", at + 1)
    return text[at + 2 : end] if end >= 0 else text[at + 2 :]

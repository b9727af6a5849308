"""A record as the checks see it: the texts of its fields, taken apart only where one looks.

The text of a data field is its two indicators, then 0x1F, code and value of each subfield.
"""

from __future__ import annotations

from collections.abc import Sequence

import pymarc

from techproc.marc._plainscan import EVERY_REASON
from techproc.marc.scanned import ScannedRecord
from techproc.marc.scanner import examine, screen
from techproc.marc.schema import Schema

SUSPECT, LINKED, DOUBLED, VALUES = 1, 2, 4, 8  # what the scanner says of fields
# Why it has a record looked at as a whole; without the C core, always for every reason.
LOOK_TITLE, LOOK_MAIN_ENTRY, LOOK_ELEMENTS, LOOK_SERIES, LOOK_LANGUAGE = 16, 32, 64, 128, 256
LOOK_CARRIER, LOOK_ONLINE, LOOK_DATE, LOOK_CONTENTS = 512, 1024, 2048, 4096

__all__ = ["Subject", "subfields_of", "subject_of", "value_of"]


Look = tuple[str, str | pymarc.Field, int]  # tag, text (or field), what the scanner says of it


class Subject:
    """The leader of a record and the texts of its fields by tag.

    `flags` and `looks` are what the scanner says of the fields together, and of each that there is
    reason to look at.
    """

    __slots__ = ("by_tag", "fixed", "flags", "leader", "looks", "record", "schema")

    def __init__(
        self,
        record: pymarc.Record,
        leader: str,
        by_tag: dict[str, list[str]],
        flags: int,
        looks: Sequence[Look],
    ) -> None:
        """Take what `subject_of` finds."""
        self.record = record
        self.leader = leader
        self.by_tag = by_tag
        self.flags = flags
        self.looks = looks
        self.fixed = by_tag["008"][0] if "008" in by_tag else ""  # the first 008
        self.schema: Schema | None = None

    @property
    def control(self) -> str | None:
        """The first 001."""
        return self.by_tag["001"][0].strip() if "001" in self.by_tag else None

    def values(self, tag: str, codes: str) -> list[str]:
        """Return what stands in some subfields of the fields of a tag."""
        return [
            part[1:]
            for text in self.by_tag.get(tag, ())
            for part in text.split("\x1f")[1:]
            if part[:1] in codes and part
        ]


def subject_of(record: pymarc.Record, leader: str, table: bytes) -> Subject:
    """Return a record as the checks see it, screened by a table."""
    raw = record.plain_bytes if isinstance(record, ScannedRecord) else None
    if raw is not None:
        return Subject(record, leader, *examine(raw, table))
    tags = [field.tag for field in record.fields]
    texts = [_text(field) for field in record.fields]
    by_tag: dict[str, list[str]] = {}
    for tag, text in zip(tags, texts, strict=True):
        by_tag.setdefault(tag, []).append(text)
    looks: list[Look] = []
    flags = DOUBLED | EVERY_REASON  # it may be so
    for field, mark in zip(record.fields, screen(tags, texts, table), strict=True):
        flags |= mark
        if mark & (SUSPECT | VALUES):
            looks.append((field.tag, field, mark))
    return Subject(record, leader, by_tag, flags, looks)


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


def subfields_of(text: str) -> list[tuple[str, str]]:
    """Return code and value of each subfield in a field's text."""
    return [(part[0], part[1:]) for part in text.split("\x1f")[1:] if part]

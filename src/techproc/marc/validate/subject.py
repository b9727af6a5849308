"""A record as the checks see it: the texts of its fields, taken apart only where one looks.

The text of a data field is its two indicators, then 0x1F, code and value of each subfield.
"""

from __future__ import annotations

import pymarc

from techproc.marc.scanned import ScannedRecord, build_field
from techproc.marc.scanner import examine, screen
from techproc.marc.schema import Schema

__all__ = ["Subject", "subfields_of", "subject_of", "value_of"]


_ISBD = {"a": True, "i": True, "c": False, "n": False}  # LDR/18


class Subject:
    """The leader, tags and texts of a record, and its texts by tag."""

    __slots__ = ("_fields", "by_tag", "fixed", "isbd", "leader", "marks", "schema", "tags", "texts")

    def __init__(
        self,
        leader: str,
        tags: list[str],
        texts: list[str],
        by_tag: dict[str, list[str]],
        marks: bytes,
        fields: list[pymarc.Field] | None = None,
    ) -> None:
        """Take what `subject_of` finds; `marks` are what the scanner says of each field."""
        self.leader = leader
        self.tags = tags
        self.texts = texts
        self.by_tag = by_tag
        self.marks = marks
        self.fixed = by_tag["008"][0] if "008" in by_tag else ""  # the first 008
        self.isbd = _ISBD.get(
            leader[18:19]
        )  # marks of ISBD between subfields; None: it is not said
        self.schema: Schema | None = None
        self._fields = fields

    @property
    def control(self) -> str | None:
        """The first 001."""
        return self.by_tag["001"][0].strip() if "001" in self.by_tag else None

    def field(self, number: int) -> pymarc.Field:
        """Return the field at a place, counted from 0."""
        if self._fields is not None:
            return self._fields[number]
        return build_field(self.tags[number], self.texts[number])

    def all(self, *tags: str) -> list[pymarc.Field]:
        """Return the fields with any of some tags, in order."""
        if not any(tag in self.by_tag for tag in tags):
            return []
        return [self.field(i) for i, tag in enumerate(self.tags) if tag in tags]

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
        return Subject(leader, *examine(raw, table))
    fields = list(record.fields)
    tags, texts = [field.tag for field in fields], [_text(field) for field in fields]
    by_tag: dict[str, list[str]] = {}
    for tag, text in zip(tags, texts, strict=True):
        by_tag.setdefault(tag, []).append(text)
    return Subject(leader, tags, texts, by_tag, screen(tags, texts, table), fields)


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

"""Records whose fields are built when they are looked at: real `pymarc.Record`s, made lazily."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pymarc
from pymarc.field import Field, Indicators, Subfield

from techproc.marc.scanner import fields as scan_fields

__all__ = ["RECORD", "ScannedRecord", "build_field", "leader_text"]

_INDICATORS: dict[str, Indicators] = {}
_new_field = Field.__new__
_make_subfield = Subfield._make


def build_field(tag: str, text: str) -> Field:
    """Return a `pymarc.Field` for the decoded text of one field, without its terminator.

    >>> build_field("245", "10\\x1faTitle /\\x1fcAuthor.").subfields
    [Subfield(code='a', value='Title /'), Subfield(code='c', value='Author.')]
    """
    field = _new_field(Field)
    field.tag = tag
    if tag < "010" and tag.isdigit():
        field.control_field = True
        field.data = text
        field._indicators = None
        field.subfields = []
        return field
    field.control_field = False
    field.data = None
    first, *parts = text.split("\x1f")
    if len(first) != 2:
        if not parts and len(first) > 2:
            parts = ["a" + first[2:]]  # no subfield in it: its text is kept as $a
        first = (first + "  ")[:2]
    indicators = _INDICATORS.get(first)
    if indicators is None:
        indicators = _INDICATORS[first] = Indicators(first[0], first[1])
    field._indicators = indicators
    field.subfields = [_make_subfield((part[0], part[1:])) for part in parts if part]
    return field


def leader_text(record: pymarc.Record) -> str:
    """Return the 24 characters of a record's leader; no `pymarc.Leader` is made to read them.

    >>> leader_text(pymarc.Record())
    '          22        4500'
    """
    return getattr(record, "leader_text", None) or str(record.leader)


class ScannedRecord(pymarc.Record):
    """A `pymarc.Record` over the bytes it was read from.

    Fields are built when they are asked for; once all of them are (by `fields`, or any edit of the
    record), it is an ordinary record. Fields handed out are the record's own: editing one edits it.
    """

    __slots__ = ("_built", "_fields", "_leader", "_tags", "_text", "made", "raw", "sound")

    _fields: list[Field] | None
    _leader: pymarc.Leader | None
    _tags: Sequence[str] | None
    _text: Callable[[int], str]
    _built: dict[int, Field]
    raw: bytes | None  # the bytes it was read from
    made: bytes | None  # the same record in UTF-8, where those bytes are MARC-8
    sound: bool  # True when those bytes say what the record says, without a fault

    def __init__(
        self,
        leader: str,
        tags: Sequence[str],
        text: Callable[[int], str],
        raw: bytes | None = None,
        sound: bool = False,
    ) -> None:
        """Take the leader, the tags, what gives the text of the n-th field, and the bytes."""
        self._leader = pymarc.Leader(leader)
        self._tags = tags
        self._text = text
        self._fields = None
        self._built = {}
        self.pos = 0
        self.force_utf8 = False
        self.to_unicode = True
        self.raw = raw
        self.made = None
        self.sound = sound

    @classmethod
    def plain(cls, raw: bytes) -> ScannedRecord:
        """Return the record of bytes that the scanner found to be plain."""
        record = cls.__new__(cls)
        for name, value in RECORD[1].items():
            setattr(record, name, value)
        record.raw = raw
        return record

    @classmethod
    def converted(cls, raw: bytes, made: bytes) -> ScannedRecord:
        """Return the record of bytes in MARC-8 that were found to be the plain record `made`."""
        record = cls.plain(raw)
        record.made = made
        return record

    def _scan(self) -> Sequence[str]:
        """Take the bytes apart; return the tags."""
        plain = self.made or self.raw
        assert plain is not None
        tags, texts = scan_fields(plain)
        self._tags, self._text, self._built = tags, texts.__getitem__, {}
        return tags

    def _field(self, i: int, tag: str) -> Field:
        field = self._built.get(i)
        if field is None:
            field = self._built[i] = build_field(tag, self._text(i))
        return field

    @property
    def leader(self) -> pymarc.Leader:
        """The leader, which may be edited or replaced."""
        if self._leader is None:
            assert self.raw is not None
            self._leader = pymarc.Leader(self.raw[:24].decode("ascii"))
        return self._leader

    @leader.setter
    def leader(self, value: pymarc.Leader) -> None:
        self._leader = value

    @property
    def fields(self) -> list[Field]:
        """All the fields, in order; the list is the record's own and may be edited."""
        if self._fields is None:
            tags = self._scan() if self._tags is None else self._tags
            if self._built:
                self._fields = [self._field(i, tag) for i, tag in enumerate(tags)]
            else:
                self._fields = [build_field(tag, self._text(i)) for i, tag in enumerate(tags)]
        return self._fields

    @fields.setter
    def fields(self, value: list[Field]) -> None:
        self._fields = value

    @property
    def untouched(self) -> bool:
        """True while no field has been handed out and the leader is as it was read."""
        if self.raw is None or not self.as_read:
            return False
        return self._leader is None or self._leader.leader == self.raw[:24].decode("latin-1")

    @property
    def as_read(self) -> bool:
        """True while no field has been handed out."""
        return self._fields is None and (self._tags is None or not self._built)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield tag and text (subfields divided by 0x1F) of each field as it was read."""
        tags = self._scan() if self._tags is None else self._tags
        return ((tag, self._text(i)) for i, tag in enumerate(tags))

    @property
    def leader_text(self) -> str:
        """The leader as text; no object is made of it where it is still in the bytes."""
        if self._leader is None and self.raw is not None:
            return self.raw[:24].decode("ascii")
        return str(self.leader)

    @property
    def plain_bytes(self) -> bytes | None:
        """The record as plain bytes, while nothing but the leader may have been edited."""
        return (self.made or self.raw) if self._fields is None and self._tags is None else None

    def get(self, tag: str, default: Any = None) -> Any:
        """Return the first field with this tag, or `default`."""
        if self._fields is not None:
            return super().get(tag, default)
        tags = self._scan() if self._tags is None else self._tags
        return self._field(tags.index(tag), tag) if tag in tags else default

    def __getitem__(self, tag: str) -> Field:
        if self._fields is not None:
            return super().__getitem__(tag)
        tags = self._scan() if self._tags is None else self._tags
        if tag not in tags:
            raise KeyError(tag)
        return self._field(tags.index(tag), tag)

    def __contains__(self, tag: str) -> bool:
        if self._fields is not None:
            return super().__contains__(tag)
        return tag in (self._scan() if self._tags is None else self._tags)

    def get_fields(self, *args: Any) -> list[Field]:
        """Return the fields with any of these tags, or all of them."""
        if self._fields is not None or not args:
            return super().get_fields(*args)
        tags = self._scan() if self._tags is None else self._tags
        if len(args) == 1:  # by far the most usual
            (wanted,) = args
            found, place = [], -1
            for _ in range(tags.count(wanted)):
                place = tags.index(wanted, place + 1)
                found.append(self._field(place, wanted))
            return found
        return [self._field(i, tag) for i, tag in enumerate(tags) if tag in args]

    def select(self, test: Callable[[str], bool]) -> list[Field]:
        """Return the fields whose tags pass a test, in order; no others are built for it."""
        if self._fields is not None:
            return [f for f in self._fields if test(f.tag)]
        tags = self._scan() if self._tags is None else self._tags
        return [self._field(i, tag) for i, tag in enumerate(tags) if test(tag)]

    def __reduce__(self) -> tuple[Any, ...]:
        # Copies and pickles are plain records: they carry no bytes with them.
        return _ordinary, (self.leader.leader, self.fields)


# What all records that the scanner found to be plain have in common.
RECORD: tuple[type, dict[str, Any]] = (
    ScannedRecord,
    {
        **{"_leader": None, "_fields": None, "_tags": None, "made": None, "sound": True},
        **{"pos": 0, "force_utf8": False, "to_unicode": True},
    },
)


def _ordinary(leader: str, fields: list[Field]) -> pymarc.Record:
    record = pymarc.Record(fields=fields)
    record.leader = pymarc.Leader(leader)
    return record

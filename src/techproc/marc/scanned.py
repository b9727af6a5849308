"""Records whose fields are built when they are looked at: real `pymarc.Record`s, made lazily."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pymarc
from pymarc.field import Field, Indicators, Subfield

__all__ = ["ScannedRecord", "build_field"]

_BLANK = Indicators(" ", " ")
_INDICATORS: dict[str, Indicators] = {}


def build_field(tag: str, text: str) -> Field:
    """Return a `pymarc.Field` for the decoded text of one field, without its terminator.

    >>> build_field("245", "10\\x1faTitle /\\x1fcAuthor.").subfields
    [Subfield(code='a', value='Title /'), Subfield(code='c', value='Author.')]
    """
    field = Field.__new__(Field)
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
    field._indicators = _INDICATORS.get(first) or _INDICATORS.setdefault(
        first, Indicators(first[0], first[1])
    )
    make = Subfield._make
    field.subfields = [make((part[0], part[1:])) for part in parts if part]
    return field


class ScannedRecord(pymarc.Record):
    """A `pymarc.Record` over the bytes it was read from.

    Fields are built when they are asked for; once all of them are (by `fields`, or any edit of the
    record), it is an ordinary record. Fields handed out are the record's own: editing one edits it.
    """

    __slots__ = ("_built", "_fields", "_pieces", "_tags", "raw", "sound")

    # The slot of pymarc's class is hidden by the property below.
    _fields: list[Field] | None

    def __init__(
        self,
        leader: str,
        tags: Sequence[str],
        piece: Callable[[int], str],
        raw: bytes | None = None,
        sound: bool = False,
    ) -> None:
        """Take the leader, the tags, what gives the text of the n-th field, and the bytes."""
        self.leader = pymarc.Leader(leader)
        self.pos = 0
        self.force_utf8 = False
        self.to_unicode = True
        self._fields = None
        self._tags = tags
        self._pieces = piece
        self._built: dict[int, Field] = {}
        self.raw = raw
        self.sound = sound

    def _field(self, i: int) -> Field:
        field = self._built.get(i)
        if field is None:
            field = self._built[i] = build_field(self._tags[i], self._pieces(i))
        return field

    @property
    def fields(self) -> list[Field]:
        """All the fields, in order; the list is the record's own and may be edited."""
        if self._fields is None:
            self._fields = [self._field(i) for i in range(len(self._tags))]
            self._built = {}
        return self._fields

    @fields.setter
    def fields(self, value: list[Field]) -> None:
        self._fields = value

    @property
    def untouched(self) -> bool:
        """True while no field has been handed out and the leader is as it was read."""
        return (
            self._fields is None
            and not self._built
            and self.raw is not None
            and self.leader.leader == self.raw[:24].decode("latin-1")
        )

    def get(self, tag: str, default: Any = None) -> Any:
        """Return the first field with this tag, or `default`."""
        if self._fields is not None:
            return super().get(tag, default)
        try:
            return self._field(self._tags.index(tag))
        except ValueError:
            return default

    def __getitem__(self, tag: str) -> Field:
        if self._fields is not None:
            return super().__getitem__(tag)
        try:
            return self._field(self._tags.index(tag))
        except ValueError:
            raise KeyError(tag) from None

    def __contains__(self, tag: str) -> bool:
        if self._fields is not None:
            return super().__contains__(tag)
        return tag in self._tags

    def get_fields(self, *args: Any) -> list[Field]:
        """Return the fields with any of these tags, or all of them."""
        if self._fields is not None or not args:
            return super().get_fields(*args)
        return [self._field(i) for i, tag in enumerate(self._tags) if tag in args]

    def __reduce__(self) -> tuple[Any, ...]:
        # Copies and pickles are plain records: they carry no bytes with them.
        return _plain, (self.leader.leader, self.fields)


def _plain(leader: str, fields: list[Field]) -> pymarc.Record:
    record = pymarc.Record(fields=fields)
    record.leader = pymarc.Leader(leader)
    return record

"""A record that is being edited: fields are built when they are touched, and the rest stays as text.

It is a `pymarc.Record`, so that field paths, conditions and anyone's Python work on it. When all is
done it tells what became of each field, and which were never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import pymarc
from pymarc.exceptions import FieldNotFound
from pymarc.field import Field

from techproc.errors import NotEncodable
from techproc.marc.edit.outcome import Kept, Outcome
from techproc.marc.fielddiff import field_text
from techproc.marc.scanned import build_field

__all__ = ["WorkingRecord"]


class WorkingRecord(pymarc.Record):
    """A record over its fields' tags and texts.

    >>> record = WorkingRecord("00000nam a2200000 i 4500", ["001", "245"], ["1", "10\\x1faSea"])
    >>> record["245"]["a"] = "See"
    >>> record.outcome().operations()
    (Operation(tag='245', at=1, to=1, before='10\\x1faSea', after='10\\x1faSee'),)
    """

    __slots__ = (
        "_entries", "_handed", "_leader", "_loose", "_new", "_origin", "_set", "before",
        "leader_before", "tags",
    )  # fmt: skip

    # A place in `before` where the field is as it was; what a text was put for; else a Field.
    _entries: list[Any]
    _leader: pymarc.Leader | None
    _origin: dict[int, int]  # id of a built field → its place in `before`
    _loose: list[Field]  # the fields built or added, which may have any tag by now
    _new: list[str]  # the tags of fields added as text
    _handed: bool  # the list of fields was handed out, and may hold anything
    _set: frozenset[str]  # the tags before

    def __init__(self, leader: str, tags: Sequence[str], texts: Sequence[str]) -> None:
        """Take the leader, and the tag and text of each field."""
        self.leader_before = leader
        self.tags = tags
        self.before = texts
        self._leader = None
        self._entries = list(range(len(tags)))
        self._origin = {}
        self._loose = []
        self._new = []
        self._handed = False
        self._set = frozenset(tags)
        self.pos = 0
        self.force_utf8 = False
        self.to_unicode = True

    @property
    def leader(self) -> pymarc.Leader:
        """The leader, which may be edited or replaced."""
        if self._leader is None:
            self._leader = pymarc.Leader(self.leader_before)
        return self._leader

    @leader.setter
    def leader(self, value: pymarc.Leader) -> None:
        self._leader = value

    @property
    def leader_text(self) -> str:
        """The leader's 24 characters as they are now."""
        return self.leader_before if self._leader is None else self._leader.leader

    @property
    def fields(self) -> list[Field]:
        """All the fields; the list is the record's own, and may be edited."""
        entries = self._entries
        for at, entry in enumerate(entries):
            if type(entry) is int or type(entry) is tuple:
                self._open(at, entry)
        self._handed = True
        return entries

    @fields.setter
    def fields(self, value: list[Field]) -> None:
        self._entries = value
        self._handed = True

    def _open(self, at: int, entry: Kept) -> Field:
        """Build the field of an entry, and put it in the entry's place."""
        origin, tag, text = (
            (entry, self.tags[entry], self.before[entry]) if isinstance(entry, int) else entry
        )
        field = build_field(tag, text)
        if origin is not None:
            self._origin[id(field)] = origin
        self._loose.append(field)
        self._entries[at] = field
        return field

    def _text(self, entry: Kept | Field) -> str:
        if isinstance(entry, int):
            return self.before[entry]
        return entry[2] if isinstance(entry, tuple) else field_text(entry)

    def present(self) -> list[str]:
        """Return the tags of the fields as they are now, in order."""
        tags = self.tags
        return [
            tags[entry] if type(entry) is int else entry[1] if type(entry) is tuple else entry.tag
            for entry in self._entries
        ]

    def select(self, test: Callable[[str], bool]) -> list[Field]:
        """Return the fields whose tags pass a test, in order; no others are built."""
        return self._fields_at(self._places_where(test))

    def _may_pass(self, test: Callable[[str], bool]) -> bool:
        """Return False when surely no tag passes a test."""
        if self._handed or _passes(test, self._set):
            return True
        return any(test(field.tag) for field in self._loose) or any(map(test, self._new))

    def may_have(self, tag: str) -> bool:
        """Return False when there is surely no field with a tag."""
        if tag in self._set or self._handed or tag in self._new:
            return True
        return any(field.tag == tag for field in self._loose)

    def _places(self, tag: str) -> list[int]:
        """Return where the fields with a tag are."""
        if not self.may_have(tag):
            return []
        return [at for at, each in enumerate(self.present()) if each == tag]

    def _places_where(self, test: Callable[[str], bool]) -> list[int]:
        """Return where the fields are whose tags pass a test."""
        if not self._may_pass(test):
            return []
        return [at for at, tag in enumerate(self.present()) if test(tag)]

    def _fields_at(self, places: Iterable[int]) -> list[Field]:
        entries = self._entries
        return [
            self._open(at, entry)
            if type(entry := entries[at]) is int or type(entry) is tuple
            else entry
            for at in places
        ]

    def get_fields(self, *args: Any) -> list[Field]:
        """Return the fields with any of these tags, or all of them."""
        if len(args) == 1:
            return self._fields_at(self._places(args[0]))
        return self.select(set(args).__contains__) if args else self.fields

    def get(self, tag: str, default: Any = None) -> Any:
        """Return the first field with this tag, or `default`."""
        found = self._fields_at(self._places(tag)[:1])
        return found[0] if found else default

    def texts_of(self, tag: str) -> list[str]:
        """Return the texts of the fields with a tag; none is built for it."""
        return [self._text(self._entries[at]) for at in self._places(tag)]

    def __getitem__(self, tag: str) -> Field:
        field: Field | None = self.get(tag)
        if field is None:
            raise KeyError(tag)
        return field

    def __contains__(self, tag: str) -> bool:
        return self.may_have(tag) and tag in self.present()

    def add_field(self, *fields: Field) -> None:
        """Add fields at the end."""
        self._entries.extend(fields)
        self._loose.extend(fields)

    def insert(self, field: Field) -> None:
        """Add a field after the last of its tag, else before the first of a higher tag."""
        self._entries.insert(self._place_for(field.tag), field)
        self._loose.append(field)

    def insert_text(self, tag: str, text: str) -> None:
        """Add the field with a tag and a text (indicators, and subfields after 0x1F) likewise."""
        at = self._place_for(tag)
        self._entries.insert(at, (None, tag, text))
        self._new.append(tag)
        if not _is_usual(tag, text):
            self._open(at, self._entries[at])

    def _place_for(self, tag: str) -> int:
        tags = self.present()
        if tag in tags:
            return len(tags) - tags[::-1].index(tag)
        return next((at for at, other in enumerate(tags) if other > tag), len(tags))

    def remove_field(self, *fields: Field) -> None:
        """Take fields away; raises FieldNotFound for one that is not the record's."""
        for field in fields:
            at = next((i for i, entry in enumerate(self._entries) if entry is field), None)
            if at is None:
                raise FieldNotFound
            del self._entries[at]

    def remove_fields(self, *tags: str) -> None:
        """Take away the fields with these tags."""
        self.drop(set(tags).__contains__)

    def drop(self, test: Callable[[str], bool]) -> int:
        """Take away the fields whose tags pass a test; none is built. Return how many."""
        return self._drop(self._places_where(test))

    def drop_unlinked(self, test: Callable[[str], bool]) -> int | None:
        """Do as `drop` where none of the fields has a $6; else do nothing, and return None."""
        places = self._places_where(test)
        if any("\x1f6" in self._text(self._entries[at]) for at in places):
            return None
        return self._drop(places)

    def _drop(self, places: Sequence[int]) -> int:
        for at in reversed(places):
            del self._entries[at]
        return len(places)

    def tagged_texts(self) -> list[tuple[str, str]]:
        """Return tag and text of each field as they are now, in order; none is built for it."""
        tags, before = self.tags, self.before
        return [
            (tags[entry], before[entry])
            if type(entry) is int
            else (entry[1], entry[2])
            if type(entry) is tuple
            else (entry.tag, field_text(entry))
            for entry in self._entries
        ]

    def rewrite(
        self, tags: str | Callable[[str], bool] | None, change: Callable[[str], str]
    ) -> int:
        """Put `change(text)` for the text of each field of a tag, or whose tag passes a test.

        Texts come whole: indicators, and subfields after 0x1F. Return how many changed.
        """
        places: Iterable[int]
        if isinstance(tags, str):
            places = self._places(tags)
        else:
            places = range(len(self._entries)) if tags is None else self._places_where(tags)
        changed = 0
        for at in places:
            text = self._text(self._entries[at])
            after = change(text)
            if after != text:
                self._put(at, text, after)
                changed += 1
        return changed

    def rewrite_tagged(self, change: Callable[[str, str], str]) -> int:
        """Put `change(tag, text)` for the text of each field; return how many changed."""
        changed = 0
        for at, (tag, text) in enumerate(self.tagged_texts()):
            after = change(tag, text)
            if after != text:
                self._put(at, text, after)
                changed += 1
        return changed

    def _put(self, at: int, text: str, after: str) -> None:
        """Put another text for the one that the field at a place has."""
        entry = self._entries[at]
        if type(entry) is int:
            entry = entry, self.tags[entry], text
        if type(entry) is tuple:
            origin, tag, _ = entry
            self._entries[at] = origin, tag, after
            if not (_is_usual(tag, after) and _is_usual(tag, text)):
                self._open(at, self._entries[at])  # which tidies
        else:
            made = build_field(entry.tag, after)
            entry.data, entry.subfields = made.data, made.subfields
            if not entry.control_field:
                entry.indicators = made.indicators

    def outcome(self) -> Outcome:
        """Return what the record is now, beside what it was.

        Raises NotEncodable when a text holds a delimiter or terminator.
        """
        entries = [
            entry if type(entry) is int or type(entry) is tuple else self._now(entry)
            for entry in self._entries
        ]
        return Outcome(self.leader_before, self.leader_text, self.tags, self.before, entries)

    def _now(self, field: Field) -> Kept:
        """Return where a built field came from, its tag, and its text as it is now."""
        origin = self._origin.get(id(field))
        text = field_text(field)
        if origin is not None:
            tag, before = self.tags[origin], self.before[origin]
            # An odd field is built tidied; that alone is no change.
            if text == before or (
                not _is_usual(tag, before) and text == field_text(build_field(tag, before))
            ):
                return origin if field.tag == tag else (origin, field.tag, before)
        parts = 0 if field.control_field else len(field.subfields)
        if text.count("\x1f") != parts or "\x1e" in text or "\x1d" in text:
            raise NotEncodable(f"field {field.tag} would hold a character that ISO 2709 reserves")
        return origin, field.tag, text

    @property
    def pristine(self) -> bool:
        """True while no field has been handed out, added, changed or taken away."""
        return (
            not self._loose
            and not self._handed
            and self.leader_text == self.leader_before
            and self._entries == list(range(len(self.tags)))
        )


def _is_usual(tag: str, text: str) -> bool:
    """Say whether a field that is built from a text has that very text."""
    if tag < "010" and tag.isdigit():
        return "\x1f" not in text and "\x1e" not in text and "\x1d" not in text
    return (
        text[2:3] == "\x1f"
        and text[-1] != "\x1f"
        and "\x1f\x1f" not in text
        and "\x1e" not in text
        and "\x1d" not in text
    )


@lru_cache(maxsize=1 << 14)
def _passes(test: Callable[[str], bool], tags: frozenset[str]) -> bool:
    """Return whether a tag passes; records have few sets of tags among them."""
    return any(map(test, tags))

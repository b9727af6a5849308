"""A record that is being edited: fields are built when they are touched, and the rest stays as text.

It is a `pymarc.Record`, so that field paths, conditions and anyone's Python work on it. When all is
done it tells what became of each field, and which were never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import pymarc
from pymarc.exceptions import FieldNotFound
from pymarc.field import Field

from techproc.errors import NotEncodable
from techproc.marc.fielddiff import FieldText, field_text
from techproc.marc.patch import Operation
from techproc.marc.scanned import build_field
from techproc.sequences import longest_run

__all__ = ["WorkingRecord"]


class WorkingRecord(pymarc.Record):
    """A record over its fields' tags and texts.

    >>> record = WorkingRecord("00000nam a2200000 i 4500", ["001", "245"], ["1", "10\\x1faSea"])
    >>> record["245"]["a"] = "See"
    >>> record.operations()
    (Operation(tag='245', at=1, to=1, before='10\\x1faSea', after='10\\x1faSee'),)
    """

    __slots__ = (
        "_entries", "_handed", "_leader", "_loose", "_origin", "_set", "before", "leader_before",
        "tags",
    )  # fmt: skip

    _entries: list[Any]  # a place in `before` where the field is as it was, else a Field
    _leader: pymarc.Leader | None
    _origin: dict[int, int]  # id of a built field → its place in `before`
    _loose: list[Field]  # the fields built or added, which may have any tag by now
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
            if type(entry) is int:
                self._open(at, entry)
        self._handed = True
        return entries

    @fields.setter
    def fields(self, value: list[Field]) -> None:
        self._entries = value
        self._handed = True

    def _open(self, at: int, entry: int, text: str | None = None) -> Field:
        field = build_field(self.tags[entry], self.before[entry] if text is None else text)
        self._origin[id(field)] = entry
        self._loose.append(field)
        self._entries[at] = field
        return field

    def present(self) -> list[str]:
        """Return the tags of the fields as they are now, in order."""
        tags = self.tags
        return [tags[entry] if type(entry) is int else entry.tag for entry in self._entries]

    def select(self, test: Callable[[str], bool]) -> list[Field]:
        """Return the fields whose tags pass a test, in order; no others are built."""
        if not self._may_pass(test):
            return []
        tags = self.tags
        found = []
        for at, entry in enumerate(self._entries):
            if type(entry) is int:
                if test(tags[entry]):
                    found.append(self._open(at, entry))
            elif test(entry.tag):
                found.append(entry)
        return found

    def _may_pass(self, test: Callable[[str], bool]) -> bool:
        """Return False when surely no tag passes a test."""
        if self._handed or _passes(test, self._set):
            return True
        return any(test(field.tag) for field in self._loose)

    def may_have(self, tag: str) -> bool:
        """Return False when there is surely no field with a tag."""
        if tag in self._set or self._handed:
            return True
        return any(field.tag == tag for field in self._loose)

    def get_fields(self, *args: Any) -> list[Field]:
        """Return the fields with any of these tags, or all of them."""
        if len(args) == 1:
            entries = self._entries
            return [
                self._open(at, entry) if type(entry := entries[at]) is int else entry
                for at in self._places(args[0])
            ]
        return self.select(set(args).__contains__) if args else self.fields

    def get(self, tag: str, default: Any = None) -> Any:
        """Return the first field with this tag, or `default`."""
        if not self.may_have(tag):
            return default
        tags = self.tags
        for at, entry in enumerate(self._entries):
            if type(entry) is int:
                if tags[entry] == tag:
                    return self._open(at, entry)
            elif entry.tag == tag:
                return entry
        return default

    def texts_of(self, tag: str) -> list[str]:
        """Return the texts of the fields with a tag; none is built for it."""
        entries, before = self._entries, self.before
        return [
            before[entry] if type(entry := entries[at]) is int else field_text(entry)
            for at in self._places(tag)
        ]

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
        tag = field.tag
        tags = self.present()
        if tag in tags:
            at = len(tags) - tags[::-1].index(tag)
        else:
            at = next((i for i, other in enumerate(tags) if other > tag), len(tags))
        self._entries.insert(at, field)
        self._loose.append(field)

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
        if not self._may_pass(test):
            return 0
        kept = [
            entry
            for entry in self._entries
            if not test(self.tags[entry] if type(entry) is int else entry.tag)
        ]
        gone = len(self._entries) - len(kept)
        if gone:
            self._entries = kept
        return gone

    def rewrite(
        self, tags: str | Callable[[str], bool] | None, change: Callable[[str], str]
    ) -> int:
        """Put `change(text)` for the text of each field of a tag, or whose tag passes a test.

        Texts come whole: indicators, and subfields after 0x1F. No other fields are built than those
        that change. Return how many did.
        """
        if isinstance(tags, str):
            places = self._places(tags)
        elif tags is None:
            places = list(range(len(self._entries)))
        elif self._may_pass(tags):
            places = [at for at, tag in enumerate(self.present()) if tags(tag)]
        else:
            places = []
        changed = 0
        for at in places:
            entry = self._entries[at]
            whole = type(entry) is int
            text = self.before[entry] if whole else field_text(entry)
            after = change(text)
            if after != text:
                if whole:
                    self._open(at, entry, after)
                else:
                    made = build_field(entry.tag, after)
                    entry.data, entry.subfields = made.data, made.subfields
                changed += 1
        return changed

    def _places(self, tag: str) -> list[int]:
        """Return where the fields with a tag are."""
        if not self.may_have(tag):
            return []
        tags = self.tags
        return [
            at
            for at, entry in enumerate(self._entries)
            if (tags[entry] if type(entry) is int else entry.tag) == tag
        ]

    def result(self) -> list[tuple[int | None, str, str]]:
        """Return of each field as it is now: its place before (None: new), its tag and text.

        Raises NotEncodable when a text holds a delimiter or terminator.
        """
        tags, before = self.tags, self.before
        return [
            (entry, tags[entry], before[entry]) if type(entry) is int else self._now(entry)
            for entry in self._entries
        ]

    def _now(self, field: Field) -> tuple[int | None, str, str]:
        """Return where a built field came from, its tag, and its text as it is now."""
        origin = self._origin.get(id(field))
        text = field_text(field)
        if origin is not None:
            before = self.before[origin]
            if text == before:
                return origin, field.tag, before
            # An odd field is built tidied; that alone is no change.
            odd = before[2:3] != "\x1f" or "\x1f\x1f" in before or before[-1:] == "\x1f"
            if odd and text == field_text(build_field(self.tags[origin], before)):
                return origin, field.tag, before
        parts = 0 if field.control_field else len(field.subfields)
        if text.count("\x1f") != parts or "\x1e" in text or "\x1d" in text:
            raise NotEncodable(f"field {field.tag} would hold a character that ISO 2709 reserves")
        return origin, field.tag, text

    @property
    def pristine(self) -> bool:
        """True while no field has been handed out, added or taken away."""
        return (
            self._leader is None
            and not self._loose
            and not self._handed
            and self._entries == list(range(len(self.tags)))
        )

    def texts(self) -> list[FieldText]:
        """Return tag and text of each field as it is now."""
        return [(tag, text) for _, tag, text in self.result()]

    def operations(
        self, result: Sequence[tuple[int | None, str, str]] | None = None
    ) -> tuple[Operation, ...]:
        """Return what was done to the record, field by field; nothing for what is as it was."""
        now = self.result() if result is None else result
        tags, before = self.tags, self.before
        found: list[Operation] = []
        leader = self.leader_text
        if leader != self.leader_before:
            found.append(Operation("LDR", None, None, self.leader_before, leader))
        came = [origin for origin, tag, _ in now if origin is not None and tags[origin] == tag]
        if came != sorted(came):
            run = longest_run(came)
            stays = {origin for at, origin in enumerate(came) if at in run}
        else:
            stays = set(came)
        if len(stays) < len(tags):
            found += [
                Operation(tag, at, None, before[at], None)
                for at, tag in enumerate(tags)
                if at not in stays
            ]
        for to, (origin, tag, text) in enumerate(now):
            if origin is None or origin not in stays:
                found.append(Operation(tag, None, to, None, text))
            elif text != before[origin]:
                found.append(Operation(tag, origin, to, before[origin], text))
        return tuple(found)


@lru_cache(maxsize=1 << 14)
def _passes(test: Callable[[str], bool], tags: frozenset[str]) -> bool:
    """Return whether a tag passes; records have few sets of tags among them."""
    return any(map(test, tags))

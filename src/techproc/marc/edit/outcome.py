"""What became of a record's fields: those that stayed, changed, came and went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from techproc.marc.fielddiff import FieldText
from techproc.marc.patch import Operation
from techproc.sequences import longest_run

__all__ = ["Kept", "Outcome", "Whole"]

Whole: TypeAlias = tuple[int | None, str, str]  # place before (None: new), tag, text
Kept: TypeAlias = int | Whole  # a field that is as it was is its place alone


@dataclass(frozen=True, slots=True)
class Outcome:
    """A record as it is now, field by field, beside the leader, tags and texts that it had."""

    leader_before: str
    leader: str
    tags: Sequence[str]
    before: Sequence[str]
    entries: list[Kept]

    @property
    def unchanged(self) -> bool:
        """True when the record is what it was."""
        return self.leader == self.leader_before and self.entries == list(range(len(self.tags)))

    def fields(self) -> list[Whole]:
        """Return of each field its place before (None: new), its tag and text."""
        tags, before = self.tags, self.before
        return [
            (entry, tags[entry], before[entry]) if isinstance(entry, int) else entry
            for entry in self.entries
        ]

    def texts(self) -> list[FieldText]:
        """Return tag and text of each field."""
        return [(tag, text) for _, tag, text in self.fields()]

    def operations(self) -> tuple[Operation, ...]:
        """Return what was done to the record, field by field; nothing for what is as it was."""
        now = self.fields()
        tags, before = self.tags, self.before
        found: list[Operation] = []
        if self.leader != self.leader_before:
            found.append(Operation("LDR", None, None, self.leader_before, self.leader))
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
            if origin not in stays or tags[origin] != tag:
                found.append(Operation(tag, None, to, None, text))
                continue
            stays.remove(origin)  # a field that is there twice comes from its place once
            if text != before[origin]:
                found.append(Operation(tag, origin, to, before[origin], text))
        return tuple(found)

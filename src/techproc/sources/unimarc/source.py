"""A UNIMARC record as a conversion reads it: its fields, and what of them has been taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from pymarc import Field, Record

from techproc.sources.leftovers import Value

__all__ = ["Coded", "SourceField", "SourceRecord", "without_marks"]

_NSB = re.compile("[\x88\x89\x98\x9c]")  # non-filing characters begin and end
_NOTHING = " |#"


def without_marks(value: str) -> str:
    """Return a text without the marks around non-filing characters (NSB and NSE)."""
    return " ".join(_NSB.sub("", value).split())


class SourceField:
    """One field of a UNIMARC record; a control field holds one value, under the code ""."""

    __slots__ = ("first", "second", "tag", "values")

    def __init__(self, field: Field) -> None:
        self.tag = field.tag
        self.first = self.second = " "
        if field.control_field:
            self.values = [("", Value(field.tag, field.data or ""))]
            return
        pair = "".join(field.indicators or "").ljust(2)
        self.first, self.second = pair[0], pair[1]
        self.values = [
            (code, Value(f"{field.tag}${code}", value))
            for code, value in field.subfields
            if without_marks(value)
        ]

    def take(self, *codes: str) -> list[str]:
        """Return the texts of subfields with these codes, in order, without non-filing marks."""
        return [without_marks(text) for _, text in self.parts(codes)]

    def parts(self, codes: Collection[str]) -> Iterator[tuple[str, str]]:
        """Take subfields with these codes, in order, as (code, text as it stands)."""
        for code, value in self.values:
            if code in codes and not value.taken:
                yield code, value.take()

    def moved(self, codes: Mapping[str, str]) -> list[tuple[str, str]]:
        """Take subfields under the codes that they are to have, in order."""
        return [(codes[code], without_marks(text)) for code, text in self.parts(codes)]

    def has(self, *codes: str) -> bool:
        """Return whether one of the subfields is there."""
        return any(code in codes for code, _ in self.values)


class Coded:
    """A subfield of coded data, or the label, whose positions are taken one by one."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._read: set[int] = set()
        self._unknown: set[int] = set()

    def take(self, start: int, end: int | None = None) -> str:
        """Return the characters of positions as they stand, blanks where the text is too short."""
        stop = start + 1 if end is None else end
        self._read.update(range(start, stop))
        return self.text[start:stop].ljust(stop - start)

    def code(self, position: int, table: Mapping[str, str], default: str) -> str:
        """Return what a code is in MARC 21; one that the table lacks stays to be told."""
        found = self.take(position)
        if found not in table and found not in _NOTHING:
            self._unknown.add(position)
        return table.get(found, default)

    def refuse(self, start: int, end: int) -> None:
        """Leave positions that were read and cannot be used to be told."""
        self._unknown.update(range(start, end))

    def left(self) -> Iterator[Value]:
        """Yield what nobody read or knew, run by run."""
        runs: list[list[int]] = []
        for at, character in enumerate(self.text):
            if character in _NOTHING or (at in self._read and at not in self._unknown):
                continue
            if runs and runs[-1][-1] == at - 1:
                runs[-1].append(at)
            else:
                runs.append([at])
        for run in runs:
            ends = f"{run[0]:02}" if len(run) == 1 else f"{run[0]:02}-{run[-1]:02}"
            yield Value(f"{self.path}/{ends}", self.text[run[0] : run[-1] + 1])


class SourceRecord:
    """A UNIMARC record, and what of it has been taken."""

    def __init__(self, record: Record) -> None:
        self.fields = [SourceField(field) for field in record.fields]
        self.label = Coded("LDR", str(record.leader).ljust(24))
        self._coded: list[Coded] = [self.label]

    def get(self, *tags: str) -> list[SourceField]:
        """Return the fields with these tags, in the record's order."""
        return [field for field in self.fields if field.tag in tags]

    def coded(self, tag: str) -> Coded:
        """Take the first $a of a field of coded data, to be read position by position."""
        for field in self.get(tag):
            for _, text in field.parts("a"):
                found = Coded(f"{tag}$a", text)
                self._coded.append(found)
                return found
        return Coded(f"{tag}$a", "")

    def values(self) -> Iterator[Value]:
        """Yield everything that can be left over."""
        for coded in self._coded:
            yield from coded.left()
        for field in self.fields:
            for _, value in field.values:
                yield value

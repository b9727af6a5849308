"""Where the records of a run came from, a few bytes for each: as objects a million are a gigabyte's fifth."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from techproc.findings import Finding, Severity

__all__ = ["Entries", "Entry", "repeated_numbers"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a record of the run came from: file, number in it, 001."""

    file: str
    number: int
    control: str


class Entries(Sequence[Entry]):
    """Entries by position, added file by file.

    >>> entries = Entries()
    >>> entries.add("a.mrc", [1, 3], ["x1", ""])
    >>> entries[1], len(entries)
    (Entry(file='a.mrc', number=3, control=''), 2)
    """

    def __init__(self) -> None:
        self._numbers = array("q")
        self._controls = bytearray()
        self._ends = array("q", [0])
        self._files: list[str] = []
        self._starts: list[int] = []  # the first position of each of the files

    def add(self, file: str, numbers: Sequence[int], controls: Sequence[str]) -> None:
        """Add the records that come next: of one file, with their numbers and 001s."""
        if not self._files or self._files[-1] != file:
            self._files.append(file)
            self._starts.append(len(self))
        self._numbers.extend(numbers)
        for control in controls:
            self._controls += control.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._controls))

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            return [self[at] for at in range(len(self))[index]]
        at = range(len(self))[index]
        file = self._files[bisect_right(self._starts, at) - 1]
        return Entry(file, self._numbers[at], self.control(at))

    def control(self, at: int) -> str:
        """Return the 001 of a record."""
        return self._controls[self._ends[at] : self._ends[at + 1]].decode("utf-8", "surrogatepass")


def repeated_numbers(entries: Entries) -> Iterator[Finding]:
    """Tell which 001 stand on several records, and that some have none."""
    hashes = np.fromiter(map(hash, map(entries.control, range(len(entries)))), np.int64)
    distinct, back, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    del distinct
    # Only what has none, or may be repeated, is looked at.
    looked_at = np.flatnonzero((counts[back] > 1) | (np.diff(entries._ends) == 0))
    seen: dict[str, Entry] = {}
    for entry in map(entries.__getitem__, looked_at.tolist()):
        if not entry.control:
            yield Finding(
                rule="dedupe.no-control-number",
                severity=Severity.WARNING,
                message="the record has no 001; it is called by its place in the file",
                file=entry.file,
                record=entry.number,
            )
        elif entry.control in seen:
            first = seen[entry.control]
            yield Finding(
                rule="dedupe.control-number-twice",
                severity=Severity.WARNING,
                control=entry.control,
                message=f"{first.file}, record {first.number} has the same 001",
                fix="give one of them another number before loading both",
                file=entry.file,
                record=entry.number,
            )
        else:
            seen[entry.control] = entry

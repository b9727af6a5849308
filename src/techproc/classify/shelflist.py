"""The shelf-list as the fitting of call numbers sees it: a protocol, and one kept in memory."""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from techproc.classify.shelfkey import shelf_key

__all__ = ["LayeredShelfList", "MemoryShelfList", "ShelfEntry", "ShelfList", "shelf_entry"]


@dataclass(frozen=True, slots=True, order=True)
class ShelfEntry:
    """One number of the shelf-list, with the main entry it stands for.

    `heading` is 1XX as displayed ("" for title main entry), `title` 245 without its leading
    article; `key` is the shelving key.
    """

    key: str
    call_number: str
    heading: str = ""
    title: str = ""
    control: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the entry as commands print it: without its key."""
        return {
            "call_number": self.call_number,
            "heading": self.heading,
            "title": self.title,
            "control": self.control,
        }


class ShelfList(Protocol):
    """What fitting asks of a shelf-list; the catalogue answers, and so does a list in memory."""

    def neighbours(self, key: str, n: int) -> tuple[list[ShelfEntry], list[ShelfEntry]]:
        """Return up to `n` entries before and after a key, each nearest first."""

    def under(self, prefix: str) -> list[ShelfEntry]:
        """Return the entries whose keys begin with `prefix`, in shelf order."""

    def taken(self, key: str) -> bool:
        """Return True when an entry has exactly this key."""


def shelf_entry(
    call_number: str, heading: str = "", title: str = "", control: str = "", scheme: str = "auto"
) -> ShelfEntry:
    """Return an entry with its key worked out."""
    return ShelfEntry(shelf_key(call_number, scheme), call_number, heading, title, control)


class MemoryShelfList:
    """A shelf-list in memory: for a file of records, and for what one run has already given out.

    >>> shelf = MemoryShelfList([shelf_entry("QA76 .S6 2001", "Smith, Ann", "Computing")])
    >>> shelf.taken(shelf_key("QA 76.S6 2001")), len(shelf)
    (True, 1)
    """

    def __init__(self, entries: Iterable[ShelfEntry] = ()) -> None:
        self._entries = sorted(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: ShelfEntry) -> None:
        """Put an entry in its place."""
        bisect.insort(self._entries, entry)

    def neighbours(self, key: str, n: int) -> tuple[list[ShelfEntry], list[ShelfEntry]]:
        """Return up to `n` entries before and after a key, each nearest first."""
        low = bisect.bisect_left(self._entries, key, key=_key_of)
        high = bisect.bisect_right(self._entries, key, key=_key_of)
        return self._entries[max(0, low - n) : low][::-1], self._entries[high : high + n]

    def under(self, prefix: str) -> list[ShelfEntry]:
        """Return the entries whose keys begin with `prefix`, in shelf order."""
        low = bisect.bisect_left(self._entries, prefix, key=_key_of)
        high = bisect.bisect_left(self._entries, prefix + "\U0010ffff", key=_key_of)
        return self._entries[low:high]

    def taken(self, key: str) -> bool:
        """Return True when an entry has exactly this key."""
        low = bisect.bisect_left(self._entries, key, key=_key_of)
        return low < len(self._entries) and self._entries[low].key == key


class LayeredShelfList:
    """Several shelf-lists seen as one: the catalogue's, and the numbers this run has given out."""

    def __init__(self, *layers: ShelfList) -> None:
        self._layers = layers

    def neighbours(self, key: str, n: int) -> tuple[list[ShelfEntry], list[ShelfEntry]]:
        """Return up to `n` entries before and after a key, each nearest first."""
        both = [layer.neighbours(key, n) for layer in self._layers]
        before = heapq.nlargest(n, (entry for left, _ in both for entry in left))
        after = heapq.nsmallest(n, (entry for _, right in both for entry in right))
        return before, after

    def under(self, prefix: str) -> list[ShelfEntry]:
        """Return the entries whose keys begin with `prefix`, in shelf order."""
        return list(heapq.merge(*(layer.under(prefix) for layer in self._layers)))

    def taken(self, key: str) -> bool:
        """Return True when an entry has exactly this key."""
        return any(layer.taken(key) for layer in self._layers)


def _key_of(entry: ShelfEntry) -> str:
    return entry.key

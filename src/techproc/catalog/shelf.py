"""The shelf-list: every call number of the catalogue in the order of the shelf."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from techproc.catalog.database import explained
from techproc.classify.shelflist import ShelfEntry

__all__ = ["CatalogShelf"]

_ENTRY = (
    "SELECT s.key, s.call_number, s.heading, s.title, r.control "
    "FROM shelf s JOIN record r ON r.id = s.record WHERE s.scheme = ? "
)
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class CatalogShelf:
    """The shelf-list of one scheme, as `techproc.classify.shelflist.ShelfList` asks for it."""

    _db: sqlite3.Connection
    _path: Path
    scheme: str

    def neighbours(self, key: str, n: int) -> tuple[list[ShelfEntry], list[ShelfEntry]]:
        """Return up to `n` entries before and after a shelving key, each nearest first."""
        before = self._entries("AND s.key < ? ORDER BY s.key DESC, s.record DESC LIMIT ?", key, n)
        after = self._entries("AND s.key > ? ORDER BY s.key, s.record LIMIT ?", key, n)
        return list(before), list(after)

    def under(self, prefix: str) -> list[ShelfEntry]:
        """Return the entries whose keys begin with `prefix`, in shelf order."""
        return list(
            self._entries(
                "AND s.key >= ? AND s.key < ? ORDER BY s.key, s.record", prefix, prefix + _LAST
            )
        )

    def taken(self, key: str) -> bool:
        """Return True when an entry has exactly this key."""
        return any(True for _ in self._entries("AND s.key = ? LIMIT 1", key))

    def since(self, key: str = "", limit: int = -1) -> Iterator[ShelfEntry]:
        """Yield the entries from a shelving key on, `limit` of them when it is not negative."""
        return self._entries("AND s.key >= ? ORDER BY s.key, s.record LIMIT ?", key, limit)

    def _entries(self, where: str, *values: object) -> Iterator[ShelfEntry]:
        with explained(self._path):
            for key, number, heading, title, control in self._db.execute(
                _ENTRY + where, (self.scheme, *values)
            ):
                yield ShelfEntry(key, number, heading, title, control)

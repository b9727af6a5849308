"""Putting rows into the tables of a catalogue."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from techproc.catalog.row import Row

__all__ = ["Writer", "write_rows"]


class Writer:
    """Adds and replaces rows within the transaction of one import, in batches."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._next = int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM record").fetchone()[0])
        self._first_new = self._next
        self._touched: set[int] = set()
        self._controls: set[str] = set()
        self._pending: list[tuple[int, Row]] = []

    def put(self, row: Row) -> tuple[bool, bool]:
        """Add or replace; return whether it replaced, and whether its 001 came before."""
        again = bool(row.control) and row.control in self._controls
        self._controls.add(row.control)
        number = self._to_replace(row.control)
        if number is None:
            number, self._next = self._next, self._next + 1
            replaced = False
        else:
            self._remove(number)
            replaced = True
        self._touched.add(number)
        self._pending.append((number, row))
        if len(self._pending) >= 500:
            self.flush()
        return replaced, again

    def _to_replace(self, control: str) -> int | None:
        """Return the record that was there before this import and has not been replaced by it."""
        if not control or self._first_new == 1:
            return None
        for (number,) in self._db.execute(
            "SELECT id FROM record WHERE control = ? AND id < ? ORDER BY id",
            (control, self._first_new),
        ):
            if number not in self._touched:
                return int(number)
        return None

    def _remove(self, number: int) -> None:
        self._db.execute(
            "INSERT INTO word(word, rowid, title, names, subjects, imprint) "
            "SELECT 'delete', id, title, names, subjects, imprint FROM record WHERE id = ?",
            (number,),
        )
        for table in ("shelf", "item", "key"):
            self._db.execute(f"DELETE FROM {table} WHERE record = ?", (number,))
        self._db.execute("DELETE FROM record WHERE id = ?", (number,))

    def flush(self) -> None:
        """Write the pending rows."""
        write_rows(self._db, self._pending)
        self._pending.clear()


def write_rows(db: sqlite3.Connection, rows: Sequence[tuple[int, Row]]) -> None:
    """Insert rows into all tables."""
    db.executemany(
        "INSERT INTO record VALUES(?, ?, ?, ?, ?, ?, ?)",
        [(n, r.control, r.title, r.names, r.subjects, r.imprint, r.raw) for n, r in rows],
    )
    db.executemany(
        "INSERT INTO word(rowid, title, names, subjects, imprint) VALUES(?, ?, ?, ?, ?)",
        [(n, r.title, r.names, r.subjects, r.imprint) for n, r in rows],
    )
    db.executemany(
        "INSERT OR IGNORE INTO key VALUES(?, ?)", sorted((k, n) for n, r in rows for k in r.keys)
    )
    db.executemany(
        "INSERT INTO item(record, barcode, call_number, branch, location, copy, date) "
        "VALUES(?, ?, ?, ?, ?, ?, ?)",
        [
            (n, i.barcode, i.call_number, i.branch, i.location, i.copy, date)
            for n, r in rows
            for i, date in zip(r.items, r.dates, strict=True)
        ],
    )
    db.executemany(
        "INSERT OR IGNORE INTO shelf VALUES(?, ?, ?, ?, ?, ?)",
        sorted(
            (s.scheme, s.key, n, s.call_number, s.heading, s.title)
            for n, r in rows
            for s in r.shelf
        ),
    )

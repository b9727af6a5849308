"""The journal of a run: what was decided so far, so that a killed run goes on where it was.

The journal is one SQLite file in the output folder. An outcome is in it wholly or not at all, and
the outputs are made of the journal and of nothing else: whoever goes on after a kill ends with the
same outputs as an uninterrupted run.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from techproc.errors import DataLossRefused, OutputError
from techproc.files import closed_on_error, explain_os_error
from techproc.process.arrival import Outcome

__all__ = ["Journal"]

_TABLES = """
CREATE TABLE IF NOT EXISTS run(facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outcome(
    number INTEGER PRIMARY KEY,
    disposition TEXT NOT NULL,
    match TEXT NOT NULL,
    joins TEXT NOT NULL,
    detail TEXT NOT NULL,
    record BLOB,
    raw BLOB
);
CREATE INDEX IF NOT EXISTS outcome_disposition ON outcome(disposition, number);
CREATE TABLE IF NOT EXISTS answer(chunk INTEGER PRIMARY KEY, content BLOB NOT NULL);
"""


class Journal:
    """The journal in a folder; opened by one run at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._explained():
            self._db = sqlite3.connect(path, isolation_level=None, timeout=1)
            with closed_on_error(self._db):
                self._db.execute("PRAGMA journal_mode = WAL")
                # A kill of the process loses nothing; only a power cut may cost the last commits,
                # which a resumed run decides again, and alike.
                self._db.execute("PRAGMA synchronous = NORMAL")
                # Held until the journal is closed, so that two runs never share a folder.
                self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
                self._db.execute("BEGIN EXCLUSIVE")
                for statement in _TABLES.split(";"):
                    self._db.execute(statement)
                self._db.execute("COMMIT")

    def begin(self, run: dict[str, Any]) -> dict[str, Any]:
        """Return the facts of the run (started, fingerprint, …): the journal's, or new ones stored.

        Raises DataLossRefused when the journal belongs to a run of other inputs or another policy.
        """
        with self._explained():
            stored = self._db.execute("SELECT facts FROM run").fetchone()
            if stored is None:
                with self._transaction():
                    self._db.execute("INSERT INTO run VALUES(?)", (json.dumps(run),))
                return run
        facts: dict[str, Any] = json.loads(stored[0])
        if facts["fingerprint"] != run["fingerprint"]:
            raise DataLossRefused(
                f"{self.path.parents[1]}: an unfinished run of other inputs or another policy is "
                "there; run that command again to finish it, name another folder, or --force "
                "starts anew"
            )
        return facts

    def __len__(self) -> int:
        with self._explained():
            return int(self._db.execute("SELECT count(*) FROM outcome").fetchone()[0])

    def add(self, outcomes: Sequence[tuple[Outcome, bytes]]) -> None:
        """Store outcomes, each with the bytes that arrived, all of them or none."""
        with self._explained(), self._transaction():
            self._db.executemany(
                "INSERT INTO outcome VALUES(?, ?, ?, ?, ?, ?, ?)",
                [
                    (o.number, o.disposition, o.match, o.joins,
                     json.dumps(o.detail, ensure_ascii=False), o.record, raw)
                    for o, raw in outcomes
                ],
            )  # fmt: skip

    def outcomes(self, disposition: str | None = None) -> Iterator[tuple[Outcome, bytes]]:
        """Yield the outcomes with the bytes that arrived, in the order of arrival."""
        with self._explained():
            for number, kind, match, joins, detail, record, raw in self._db.execute(
                "SELECT * FROM outcome WHERE ? IS NULL OR disposition = ? ORDER BY number",
                (disposition, disposition),
            ):
                yield (
                    Outcome(
                        number=number, disposition=kind, match=match, joins=joins,
                        detail=json.loads(detail), record=record,
                    ),
                    raw,
                )  # fmt: skip

    def records(self, disposition: str) -> Iterator[tuple[int, bytes]]:
        """Yield number and finished record of the outcomes of a disposition, in order."""
        with self._explained():
            yield from self._db.execute(
                "SELECT number, record FROM outcome WHERE disposition = ? ORDER BY number",
                (disposition,),
            )

    def shelved_items(self) -> Iterator[tuple[str, bytes | None, list[dict[str, Any]]]]:
        """Yield name, record and items of the arrivals that are written or merged, in order."""
        with self._explained():
            for name, record, items in self._db.execute(
                "SELECT json_extract(detail, '$.name'), record, json_extract(detail, '$.items') "
                "FROM outcome WHERE disposition IN ('written', 'merged') ORDER BY number"
            ):
                yield name, record, json.loads(items)

    def answers(self, chunk: int) -> bytes | None:
        """Return what the sources answered for a chunk of arrivals, if they were asked already."""
        with self._explained():
            row = self._db.execute(
                "SELECT content FROM answer WHERE chunk = ?", (chunk,)
            ).fetchone()
            return row[0] if row else None

    def keep_answers(self, chunk: int, content: bytes) -> None:
        """Store what the sources answered, so that a resumed run does not ask again."""
        with self._explained(), self._transaction():
            self._db.execute("INSERT INTO answer VALUES(?, ?)", (chunk, content))

    def close(self) -> None:
        """Close the file and let another run have it."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            text = str(error)
            if "locked" in text:
                raise OutputError(
                    f"{self.path.parents[1]}: another run is working there now"
                ) from error
            if "full" in text:
                raise OutputError(
                    f"{self.path.parents[1]}: the disk is full; free some space and run the command "
                    "again: it goes on where it was"
                ) from error
            raise OutputError(
                f"{self.path.parents[1]}: the journal cannot be written ({text})"
            ) from error
        except sqlite3.DatabaseError as error:
            raise OutputError(
                f"{self.path}: the journal of the unfinished run is damaged ({error}); "
                "--force starts anew"
            ) from error
        except OSError as error:
            raise OutputError(explain_os_error(self.path, error)) from error

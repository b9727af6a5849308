"""The database file: its tables, its versions, and what is refused.

Each entry of `MIGRATIONS` takes the file from one version to the next; a new version is one more
entry. The version is SQLite's `user_version`, the kind of file its `application_id`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from techproc.catalog.row import held_item_date
from techproc.errors import CatalogError, OutputError
from techproc.files import closed_on_error, explain_os_error

__all__ = ["connect", "explained"]

APPLICATION_ID = 0x74706361  # "tpca"

MIGRATIONS = [
    """
    CREATE TABLE record(
        id INTEGER PRIMARY KEY,
        control TEXT NOT NULL,      -- 001, empty when there is none
        title TEXT NOT NULL,
        names TEXT NOT NULL,
        subjects TEXT NOT NULL,
        imprint TEXT NOT NULL,
        marc BLOB NOT NULL          -- ISO 2709, UTF-8
    );
    CREATE INDEX record_control ON record(control);
    CREATE TABLE key(
        key TEXT NOT NULL,          -- "isbn:9780306406157", "title:…": see techproc.marc.keys
        record INTEGER NOT NULL REFERENCES record(id),
        PRIMARY KEY(key, record)
    ) WITHOUT ROWID;
    CREATE TABLE item(
        id INTEGER PRIMARY KEY,
        record INTEGER NOT NULL REFERENCES record(id),
        barcode TEXT NOT NULL,
        call_number TEXT NOT NULL,
        branch TEXT NOT NULL,
        location TEXT NOT NULL,
        copy TEXT NOT NULL
    );
    CREATE INDEX item_barcode ON item(barcode) WHERE barcode <> '';
    CREATE INDEX item_record ON item(record);
    CREATE TABLE shelf(
        scheme TEXT NOT NULL,
        key TEXT NOT NULL,          -- shelving key: plain text order is shelf order
        record INTEGER NOT NULL REFERENCES record(id),
        call_number TEXT NOT NULL,
        heading TEXT NOT NULL,      -- main entry heading, empty for title main entry
        title TEXT NOT NULL,        -- title without its leading article
        PRIMARY KEY(scheme, key, record)
    ) WITHOUT ROWID;
    CREATE INDEX shelf_record ON shelf(record);
    CREATE VIRTUAL TABLE word USING fts5(
        title, names, subjects, imprint,
        content='record', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
    );
    """,
    """
    ALTER TABLE item ADD COLUMN date TEXT NOT NULL DEFAULT '';  -- YYYY-MM-DD; '' where unknown
    CREATE INDEX item_date ON item(date);
    UPDATE item SET date = held_item_date(
        (SELECT marc FROM record WHERE record.id = item.record), barcode, call_number
    );
    """,
]


def connect(path: Path, *, create: bool, readonly: bool) -> sqlite3.Connection:
    """Open a catalogue file, creating or migrating it where that was asked for.

    Raises CatalogError when the file is missing, damaged, something else, from a newer version, or
    from an older one that cannot be migrated because it is opened for reading only.
    """
    if not create and not path.is_file():
        raise CatalogError(f"{path}: there is no catalogue; `techproc catalog import` makes one")
    if path.is_file():
        _check_whole(path)
    mode = "ro" if readonly else "rwc"
    if readonly and not os.access(path.absolute().parent, os.W_OK):
        mode += "&immutable=1"  # where no lock file can be made, no one can be writing
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with explained(path):
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)
        with closed_on_error(connection):
            _prepare(connection, path, readonly=readonly)
    return connection


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into a CatalogError that says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text:
            raise CatalogError(f"{path}: another program is writing to it; try again") from error
        if "full" in text:
            raise OutputError(f"{path}: the disk is full; nothing was changed") from error
        if "readonly" in text or "unable to open" in text:
            raise CatalogError(f"{path}: the file or its folder cannot be written") from error
        raise CatalogError(f"{path}: {text}") from error
    except sqlite3.DatabaseError as error:
        raise CatalogError(
            f"{path}: the catalogue is damaged or no catalogue at all ({error}); "
            "restore it from a copy, or import the records again into a new file"
        ) from error


def _check_whole(path: Path) -> None:
    """Refuse a file that is shorter than its own header says: SQLite notices that only later."""
    try:
        with path.open("rb") as stream:
            header = stream.read(100)
            size = stream.seek(0, 2)
    except OSError as error:
        raise CatalogError(explain_os_error(path, error)) from error
    if not header:
        return  # an empty file is an empty database
    if not header.startswith(b"SQLite format 3\0") or len(header) < 100:
        raise CatalogError(
            f"{path}: this is not a catalogue; import MARC files with `techproc catalog import`"
        )
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    if size < page * int.from_bytes(header[28:32], "big"):
        raise CatalogError(
            f"{path}: the catalogue is cut short; restore it from a copy, "
            "or import the records again into a new file"
        )


def _prepare(connection: sqlite3.Connection, path: Path, *, readonly: bool) -> None:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    kind: int = connection.execute("PRAGMA application_id").fetchone()[0]
    tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if (tables or version) and kind != APPLICATION_ID:
        raise CatalogError(f"{path}: this database is not a techproc catalogue; name another file")
    if version > len(MIGRATIONS):
        raise CatalogError(
            f"{path}: written by a newer techproc (catalogue version {version}, "
            f"this one knows {len(MIGRATIONS)}); install the newer version"
        )
    connection.execute("PRAGMA cache_size = -65536")
    if readonly:
        if version < len(MIGRATIONS):
            raise CatalogError(
                f"{path}: the catalogue is empty or old; `techproc catalog import` brings it up"
            )
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.create_function("held_item_date", 3, held_item_date)
    for number in range(version, len(MIGRATIONS)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have migrated while this one waited for the lock.
            if connection.execute("PRAGMA user_version").fetchone()[0] == number:
                for statement in _statements(MIGRATIONS[number]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one: executescript would commit the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

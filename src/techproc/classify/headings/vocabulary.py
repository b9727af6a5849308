"""A vocabulary as an offline index: is this heading established, what is near it, whose number is it.

The index is an SQLite file made once from what a vocabulary comes as (`techproc.classify.headings.
sources`). Headings are found by their folded form, near ones by their words (full-text search) and
then by likeness; a form that is not used leads to the one that is.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from techproc.errors import InputError
from techproc.files import closed_on_error, explain_os_error
from techproc.text import fold

__all__ = ["Entry", "Vocabulary", "build_index"]

_VERSION = 1
_SCHEMA = """
CREATE TABLE about (name TEXT, version INTEGER, source TEXT, built TEXT);
CREATE TABLE heading (key TEXT NOT NULL, label TEXT NOT NULL, id TEXT NOT NULL, use TEXT);
"""
_INDEXES = """
CREATE INDEX by_key ON heading (key);
CREATE INDEX by_id ON heading (id);
CREATE VIRTUAL TABLE words USING fts5 (key, content='heading', content_rowid='rowid',
                                       tokenize="unicode61 remove_diacritics 0", prefix='4');
INSERT INTO words (words) VALUES ('rebuild');
"""
_CANDIDATES = 400
_NUMBER = re.compile(r"(sh|sj|fst|gf|n[a-z]?)?\s*0*(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading of a vocabulary. `use` is the form to use instead, for one that is not used."""

    label: str
    id: str
    use: str | None = None


class Vocabulary:
    """An index that was built; open it by its path, use it as a context manager."""

    def __init__(self, path: str | Path) -> None:
        """Open an index; raises InputError when it is none or was made by another version."""
        if not Path(path).is_file():
            raise InputError(f"{path}: there is no such index of headings")
        try:
            self._db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
            with closed_on_error(self._db):
                self.name, version, self.source, self.built = self._db.execute(
                    "SELECT name, version, source, built FROM about"
                ).fetchone()
                if version != _VERSION:
                    raise InputError(
                        f"{path}: an index of headings of version {version}, not {_VERSION}; "
                        "build it again"
                    )
        except (sqlite3.DatabaseError, TypeError) as error:
            raise InputError(
                f"{path}: not an index of headings ({error}); build it again"
            ) from error

    def close(self) -> None:
        """Close the index."""
        self._db.close()

    def __enter__(self) -> Vocabulary:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    @property
    def size(self) -> int:
        """How many headings and references there are."""
        count: int = self._db.execute("SELECT count(*) FROM heading").fetchone()[0]
        return count

    def find(self, text: str) -> Entry | None:
        """Return the heading of this text, whatever its case, accents and punctuation, or None.

        Of several that fold to the same, the one spelt as `text` is, then one that is used.
        """
        rows = self._db.execute(
            "SELECT label, id, use FROM heading WHERE key = ? ORDER BY label != ?, use IS NOT NULL",
            (fold(text), text),
        )
        row = rows.fetchone()
        return Entry(*row) if row else None

    def numbered(self, identifier: str) -> Entry | None:
        """Return the heading with an identifier: a URI, `sh85021262`, `(OCoLC)fst00848961`."""
        row = self._db.execute(
            "SELECT label, id, use FROM heading WHERE id = ?", (plain_number(identifier),)
        ).fetchone()
        return Entry(*row) if row else None

    def near(self, text: str, most: int = 3, *, least: float = 80.0) -> list[tuple[Entry, float]]:
        """Return the headings most like a text, with their likeness (0–100), the best first.

        Candidates share a word with it, or the first four letters of one.
        """
        key = fold(text)
        words = [word for word in key.split() if len(word) > 2] or key.split()
        if not words:
            return []
        query = " OR ".join([f'"{word}"' for word in words] + [f'"{w[:4]}" *' for w in words])
        rows = self._db.execute(
            "SELECT heading.key, label, id, use FROM words JOIN heading ON words.rowid = heading.rowid "
            "WHERE words MATCH ? ORDER BY rank LIMIT ?",
            (query, _CANDIDATES),
        ).fetchall()
        found = process.extract(
            key, [row[0] for row in rows], scorer=fuzz.token_sort_ratio, limit=most * 2,
            score_cutoff=least,
        )  # fmt: skip
        entries: dict[str, tuple[Entry, float]] = {}
        for _, score, at in found:
            entry = Entry(*rows[at][1:])
            entries.setdefault(entry.use or entry.label, (entry, float(score)))
        return list(entries.values())[:most]


def plain_number(identifier: str) -> str:
    """Return an identifier as the index keeps it.

    >>> plain_number("http://id.loc.gov/authorities/subjects/sh85021262")
    'sh85021262'
    >>> plain_number("(OCoLC)fst00848961"), plain_number("http://id.worldcat.org/fast/848961")
    ('fst848961', 'fst848961')
    """
    text = identifier.strip().lower().rstrip("/")
    last = re.sub(r"^\([^)]*\)", "", text).strip().rsplit("/", 1)[-1].removesuffix(".html")
    match = _NUMBER.fullmatch(last)
    if match is None:
        return last
    prefix, number = (match.group(1) or "").lower(), match.group(2)
    if prefix == "fst" or "/fast/" in text:
        return f"fst{int(number)}"
    return last.replace(" ", "")


def build_index(
    path: str | Path, name: str, source: str, entries: Iterable[Entry], *, built: str
) -> int:
    """Write the index of a vocabulary to a new file; return how many headings it has.

    `source` says what it was made from, `built` the day (ISO 8601). Raises InputError when there is
    no heading, or the file cannot be written.
    """
    try:
        with closing(sqlite3.connect(path)) as db, db:
            db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
            db.executemany(
                "INSERT INTO heading VALUES (?, ?, ?, ?)",
                (
                    (key, e.label, plain_number(e.id), e.use)
                    for e in entries
                    if (key := fold(e.label))
                ),
            )
            db.execute("INSERT INTO about VALUES (?, ?, ?, ?)", (name, _VERSION, source, built))
            db.executescript(_INDEXES)
            count: int = db.execute("SELECT count(*) FROM heading").fetchone()[0]
    except sqlite3.Error as error:
        raise InputError(f"{path}: the index of headings could not be written ({error})") from error
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    if not count:
        raise InputError(f"{source}: no headings were found in it")
    return count

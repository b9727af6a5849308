"""The answer cache: what sources confirmed, kept in SQLite so that it is not asked again.

Only confirmed answers are kept: records, and misses that a source stated. Misses expire soon and
hits late; errors are never kept, so that a server's bad day is over when it is over.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.errors import InputError
from techproc.files import closed_on_error, explain_os_error
from techproc.findings import Finding, Severity
from techproc.sources.answers import joined
from techproc.sources.candidate import Answer, Candidate, Source

__all__ = ["AnswerStore", "Cached", "default_cache"]

_DAY = 86_400.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
  source TEXT NOT NULL, isbn TEXT NOT NULL, stored REAL NOT NULL,
  hits INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (source, isbn)
) WITHOUT ROWID
"""


def default_cache() -> Path:
    """Return where answers are kept when the policy names no place."""
    import platformdirs  # noqa: PLC0415 - only network sources need it

    return Path(platformdirs.user_cache_dir("techproc")) / "answers.sqlite"


class AnswerStore:
    """Answers by source and ISBN in one SQLite file; safe to use from several threads.

    `hit_age` and `miss_age` are seconds after which a hit and a miss are asked anew. A journal is
    a store whose answers never expire. Raises InputError when the file cannot be used.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        hit_age: float = 90 * _DAY,
        miss_age: float = 2 * _DAY,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.path = Path(path)
        self._ages = (miss_age, hit_age)
        self._now = now
        self._lock = threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=30, check_same_thread=False)
            with closed_on_error(self._db):
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.execute(_SCHEMA)
        except OSError as error:
            raise InputError(explain_os_error(self.path, error)) from error
        except sqlite3.Error as error:
            raise InputError(f"{self.path}: not a usable answer cache ({error})") from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> AnswerStore:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def look_up(self, identity: str, isbns: Sequence[str], key: str) -> Answer:
        """Return the answers kept for ISBNs that have not expired, as those of source `key`."""
        candidates: dict[str, list[Candidate]] = {}
        for isbn, stored, hits, body in self._rows(identity, isbns):
            if self._now() - stored > self._ages[bool(hits)]:
                continue
            kept = json.loads(zlib.decompress(body))
            candidates[isbn] = [_candidate(item, key) for item in kept]
        return Answer(candidates=candidates, unanswered=frozenset(isbns) - candidates.keys())

    def _rows(self, identity: str, isbns: Sequence[str]) -> Iterator[tuple[str, float, int, bytes]]:
        query = "SELECT isbn, stored, hits, body FROM answer WHERE source = ? AND isbn = ?"
        with self._lock, closing(self._db.cursor()) as cursor:
            rows = [cursor.execute(query, (identity, isbn)).fetchone() for isbn in isbns]
        return (row for row in rows if row is not None)

    def keep(self, identity: str, answer: Answer) -> None:
        """Keep what an answer confirms, with the findings about its records."""
        stored = self._now()
        rows = [
            (identity, isbn, stored, len(found), _body(found))
            for isbn, found in answer.candidates.items()
            if isbn not in answer.unanswered
        ]
        with self._lock, self._db:
            self._db.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)", rows)


@runtime_checkable
class _Streaming(Protocol):
    def answers(self, isbns: Sequence[str]) -> Iterator[Answer]: ...


class Cached:
    """A source behind stores of answers: each is looked into in turn, then the source is asked.

    Every batch is kept as soon as it is there, so that a killed run loses at most the batch under
    way. `refresh` looks only into the journal (the run's own answers), `offline` never asks.
    """

    def __init__(
        self,
        source: Source,
        cache: AnswerStore | None,
        *,
        journal: AnswerStore | None = None,
        refresh: bool = False,
        offline: bool = False,
    ) -> None:
        self.key = source.key
        self.holder: object = None  # whatever must live as long as this source
        self._source = source
        self._identity = str(getattr(source, "identity", source.key))
        self._cache = cache
        self._journal = journal
        self._refresh = refresh
        self._offline = offline

    def stop(self) -> None:
        """Ask the source nothing more; called when a run is interrupted."""
        stop = getattr(self._source, "stop", None)
        if callable(stop):
            stop()

    def by_isbn(self, isbns: Sequence[str]) -> Answer:
        """Return what the stores hold, and the source's answers for the rest."""
        parts: list[Answer] = []
        left = list(isbns)
        stores = [self._journal, None if self._refresh else self._cache]
        for number, store in enumerate(stores):
            if store is not None and left:
                kept = store.look_up(self._identity, left, self.key)
                parts.append(kept)
                left = [isbn for isbn in left if isbn not in kept.candidates]
                if number and self._journal is not None:
                    self._journal.keep(self._identity, kept)
        if left and self._offline:
            reason = f"{self.key}: offline, and its answer is not in the cache"
            parts.append(Answer(unanswered=frozenset(left), unavailable=reason))
        elif left:
            for answer in self._ask(left):
                for store in (self._journal, self._cache):
                    if store is not None:
                        store.keep(self._identity, answer)
                parts.append(answer)
        return joined(parts, isbns)

    def _ask(self, isbns: Sequence[str]) -> Iterator[Answer]:
        if isinstance(self._source, _Streaming):
            return self._source.answers(isbns)
        return iter([self._source.by_isbn(isbns)])


def _body(found: Sequence[Candidate]) -> bytes:
    kept = [
        {
            "record": candidate.record.as_dict(),
            "claim": candidate.claim,
            "findings": [f.as_json() for f in candidate.findings],
        }
        for candidate in found
    ]
    return zlib.compress(json.dumps(kept, ensure_ascii=False).encode("utf-8"), 6)


def _candidate(item: dict[str, Any], key: str) -> Candidate:
    return Candidate(
        record=_record(item["record"]),
        source=key,
        findings=tuple(_finding(f) for f in item["findings"]),
        claim=item["claim"],
    )


def _record(item: dict[str, Any]) -> Record:
    """Return the record of a MARC-in-JSON object."""
    record = Record()
    record.leader = Leader(item["leader"])
    for entry in item["fields"]:
        for tag, value in entry.items():
            if isinstance(value, str):
                record.fields.append(Field(tag=tag, data=value))
                continue
            subfields = [
                Subfield(code, text) for s in value["subfields"] for code, text in s.items()
            ]
            pair = Indicators(value["ind1"], value["ind2"])
            record.fields.append(Field(tag=tag, indicators=pair, subfields=subfields))
    return record


def _finding(item: dict[str, Any]) -> Finding:
    return Finding(**{**item, "severity": Severity(item["severity"])})

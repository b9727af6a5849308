"""Open Library as a source: batches of ISBNs asked of /api/books, and its other documents.

An edition made from a library's MARC record brings that record too (`archive_records`).
After https://openlibrary.org/developers/api: identify yourself with a contact, at most 180
requests a minute; a key that is not held is absent from a 200 answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from techproc.errors import SourceUnavailable
from techproc.findings import Finding
from techproc.sources.answers import joined
from techproc.sources.archive_records import ARCHIVE, ArchiveRecords, Found, places
from techproc.sources.candidate import Answer
from techproc.sources.identity import attribute
from techproc.sources.openlibrary_marc import record_from_edition
from techproc.sources.transport import Limits, Network

__all__ = ["OPEN_LIBRARY", "OpenLibrary", "OpenLibrarySource"]

OPEN_LIBRARY = "https://openlibrary.org"
_KEY = re.compile(r"/?(?:(books|works|authors)/)?(OL[0-9]+[MWA])\Z", re.A)
_KINDS = {"M": "books", "W": "works", "A": "authors"}
_HOPS = 4
_BATCH = 25  # what its maintainers ask for


class OpenLibrary:
    """A client of Open Library's documents: books, editions, works, authors, search.

    Every method raises SourceUnavailable when no usable answer came, and returns None or nothing
    for what is not held.
    """

    def __init__(
        self, network: Network, *, url: str = OPEN_LIBRARY, limits: Limits | None = None
    ) -> None:
        self.network = network
        self.url = url.rstrip("/")
        # 180 a minute with a contact, burst included; strangers get one request a second.
        pace = (2.5, 25) if network.contact else (1.0, 1)
        self.limits = replace(limits or Limits(), rate=pace[0], burst=pace[1], connections=2)

    def books(self, isbns: Sequence[str], detail: str = "details") -> dict[str, dict[str, Any]]:
        """Return what `/api/books` holds of ISBNs, by ISBN as given; `detail` is data or details.

        "details" is the edition as stored; "data" has authors and subjects of its work too.
        """
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(isbns), _BATCH):
            batch = isbns[start : start + _BATCH]
            keys = ",".join(f"ISBN:{isbn}" for isbn in batch)
            answer = self._json("/api/books", {"bibkeys": keys, "format": "json", "jscmd": detail})
            for isbn in batch:
                item = answer.get(f"ISBN:{isbn}")
                if isinstance(item, dict):
                    found[isbn] = item
        return found

    def edition(self, isbn: str) -> dict[str, Any] | None:
        """Return the edition with an ISBN, as stored."""
        return self._document(f"/isbn/{isbn}.json")

    def document(self, key: str) -> dict[str, Any] | None:
        """Return a document by its key: "OL45883W", "/works/OL45883W", "OL23919A", "OL7353617M".

        A document that was merged into another leads there; one that was deleted is not held.
        Raises SourceUnavailable for a key of another shape: a key is never a path.
        """
        for _ in range(_HOPS):
            match = _KEY.match(key)
            if match is None:
                raise SourceUnavailable(f"Open Library: {key!r} is not a key")
            found = self._document(f"/{_KINDS[match[2][-1]]}/{match[2]}.json") or {}
            kind = found.get("type")
            kind = kind.get("key") if isinstance(kind, dict) else None
            if kind != "/type/redirect":
                return found if found and kind != "/type/delete" else None
            key = str(found.get("location"))
        raise SourceUnavailable(f"Open Library: {key} redirects in circles")

    def search(self, *, limit: int = 20, page: int = 1, **terms: str) -> list[dict[str, Any]]:
        """Return works that match terms: `title`, `author`, `isbn`, `q`, …, one page of them."""
        fields = "key,title,subtitle,author_name,first_publish_year,edition_key,isbn,language"
        query = {**terms, "fields": fields, "limit": str(limit), "page": str(page)}
        documents = self._json("/search.json", query).get("docs", [])
        return [item for item in documents if isinstance(item, dict)]

    def _document(self, path: str) -> dict[str, Any] | None:
        answer = self._json(path, None, allowed=frozenset({404}))
        return answer or None

    def _json(
        self, path: str, params: Mapping[str, str] | None, allowed: frozenset[int] = frozenset()
    ) -> dict[str, Any]:
        reply = self.network.get(
            self.url + path,
            params,
            limits=self.limits,
            accept="application/json",
            allowed=allowed,
        )
        if reply.status == 404:
            return {}
        try:
            answer = json.loads(reply.body)
        except (ValueError, RecursionError) as error:
            raise SourceUnavailable("Open Library: its answer is not JSON") from error
        if not isinstance(answer, dict):
            raise SourceUnavailable("Open Library: its answer is not the object it documents")
        return answer


class OpenLibrarySource:
    """Open Library asked by ISBN: two requests for 25 ISBNs, made into MARC 21.

    With `marc` the library records that editions were made from are fetched as well, one or two
    requests each, and stand before the made ones.
    """

    key = "openlibrary"

    def __init__(
        self,
        network: Network,
        *,
        url: str = OPEN_LIBRARY,
        limits: Limits | None = None,
        marc: bool = True,
        archive: str = ARCHIVE,
    ) -> None:
        self.client = OpenLibrary(network, url=url, limits=limits)
        self._archive = ArchiveRecords(network, url=archive, limits=limits) if marc else None

    @property
    def identity(self) -> str:
        """What an answer of this source depends on, for the cache."""
        return f"{self.client.url} marc-2{'' if self._archive else ' made'}"

    def stop(self) -> None:
        """Ask nothing more; called when a run is interrupted."""
        self.client.network.close()

    def by_isbn(self, isbns: Sequence[str]) -> Answer:
        """Return the editions with the ISBNs (13 digits each) as MARC 21 candidates."""
        return joined(self.answers(isbns), isbns)

    def answers(self, isbns: Sequence[str]) -> Iterator[Answer]:
        """Yield the answers batch by batch; no more batches after a failure."""
        for start in range(0, len(isbns), _BATCH):
            batch = list(isbns[start : start + _BATCH])
            try:
                yield self._ask(batch)
            except SourceUnavailable as error:
                reason = str(error)
                yield Answer(unanswered=frozenset(batch), unavailable=f"{self.key}: {reason}")
                return

    def _ask(self, batch: list[str]) -> Answer:
        editions = self.client.books(batch, "details")
        # Authors and subjects stand with the work, which only "data" includes.
        works = self.client.books(list(editions), "data") if editions else {}
        records: list[Found] = []
        findings: list[Finding] = []
        missed = ""
        without: set[str] = set()
        for isbn, item in editions.items():
            details = item.get("details")
            if not isinstance(details, dict):
                findings.append(
                    Finding(
                        rule="sources.no-record-data",
                        message=f"Open Library names {isbn} and sends no details of it",
                        file=self.key,
                    )
                )
                continue
            if places(details) and self._archive is not None:
                # When the Archive is down it is asked no more, and the answer is not kept.
                try:
                    fetched = [] if missed else self._archive.records(details)
                    records += [(r, tuple(f.at(file=self.key) for f in n)) for r, n in fetched]
                except SourceUnavailable as error:
                    missed = f"{self.key}: the MARC records of its editions: {error}"
                if missed:
                    without.add(isbn)
            record, noted = record_from_edition(details, works.get(isbn, {}))
            records.append((record, tuple(f.at(file=self.key) for f in noted)))
        answer = attribute(records, batch, self.key)
        return replace(
            answer,
            findings=(*findings, *answer.findings),
            unanswered=frozenset(without),
            unavailable=missed,
        )

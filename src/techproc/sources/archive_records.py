"""The MARC records that Open Library's editions were made from, out of the Internet Archive.

An edition names them in `source_records`: "marc:ITEM/FILE:OFFSET:LENGTH" stands in a file of a
library's whole catalogue, "ia:ITEM" came with the book that was scanned (ITEM_marc.xml, else
ITEM_meta.mrc). The Archive sends a download on to one of its data nodes; a host that is none of
its own is not asked.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from pymarc import Record

from techproc import marc
from techproc.errors import SourceUnavailable
from techproc.findings import Finding, Severity
from techproc.sources.transport import Limits, Network, Reply

__all__ = ["ARCHIVE", "ArchiveRecords", "Place", "places"]

ARCHIVE = "https://archive.org"
_IN_FILE = re.compile(r"marc:((?:[\w()-][\w. ()-]*/)+[\w()-][\w. ()-]*):([0-9]{1,12}):([0-9]{1,5})", re.A)  # fmt: skip
_SCANNED = re.compile(r"ia:([\w-][\w.-]*)", re.A)
_LC = "marc_loc"  # the items with the Library of Congress's catalogue
_LEAST = 26  # bytes of the shortest record
_MOST = 2  # records fetched for one edition
_LIMIT = 1 << 20  # bytes of an answer: a record has at most 99,999, in XML a few times as much
_HOPS = 3

Found = tuple[Record, tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is: paths to try in turn, and its bytes within the file (length 0: all)."""

    paths: tuple[str, ...]
    start: int = 0
    length: int = 0


def places(edition: Mapping[str, Any]) -> tuple[Place, ...]:
    """Return where the MARC records of an edition are, those of the Library of Congress first.

    >>> places({"source_records": ["bwb:97801", "marc:marc_loc_2016/part25.utf8:1200:857"]})
    (Place(paths=('marc_loc_2016/part25.utf8',), start=1200, length=857),)
    """
    named = edition.get("source_records")
    found: list[Place] = []
    for text in named if isinstance(named, list) else ():
        if not isinstance(text, str):
            continue
        if (match := _IN_FILE.fullmatch(text)) and int(match[3]) >= _LEAST:
            found.append(Place((match[1],), int(match[2]), int(match[3])))
        elif match := _SCANNED.fullmatch(text):
            item = match[1]
            found.append(Place((f"{item}/{item}_marc.xml", f"{item}/{item}_meta.mrc")))
    found.sort(key=lambda place: not place.paths[0].startswith(_LC))
    return tuple(dict.fromkeys(found))[:_MOST]


class ArchiveRecords:
    """Fetches the records at places of the Internet Archive."""

    def __init__(
        self, network: Network, *, url: str = ARCHIVE, limits: Limits | None = None
    ) -> None:
        self.network = network
        self.url = url.rstrip("/")
        self.limits = replace(
            limits or Limits(), rate=2.0, burst=4, connections=2, max_bytes=_LIMIT
        )

    def records(self, edition: Mapping[str, Any]) -> Iterator[Found]:
        """Yield the records that an edition names, each with the findings of reading it.

        Raises SourceUnavailable when the Archive gave no usable answer; what is not there any
        more is passed over.
        """
        for place in places(edition):
            for path in place.paths:
                body = self._download(path, place)
                if body is not None:
                    yield from _read(body)
                    break

    def _download(self, path: str, place: Place) -> bytes | None:
        last = place.start + place.length - 1
        extent = f"bytes={place.start}-{last}" if place.length else ""
        reply = self._follow(f"{self.url}/download/{quote(path)}", extent)
        if reply.status in (404, 416):
            return None
        if place.length and (reply.status != 206 or len(reply.body) != place.length):
            raise SourceUnavailable("Internet Archive: it sent other bytes than were asked for")
        return reply.body

    def _follow(self, url: str, extent: str) -> Reply:
        """Ask, and ask the data node that the answer points to."""
        for _ in range(_HOPS):
            reply = self.network.get(
                url,
                limits=self.limits,
                extent=extent,
                allowed=frozenset({403, 404, 416}),
                follow=False,
            )
            if reply.status == 403:  # the item was taken away from the public
                return replace(reply, status=404)
            if not 300 <= reply.status < 400:
                return reply
            url = self._node(url, reply.headers.get("location", ""))
        raise SourceUnavailable("Internet Archive: it redirects in circles")

    def _node(self, url: str, location: str) -> str:
        """Return where a redirect leads when that is a host of the Archive's own."""
        target = urljoin(url, location)
        home, there = urlsplit(self.url), urlsplit(target)
        own = there.hostname == home.hostname or (there.hostname or "").endswith(
            f".{home.hostname}"
        )
        if not own or there.scheme not in (home.scheme, "https"):
            raise SourceUnavailable("Internet Archive: it redirects to a host that is not its own")
        return target


def _read(body: bytes) -> Iterator[Found]:
    for item in marc.read(io.BytesIO(body)):
        if isinstance(item, marc.Loaded):
            yield item.record, (*item.findings, _ORIGIN)


_ORIGIN = Finding(
    rule="sources.openlibrary-marc",
    message="a library's record, which Open Library made its edition from",
    severity=Severity.INFO,
)

"""The pages of an SRU result, read to the end whatever the server says comes next.

Pages are counted by the records received: `nextRecordPosition` is left out by some servers, points
behind the end with others; counts are capped, estimated, wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from techproc.errors import SourceUnavailable
from techproc.findings import Finding, Severity
from techproc.sources.cql import Query
from techproc.sources.responses import Refused, SruRecord, SruResponse

__all__ = ["Page", "Paging"]

_SMALLER = (50, 10, 1)
_UNPAGEABLE = frozenset({6, 61, 1})  # a smaller page may help with these
_ROUND = 1000  # a count that is a multiple of this may be where the server stops counting


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a result: its first position, its records, the count that the server gives.

    `findings` holds what was wrong with the page itself; a page with no records may end a result
    early, and then says so there.
    """

    start: int
    count: int | None
    records: tuple[SruRecord, ...]
    findings: tuple[Finding, ...] = ()


class _Search(Protocol):
    def __call__(
        self, query: Query | str, *, start: int, size: int, deadline: float | None
    ) -> SruResponse: ...


class Paging:
    """Reads the pages of one query by a function that asks for one of them.

    `key` names the target in findings; `deadline` gives the time by which a page must be there.
    """

    def __init__(
        self,
        search: _Search,
        query: Query | str,
        *,
        key: str = "",
        deadline: Callable[[], float] | None = None,
    ) -> None:
        self._search = search
        self._query = query
        self._key = key
        self._deadline = deadline

    def pages(self, size: int, limit: int | None = None, start: int = 1) -> Iterator[Page]:
        """Yield the pages as `SruClient.pages` does."""
        ahead = ThreadPoolExecutor(1, thread_name_prefix=f"techproc-{self._key}-page")
        try:
            yield from self._pages(size, limit, start, ahead)
        finally:
            ahead.shutdown(wait=False, cancel_futures=True)

    def _pages(
        self, size: int, limit: int | None, start: int, ahead: ThreadPoolExecutor
    ) -> Iterator[Page]:
        coming: Future[tuple[SruResponse, int]] | None = None
        position, last, known = start, b"", 0
        while limit is None or position - start < limit:
            wanted = size if limit is None else min(size, limit - (position - start))
            try:
                if coming is None:
                    response, size = self._page(position, wanted, size)
                else:
                    response, size = coming.result()
            except SourceUnavailable as error:
                if position == start:
                    raise
                if position > known > 0 and isinstance(error, Refused):
                    return  # the look beyond a round count found nothing: it was right
                yield Page(
                    start=position, count=None, records=(), findings=(_cut(position, error),)
                )
                return
            digest = _digest(response.records)
            if response.records and digest == last:
                finding = self._finding(
                    "sources.same-page",
                    f"the server sent the same page again for position {position}; "
                    "the rest of the result cannot be had",
                )
                yield Page(start=position, count=response.count, records=(), findings=(finding,))
                return
            last = digest
            received = response.records
            if limit is not None:
                received = received[: limit - (position - start)]
            findings = [self._finding("sources.diagnostic", str(d)) for d in response.diagnostics]
            if position > known > 0 and received:
                text = f"the server counts {known} hits and has more: its count is capped"
                findings.append(self._finding("sources.count-capped", text))
            known = response.count or 0
            page_start, position = position, position + len(response.records)
            ended = self._ended(response, position, wanted, findings)
            left = size if limit is None else min(size, limit - (position - start))
            if not ended and left > 0 and page_start > start:  # the first may be found enough
                coming = ahead.submit(self._page, position, left, size)
            yield Page(
                start=page_start, count=response.count, records=received, findings=tuple(findings)
            )
            if ended:
                return

    def _page(self, position: int, wanted: int, size: int) -> tuple[SruResponse, int]:
        """Return one page, asking for fewer records at a time when the server refuses so many."""
        sizes = [wanted, *(s for s in _SMALLER if s < wanted)]
        for number, asked in enumerate(sizes):
            try:
                until = self._deadline() if self._deadline else None
                response = self._search(self._query, start=position, size=asked, deadline=until)
            except Refused as error:
                if number + 1 == len(sizes) or not error.has(*_UNPAGEABLE):
                    raise
            else:
                return response, size if asked == wanted else asked
        raise AssertionError("a page has at least one size")

    def _ended(
        self, response: SruResponse, position: int, wanted: int, findings: list[Finding]
    ) -> bool:
        """Return whether a result is over, given the position after the records received."""
        count = response.count
        if not response.records:
            if count and position <= count:
                findings.append(
                    self._finding(
                        "sources.short-result",
                        f"the server counts {count} hits and sends nothing from position "
                        f"{position} on",
                    )
                )
            return True
        if count is None:
            # Without a count only a page that is not full, and names no next one, is the last.
            return len(response.records) < wanted and response.next_position is None
        if position <= count:
            return False
        # nextRecordPosition one past the end is common and means nothing; a round or estimated
        # count may be where the server stops counting, so one more page is asked for.
        capped = not response.exact or (count >= _ROUND and count % _ROUND == 0)
        return not (capped and len(response.records) >= wanted)

    def _finding(self, rule: str, message: str) -> Finding:
        return Finding(rule=rule, message=message, severity=Severity.WARNING, file=self._key)


def _cut(position: int, error: SourceUnavailable) -> Finding:
    return Finding(
        rule="sources.result-cut",
        message=f"the result could not be read beyond record {position - 1}: {error}",
        severity=Severity.WARNING,
        fix="ask for fewer records by a narrower query",
    )


def _digest(records: tuple[SruRecord, ...]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for record in records:
        digest.update(etree.tostring(record.data) if record.data is not None else b"-")
    return digest.digest()

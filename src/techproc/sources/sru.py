"""An SRU client: explain, searchRetrieve with paging, scan, in versions 1.1, 1.2 and 2.0.

Standards: http://www.loc.gov/standards/sru/ (1.1, 1.2), OASIS searchRetrieve part 3 (2.0). Pages
are counted by the records received, never by what the server says comes next.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from lxml import etree

from techproc.errors import SourceUnavailable
from techproc.findings import Finding, Severity
from techproc.sources.cql import Query
from techproc.sources.responses import Diagnostic, Explanation, ScanTerm, SruRecord, SruResponse
from techproc.sources.targets import Target
from techproc.sources.transport import Limits, Network

__all__ = ["Page", "Refused", "SruClient"]

T = TypeVar("T")

_SMALLER = (50, 10, 1)
_UNPAGEABLE = frozenset({6, 61, 1})  # a smaller page may help with these
_ROUND = 1000  # a count that is a multiple of this may be where the server stops counting


class Refused(SourceUnavailable):
    """The server answered, with a diagnostic instead of a result."""

    def __init__(self, target: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{target}: {'; '.join(str(d) for d in diagnostics)}")
        self.diagnostics = diagnostics

    def has(self, *codes: int) -> bool:
        """Return whether one of the diagnostics has one of the numbers."""
        return any(d.code in codes for d in self.diagnostics)


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


class SruClient:
    """A client of one target over a network, which it shares with others.

    `packing` is "xml" or "string". What a server turns out to speak is remembered.
    """

    def __init__(
        self,
        target: Target,
        network: Network,
        *,
        limits: Limits | None = None,
        packing: Literal["xml", "string"] = "xml",
    ) -> None:
        self.target = target
        self.network = network
        self.version = target.version
        base = limits or Limits()
        self.limits = replace(
            base, rate=target.rate, burst=target.burst, connections=target.connections
        )
        self._packing = packing
        password = os.environ.get(target.password_env, "") if target.password_env else ""
        self._auth = (target.username, password) if target.username else None

    def explain(self) -> Explanation:
        """Return what the server says of itself.

        Raises SourceUnavailable when it does not answer, or not with an explain record.
        """
        request: dict[str, str] = {}
        if self.version != "2.0":
            request = {"operation": "explain", "version": self.version}
        return self._said(lambda: Explanation.parse(self._get(request, None)))

    def scan(
        self, query: Query | str, *, size: int = 20, position: int = 1
    ) -> tuple[ScanTerm, ...]:
        """Return the terms of an index around the term of a clause.

        `position` is the place of that term among those returned (1 is the first). Raises Refused
        with the server's diagnostics, and SourceUnavailable.
        """
        request = {
            "version": self.version,
            "operation": "scan",
            "scanClause": str(query),
            "maximumTerms": str(size),
            "responsePosition": str(position),
        }
        if self.version == "2.0":
            del request["operation"], request["version"]
        terms, diagnostics = self._said(lambda: ScanTerm.parse_all(self._get(request, None)))
        if diagnostics and not terms:
            raise Refused(self.target.key, diagnostics)
        return terms

    def search(
        self,
        query: Query | str,
        *,
        start: int = 1,
        size: int | None = None,
        deadline: float | None = None,
    ) -> SruResponse:
        """Return one response to a query as it came, after agreeing on a version.

        Raises Refused when it holds diagnostics and neither records nor a count of hits without
        them, and SourceUnavailable when no SRU response came.
        """
        size = size or self.target.page
        for _ in range(3):
            body = self._get(self._request(str(query), start, size), deadline)
            response = self._said(lambda body=body: SruResponse.parse(body))  # type: ignore[misc]
            lower = self._other_version(response)
            if lower is None:
                break
            self.version = lower
        if response.diagnostics and not response.records:
            raise Refused(self.target.key, response.diagnostics)
        if response.count is None and not response.records:
            raise SourceUnavailable(f"{self.target.key}: it answered without a count and records")
        return response

    def pages(
        self,
        query: Query | str,
        *,
        size: int | None = None,
        limit: int | None = None,
        start: int = 1,
        deadline: Callable[[], float] | None = None,
    ) -> Iterator[Page]:
        """Yield the pages of a result until every record was received, or `limit` of them.

        A server that stops early, repeats itself or cannot go deeper ends the result with a
        finding; nothing is asked for twice. Raises Refused and SourceUnavailable for the first
        page; later failures are findings of a last, empty page.
        """
        size = size or self.target.page
        position, last, known = start, b"", 0
        while limit is None or position - start < limit:
            wanted = size if limit is None else min(size, limit - (position - start))
            try:
                response, size = self._page(query, position, wanted, size, deadline)
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
            yield Page(
                start=page_start, count=response.count, records=received, findings=tuple(findings)
            )
            if ended:
                return

    def _page(
        self,
        query: Query | str,
        position: int,
        wanted: int,
        size: int,
        deadline: Callable[[], float] | None,
    ) -> tuple[SruResponse, int]:
        """Return one page, asking for fewer records at a time when the server refuses so many."""
        sizes = [wanted, *(s for s in _SMALLER if s < wanted)]
        for number, asked in enumerate(sizes):
            try:
                until = deadline() if deadline else None
                response = self.search(query, start=position, size=asked, deadline=until)
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

    def _request(self, query: str, start: int, size: int) -> dict[str, str]:
        name = "x-pquery" if self.target.query == "pqf" else "query"
        request = {name: query, "startRecord": str(start), "maximumRecords": str(size)}
        if self.target.schema:
            request["recordSchema"] = self.target.schema
        if self.version == "2.0":
            return {**request, "recordXMLEscaping": self._packing}
        return {
            "version": self.version,
            "operation": "searchRetrieve",
            **request,
            "recordPacking": self._packing,
        }

    def _get(self, request: dict[str, str], deadline: float | None) -> bytes:
        return self.network.get(
            self.target.url,
            request,
            limits=self.limits,
            deadline=deadline,
            accept="text/xml, application/xml, application/sru+xml",
            auth=self._auth,
        ).body

    def _said(self, parse: Callable[[], T]) -> T:
        """Parse an answer, putting the target's key before whatever is wrong with it."""
        try:
            return parse()
        except SourceUnavailable as error:
            raise SourceUnavailable(f"{self.target.key}: {error}") from error

    def _other_version(self, response: SruResponse) -> str | None:
        """Return the version to try after diagnostic 5, which names the highest one supported."""
        for diagnostic in response.diagnostics:
            if diagnostic.code == 5:
                offered = diagnostic.details.strip()
                if offered in ("1.1", "1.2", "2.0") and offered != self.version:
                    return offered
                return {"2.0": "1.2", "1.2": "1.1"}.get(self.version)
        return None

    def _finding(self, rule: str, message: str) -> Finding:
        return Finding(rule=rule, message=message, severity=Severity.WARNING, file=self.target.key)


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

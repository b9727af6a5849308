"""An SRU client: explain, searchRetrieve with paging, scan, in versions 1.1, 1.2 and 2.0.

Standards: http://www.loc.gov/standards/sru/ (1.1, 1.2), OASIS searchRetrieve part 3 (2.0).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal, TypeVar

from techproc.errors import SourceUnavailable
from techproc.sources.cql import Query
from techproc.sources.paging import Page, Paging
from techproc.sources.responses import Explanation, Refused, ScanTerm, SruResponse
from techproc.sources.targets import Target
from techproc.sources.transport import Limits, Network

__all__ = ["Page", "Refused", "SruClient"]

T = TypeVar("T")
_AGREEING = 8  # requests until version and schema are agreed on
_NO_SCHEMA = frozenset({66, 67})
# What is best to have, as servers call it; MODS and Dublin Core are the last resort.
_SCHEMAS = ("marcxml", "marc21", "marcxchange", "unimarc", "mods", "dc")


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
        self.schema = target.schema
        self._refused: set[str] = set()
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
        """Return one response to a query as it came, after agreeing on a version and a schema.

        Raises Refused when it holds diagnostics and neither records nor a count of hits without
        them, and SourceUnavailable when no SRU response came.
        """
        size = size or self.target.page
        for _ in range(_AGREEING):
            body = self._get(self._request(str(query), start, size), deadline)
            response = self._said(lambda body=body: SruResponse.parse(body))  # type: ignore[misc]
            lower, schema = self._other_version(response), self._other_schema(response)
            if lower is None and schema is None:
                break
            self.version, self.schema = lower or self.version, schema or self.schema
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

        From the second page on, the next one is asked for while a page is being worked on. A server
        that stops early, repeats itself or cannot go deeper ends the result with a finding; nothing
        is asked for twice. Raises Refused and SourceUnavailable for the first page; later failures
        are findings of a last, empty page.
        """
        paging = Paging(self.search, query, key=self.target.key, deadline=deadline)
        return paging.pages(size or self.target.page, limit, start)

    def _request(self, query: str, start: int, size: int) -> dict[str, str]:
        name = "x-pquery" if self.target.query == "pqf" else "query"
        request = {name: query, "startRecord": str(start), "maximumRecords": str(size)}
        if self.schema:
            request["recordSchema"] = self.schema
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

    def _other_schema(self, response: SruResponse) -> str | None:
        """Return the schema to try after diagnostic 66: the best that the server says it has."""
        if response.records or not any(d.code in _NO_SCHEMA for d in response.diagnostics):
            return None
        self._refused.add(self.schema)
        try:
            offered = self.explain().schemas
        except SourceUnavailable:
            offered = ()
        left = [name for name in offered or _SCHEMAS if name not in self._refused]
        for wanted in _SCHEMAS:
            for name in left:
                if wanted in name.lower():
                    return name
        return None

"""An SRU target as a source: ISBNs OR-ed in batches, a few at once, answers attributed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from techproc.errors import SourceUnavailable
from techproc.findings import Finding, Severity
from techproc.identifiers import isbn as isbns_
from techproc.sources.answers import joined
from techproc.sources.candidate import Answer
from techproc.sources.conversion import convert
from techproc.sources.cql import any_of, clause, quote
from techproc.sources.identity import attribute
from techproc.sources.sru import Refused, SruClient
from techproc.sources.targets import Target
from techproc.sources.transport import Limits, Network

__all__ = ["SruSource"]

_EVERYTHING = 100  # hits for each ISBN asked from which a server is answering everything


class SruSource:
    """One SRU target, asked by ISBN over a shared network.

    `batch` overrides the target's number of ISBNs in one query. Raises SourceUnavailable for a
    target that has no ISBN index.
    """

    def __init__(
        self,
        target: Target,
        network: Network,
        *,
        limits: Limits | None = None,
        batch: int | None = None,
    ) -> None:
        if not target.isbn:
            raise SourceUnavailable(
                f"{target.key}: its ISBN index is not known (targets.toml: isbn)"
            )
        self.key = target.key
        self.target = target
        self.client = SruClient(target, network, limits=limits)
        self._batch = 1 if target.query == "pqf" else min(batch or target.batch, target.batch)

    @property
    def identity(self) -> str:
        """What an answer of this source depends on, for the cache."""
        return f"{self.target.url} {self.target.schema} {self.target.isbn}"

    def stop(self) -> None:
        """Ask nothing more; called when a run is interrupted."""
        self.client.network.close()

    def by_isbn(self, isbns: Sequence[str]) -> Answer:
        """Return what the target holds for the ISBNs (13 digits each)."""
        return joined(self.answers(isbns), isbns)

    def answers(self, isbns: Sequence[str]) -> Iterator[Answer]:
        """Yield the answers batch by batch as they come; no more batches after a failure.

        At most the target's number of connections is used at once.
        """
        batches = [list(isbns[i : i + self._batch]) for i in range(0, len(isbns), self._batch)]
        width = self.target.connections
        with ThreadPoolExecutor(width, thread_name_prefix=f"techproc-{self.key}") as pool:
            for first in range(0, len(batches), width):
                down = ""
                for answer in pool.map(self._ask, batches[first : first + width]):
                    down = down or answer.unavailable
                    yield answer
                if down:
                    return

    def _ask(self, batch: list[str]) -> Answer:
        """Ask for one batch; after a diagnostic once more, each ISBN by itself."""
        try:
            return self._query(batch)
        except Refused as error:
            if len(batch) == 1:
                return _none(batch, str(error))
            self._batch = 1
            answer = joined(self._singly(batch), batch)
            noted = Finding(
                rule="sources.batch-refused",
                message=f"the server refused {len(batch)} ISBNs in one query ({error}); "
                "they were asked for one by one",
                severity=Severity.INFO,
                file=self.key,
            )
            return Answer(
                candidates=answer.candidates,
                findings=(noted, *answer.findings),
                unanswered=answer.unanswered,
                unavailable=answer.unavailable,
            )
        except SourceUnavailable as error:
            return _none(batch, str(error))

    def _singly(self, batch: list[str]) -> Iterator[Answer]:
        for isbn in batch:
            try:
                yield self._query([isbn])
            except SourceUnavailable as error:
                yield _none([isbn], str(error))
                return

    def _query(self, batch: list[str]) -> Answer:
        network = self.client.network
        until = network.clock.now() + self.client.limits.deadline
        findings: list[Finding] = []
        records = []
        too_many = _EVERYTHING * len(batch)
        for page in self.client.pages(self._written(batch), deadline=lambda: until):
            findings.extend(f.at(file=self.key) for f in page.findings)
            if (page.count or 0) > too_many:
                return _none(
                    batch,
                    f"{self.key}: it answers {len(batch)} ISBNs with {page.count} hits; its index "
                    f"{self.target.isbn} does not work as one",
                )
            for position, received in enumerate(page.records, page.start):
                record, noted = convert(received, position, self.key)
                if record is None:
                    findings.extend(noted)
                else:
                    records.append((record, noted))
        answer = attribute(records, batch, self.key)
        if any(f.rule in _INCOMPLETE for f in findings):
            # Some records never came: an ISBN without a candidate is not known to be missing.
            held = {isbn: found for isbn, found in answer.candidates.items() if found}
            left = frozenset(batch) - held.keys()
            why = f"{self.key}: its answer was not complete" if left else ""
            return Answer(
                candidates=held,
                findings=(*findings, *answer.findings),
                unanswered=left,
                unavailable=why,
            )
        return Answer(candidates=answer.candidates, findings=(*findings, *answer.findings))

    def _written(self, batch: list[str]) -> str:
        forms = [form for isbn in batch for form in self._forms(isbn)]
        if self.target.query == "pqf":
            query = " ".join(f"{self.target.isbn} {quote(form)}" for form in forms)
            return f"@or {query}" if len(forms) == 2 else query
        return str(any_of(clause(self.target.isbn, form) for form in forms))

    def _forms(self, isbn: str) -> list[str]:
        short = isbns_.isbn10(isbn) if self.target.forms == "both" else None
        return [isbn, short] if short else [isbn]


_INCOMPLETE = frozenset(
    {"sources.same-page", "sources.short-result", "sources.result-cut", "sources.no-record-data",
     "sources.surrogate-diagnostic", "sources.unknown-schema", "sources.empty-record"}
)  # fmt: skip


def _none(batch: Sequence[str], why: str) -> Answer:
    return Answer(unanswered=frozenset(batch), unavailable=why)

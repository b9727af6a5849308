"""Work done ahead: what can be said of an arrival before the ones before it are decided.

Which records of the catalogue a delivered one resembles, and which class numbers the evidence
suggests, depends on nothing that the run decides. It is worked out for many records together, and
in a second process while the first decides the chunk before. A run that has no second process, or
loses it, works it out itself; the results are the same.
"""

from __future__ import annotations

import gc
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Self

from pymarc import Record

from techproc import marc
from techproc.catalog import Catalog, Held
from techproc.classify.fields import fields_of
from techproc.classify.numbers import Scheme
from techproc.classify.suggest import Suggester, Suggestion
from techproc.config import Policy
from techproc.dedupe import Comparison, Features, compare_many, features, rules_of
from techproc.errors import RecordTooLarge
from techproc.marc.description import describe
from techproc.marc.keys import match_keys

__all__ = ["SCHEMES", "Foreseen", "Foresight", "Query", "foresee", "serve"]

SCHEMES: tuple[Scheme, ...] = ("lcc", "ddc")
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Query:
    """A record to look into, others that may be of its work, and schemes to suggest numbers of."""

    record: Record | bytes
    others: Sequence[Record | bytes] = ()
    schemes: Sequence[Scheme] = SCHEMES

    def packed(self) -> Query:
        """Return the query with its records as bytes, which travel faster."""
        return Query(_packed(self.record), [_packed(each) for each in self.others], self.schemes)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What was found out: held records that share match keys, compared, and class numbers."""

    held: Sequence[Held]
    comparisons: Sequence[Comparison]
    suggestions: dict[Scheme, list[Suggestion]]


def foresee(queries: Sequence[Query], catalog: Catalog | None, policy: Policy) -> list[Foreseen]:
    """Look into records: compare them with the catalogue's, and suggest class numbers."""
    records = [_unpacked(query.record) for query in queries]
    held = [_resembling(record, catalog, policy) for record in records]
    own: list[Features] = []
    other: list[Features] = []
    for record, found in zip(records, held, strict=True):
        if found:
            own += [features(record)] * len(found)
            other += [features(each.record) for each in found]
    comparisons = iter(compare_many(own, other, rules_of(policy.match)))
    suggestions = _suggest(queries, records, policy)
    return [
        Foreseen(found, [next(comparisons) for _ in found], suggested)
        for found, suggested in zip(held, suggestions, strict=True)
    ]


def _resembling(record: Record, catalog: Catalog | None, policy: Policy) -> list[Held]:
    if catalog is None:
        return []
    return catalog.candidates(match_keys(describe(record)), limit=policy.match.candidates)


def _suggest(
    queries: Sequence[Query], records: Sequence[Record], policy: Policy
) -> list[dict[Scheme, list[Suggestion]]]:
    """Return the suggestions for each query, of the schemes that it asks for."""
    suggester = _suggester(policy.classify.index)
    found: list[dict[Scheme, list[Suggestion]]] = [{} for _ in queries]
    for scheme in SCHEMES:
        places = [place for place, query in enumerate(queries) if scheme in query.schemes]
        suggestions = suggester.suggest_all(
            [fields_of(records[place]) for place in places],
            scheme,
            top=policy.classify.suggestions,
            others=[
                [fields_of(_unpacked(each)) for each in queries[place].others] for place in places
            ],
            confidence=policy.classify.confidence,
        )
        for place, each in zip(places, suggestions, strict=True):
            found[place][scheme] = each
    return found


@cache
def _suggester(index: str) -> Suggester:
    return Suggester.load(index) if index else Suggester.starter()


class Foresight:
    """Answers on their way; with `helper` they come from a second process.

    Use it as a context manager. The helper reads its questions from a pipe and ends when the pipe
    does, so that nothing is left behind however this process ends.
    """

    def __init__(self, catalog: Catalog | None, policy: Policy, *, helper: bool) -> None:
        if policy.classify.index:  # a file that is none is told now, not in the midst of the run
            _suggester(policy.classify.index)
        self._catalog = catalog
        self._policy = policy
        self._process: subprocess.Popen[bytes] | None = None
        self._line = ThreadPoolExecutor(1, thread_name_prefix="techproc-foresight")
        if helper and sys.executable:
            with suppress(OSError):
                self._process = subprocess.Popen(
                    [sys.executable, "-c", f"from {__name__} import serve; serve()"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
                self._line.submit(self._send, (catalog.path if catalog else None, policy))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._line.shutdown(cancel_futures=True)
        if self._process:
            self._process.kill()
            self._process.communicate()

    def ask(self, queries: Sequence[Query]) -> Callable[[], list[Foreseen]]:
        """Return a function that gives what is foreseen for each query; the work begins now."""
        if self._process is None or not queries:
            return lambda: foresee(queries, self._catalog, self._policy)
        packed = [query.packed() for query in queries]
        answer = self._line.submit(self._exchange, packed)

        def result() -> list[Foreseen]:
            try:
                return answer.result()
            except (OSError, EOFError):  # the helper is gone: its work is done here
                return foresee(queries, self._catalog, self._policy)

        return result

    def _exchange(self, queries: list[Query]) -> list[Foreseen]:
        self._send(queries)
        assert self._process and self._process.stdout
        answer: list[Foreseen] = _receive(self._process.stdout)
        return answer

    def _send(self, message: object) -> None:
        assert self._process and self._process.stdin
        _send(self._process.stdin, message)


def serve() -> None:
    """Answer the questions on standard input until there are no more: the second process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides when to stop
    gc.set_threshold(100_000, 20, 20)  # its many small values hold no cycles
    with suppress(EOFError, BrokenPipeError):
        path, policy = _receive(sys.stdin.buffer)
        catalog = Catalog(path, readonly=True) if isinstance(path, Path) else None
        while True:
            _send(sys.stdout.buffer, foresee(_receive(sys.stdin.buffer), catalog, policy))


def _send(stream: IO[bytes], message: object) -> None:
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(len(content).to_bytes(_LENGTH, "big") + content)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        raise EOFError
    return pickle.loads(stream.read(int.from_bytes(length, "big")))


def _packed(record: Record | bytes) -> Record | bytes:
    if isinstance(record, bytes):
        return record
    try:
        return marc.encode(record)
    except RecordTooLarge:
        return record


def _unpacked(record: Record | bytes) -> Record:
    return marc.decode(record) if isinstance(record, bytes) else record

"""Work done ahead: class numbers suggested for a whole chunk of arrivals, on the other core.

Suggestions need nothing that the run decides, so they are worked out for many records together and
in a second process while the first decides the chunk before. A run that cannot have one (or loses
it) works them out itself; the results are the same.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Self

from pymarc import Record

from techproc.classify.fields import Field, fields_of
from techproc.classify.numbers import Scheme
from techproc.classify.suggest import Suggester, Suggestion
from techproc.config import ClassifyPolicy

__all__ = ["SCHEMES", "Foresight", "Query", "Suggestions", "serve", "suggest"]

Suggestions = dict[Scheme, list[Suggestion]]
SCHEMES: tuple[Scheme, ...] = ("lcc", "ddc")
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Query:
    """A record to suggest numbers for, and other records that may be of its work, as fields."""

    fields: Sequence[Field]
    others: Sequence[Sequence[Field]]
    schemes: Sequence[Scheme]

    @classmethod
    def of(
        cls, record: Record, others: Sequence[Record] = (), schemes: Sequence[Scheme] = SCHEMES
    ) -> Self:
        """Return the query for a record."""
        return cls(fields_of(record), [fields_of(each) for each in others], schemes)


def suggest(
    queries: Sequence[Query], policy: ClassifyPolicy, suggester: Suggester | None = None
) -> list[Suggestions]:
    """Return the suggestions for each query, of the schemes that it asks for."""
    suggester = suggester or Suggester.starter()
    found: list[Suggestions] = [{} for _ in queries]
    for scheme in SCHEMES:
        places = [place for place, query in enumerate(queries) if scheme in query.schemes]
        suggestions = suggester.suggest_all(
            [queries[place].fields for place in places],
            scheme,
            top=policy.suggestions,
            others=[queries[place].others for place in places],
            confidence=policy.confidence,
        )
        for place, each in zip(places, suggestions, strict=True):
            found[place][scheme] = each
    return found


class Foresight:
    """Suggestions on their way; with `helper` they come from a second process.

    Use it as a context manager. The helper reads its questions from a pipe and ends when the pipe
    does, so that nothing is left behind however this process ends.
    """

    def __init__(self, policy: ClassifyPolicy, *, helper: bool) -> None:
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._line.shutdown(cancel_futures=True)

    def ask(self, queries: Sequence[Query]) -> Any:
        """Return a future of the suggestions for each query."""
        return self._line.submit(self._answer, queries)

    def _answer(self, queries: Sequence[Query]) -> list[Suggestions]:
        if self._process and queries:
            assert self._process.stdin and self._process.stdout
            with suppress(OSError, EOFError):
                _send(self._process.stdin, (queries, self._policy))
                answer: list[Suggestions] = _receive(self._process.stdout)
                return answer
        return suggest(queries, self._policy)


def _send(stream: IO[bytes], message: object) -> None:
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(len(content).to_bytes(_LENGTH, "big") + content)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        raise EOFError
    return pickle.loads(stream.read(int.from_bytes(length, "big")))


def serve() -> None:
    """Answer the questions on standard input until there are no more: the second process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides when to stop
    with suppress(EOFError, BrokenPipeError):
        while True:
            queries, policy = _receive(sys.stdin.buffer)
            _send(sys.stdout.buffer, suggest(queries, policy))

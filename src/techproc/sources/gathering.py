"""Gathering: one question to many sources, where one bad source never harms another."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from techproc.errors import TechprocError
from techproc.findings import Finding, Severity
from techproc.identifiers import isbn as isbns_
from techproc.sources.candidate import Answer, Candidate, Source
from techproc.sources.identity import asked_for

__all__ = ["Gathered", "gather"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The candidates of all sources for the ISBNs asked for, and what went wrong meanwhile.

    `candidates` has a key (13 digits) for each valid ISBN, in the order asked; within one, the
    candidates stand in the order of the sources. `unavailable` maps the key of a source to why it
    did not answer everything; `unanswered` to the ISBNs it left open, of which nothing is known.
    """

    candidates: Mapping[str, list[Candidate]]
    findings: tuple[Finding, ...]
    unavailable: Mapping[str, str]
    unanswered: Mapping[str, frozenset[str]]

    def of(self, isbn: str) -> list[Candidate]:
        """Return the candidates for an ISBN in any valid form; none for an invalid one."""
        return list(self.candidates.get(isbns_.normalize(isbn) or "", ()))


def gather(isbns: Iterable[str], sources: Sequence[Source]) -> Gathered:
    """Ask every source for every ISBN, all sources at once, and return what they gave.

    ISBNs may come in any form and more than once; an invalid one is a finding and is not asked
    for. A source that fails, in whatever way, becomes an entry of `unavailable` and a finding;
    the answers of the others are unaffected, and so are those it gave before it failed.

    >>> gather(["9780306406157"], []).candidates
    {'9780306406157': []}
    """
    wanted, findings = asked_for(isbns)
    candidates: dict[str, list[Candidate]] = {isbn: [] for isbn in wanted}
    unavailable: dict[str, str] = {}
    unanswered: dict[str, frozenset[str]] = {}
    if wanted and sources:
        for source, answer in zip(sources, _asked(sources, wanted), strict=True):
            for isbn, found in answer.candidates.items():
                if isbn in candidates:
                    candidates[isbn].extend(found)
            findings.extend(answer.findings)
            if answer.unavailable:
                unavailable[source.key] = answer.unavailable
                unanswered[source.key] = answer.unanswered
                findings.append(_unavailable(source.key, answer))
    return Gathered(
        candidates=candidates,
        findings=tuple(dict.fromkeys(findings)),
        unavailable=unavailable,
        unanswered=unanswered,
    )


def _asked(sources: Sequence[Source], wanted: Sequence[str]) -> list[Answer]:
    """Ask each source in a thread of its own: politeness towards a host is its own business.

    When the run is interrupted the sources are told to stop, and are not waited for.
    """
    answers: dict[int, Answer] = {}

    def ask(place: int, source: Source) -> None:
        answers[place] = _ask(source, wanted)

    threads = [
        threading.Thread(target=ask, args=item, name=f"techproc-{item[1].key}", daemon=True)
        for item in enumerate(sources)
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except BaseException:
        for source in sources:
            stop = getattr(source, "stop", None)
            if callable(stop):
                stop()
        raise
    return [answers[place] for place in range(len(sources))]


def _ask(source: Source, wanted: Sequence[str]) -> Answer:
    try:
        return source.by_isbn(wanted)
    except TechprocError as error:
        return Answer(unanswered=frozenset(wanted), unavailable=str(error))
    except Exception as error:  # a fault in one source's code must not cost the other answers
        reason = f"it failed unexpectedly ({type(error).__name__}: {error})"
        return Answer(unanswered=frozenset(wanted), unavailable=reason)


def _unavailable(key: str, answer: Answer) -> Finding:
    count = len(answer.unanswered)
    left = f"; {count} ISBN{'' if count == 1 else 's'} left unanswered" if count else ""
    return Finding(
        rule="sources.unavailable",
        message=f"{answer.unavailable.removeprefix(f'{key}: ')}{left}",
        severity=Severity.WARNING,
        file=key,
        fix="run the command again later, or ask `techproc sources check` what is wrong; "
        "what was answered is not asked again",
    )

"""Answers put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from techproc.findings import Finding
from techproc.sources.candidate import Answer, Candidate

__all__ = ["joined"]


def joined(parts: Iterable[Answer], isbns: Sequence[str]) -> Answer:
    """Return one answer for `isbns` out of parts that answer some of them each.

    What no part answers is unanswered; the first reason for unavailability is kept.
    """
    candidates: dict[str, list[Candidate]] = {}
    findings: list[Finding] = []
    why = ""
    for part in parts:
        candidates.update(part.candidates)
        findings.extend(part.findings)
        why = why or part.unavailable
    return Answer(
        candidates=candidates,
        findings=tuple(findings),
        unanswered=frozenset(isbns) - candidates.keys(),
        unavailable=why,
    )

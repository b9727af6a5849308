"""What a source gives: candidate records, each attributed to the ISBN it was found for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pymarc import Record

from techproc.findings import Finding

__all__ = ["Answer", "Candidate", "Claim", "Source"]

Claim = Literal["valid", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that claims the ISBN it was asked for, and the source that gave it.

    `claim` says how: "valid" when the ISBN stands in 020 $a, "cancelled" when only in 020 $z
    (often the record of another format, which is why such a candidate is ranked last).
    """

    record: Record
    source: str
    findings: tuple[Finding, ...] = ()
    claim: Claim = "valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one source says about the ISBNs it was asked for.

    `candidates` has a key (13 digits) for every ISBN the source really answered: an empty list is
    a confirmed "not held". An ISBN in `unanswered` got no answer at all; nothing is known of it.
    `unavailable` says in one sentence why, and is empty when everything was answered.
    """

    candidates: Mapping[str, list[Candidate]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unanswered: frozenset[str] = frozenset()
    unavailable: str = ""


class Source(Protocol):
    """Anything that can be asked for records by ISBN."""

    @property
    def key(self) -> str:
        """The short name under which its candidates are shown."""

    def by_isbn(self, isbns: Sequence[str]) -> Answer:
        """Return what the source holds for ISBNs given as 13 digits each."""

"""What records of the same work have: one library's number is the best guess at another's.

Two records are of one work when they share an ISBN, an LCCN, or creator and title; each has one
vote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from techproc.classify.evidence import EvidenceIndex
from techproc.classify.features import same_work
from techproc.classify.fields import Field, control_of
from techproc.classify.numbers import Level, Scheme, class_number, cut
from techproc.classify.trace import Evidence
from techproc.identifiers import isbn, lccn

__all__ = ["Tallied", "tally"]


@dataclass(frozen=True, slots=True)
class Tallied:
    """The votes for each number: who has it, and why they are of the same work."""

    votes: tuple[tuple[str, str, str], ...]  # number, reason, control number

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the numbers, those with the most votes first."""
        return tuple(n for n, _ in Counter(v[0] for v in self.votes).most_common())

    def share(self, number: str, level: Level) -> float:
        """Return the part of the votes for a number when all are cut at a level."""
        wanted = cut(number, level)
        return sum(cut(v[0], level) == wanted for v in self.votes) / len(self.votes)

    def evidence(self, number: str) -> tuple[Evidence, ...]:
        """Return the votes for a number by reason."""
        reasons = dict.fromkeys(v[1] for v in self.votes if v[0] == number)
        return tuple(
            Evidence(
                kind="same work",
                text=reason,
                count=sum(v[:2] == (number, reason) for v in self.votes),
                total=len(self.votes),
                numbers=tuple(v[2] for v in self.votes if v[:2] == (number, reason) and v[2])[:5],
            )
            for reason in reasons
        )


def tally(
    fields: Sequence[Field],
    others: Sequence[Sequence[Field]],
    scheme: Scheme,
    *,
    index: EvidenceIndex | None,
    own: str | None,
) -> Tallied:
    """Count the numbers of records of the same work among `others` and in the index.

    `own` is the number that the record has itself; it counts as one vote.
    """
    votes: list[tuple[str, str, str]] = []
    if own:
        votes.append((own, "the record's own number", control_of(fields)))
    mine, work = _identifiers(fields), same_work(fields)
    titled = any(tag == "245" for tag, _, _ in fields)
    for other in others:
        shared = mine & _identifiers(other)
        reason = ("same " + sorted(shared)[0].split(":")[0].upper()) if shared else ""
        if not reason and titled and same_work(other) == work:
            reason = "same creator and title"
        if reason and (number := class_number(other, scheme)):
            votes.append((number, reason, control_of(other)))
    if index is not None and titled:
        for place in index.of_works(np.array([work], np.uint32))[1].tolist():
            number_place = int(index.numbers[scheme][place])
            if number_place >= 0 and index.controls[place] != control_of(fields):
                number = index.names[scheme][number_place]
                votes.append((number, "same creator and title", index.controls[place]))
    return Tallied(tuple(votes))


def _identifiers(fields: Sequence[Field]) -> set[str]:
    found: set[str] = set()
    for tag, _, subfields in fields:
        for code, value in subfields:
            if code != "a" or not value.strip():
                continue
            if tag == "020" and (number := isbn.normalize(value.split()[0])):
                found.add(f"isbn:{number}")
            elif tag == "010" and (control := lccn.normalize(value)):
                found.add(f"lccn:{control}")
    return found

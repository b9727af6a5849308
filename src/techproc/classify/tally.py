"""What records of the same work have: one library's number is the best guess at another's.

Two records are of one work when they share creator and title, or an ISBN or LCCN and the beginning of
the title; each has one vote. An ISBN alone does not do: publishers give one again, and of 318 pairs of
LC records with an ISBN in common and different titles, most are two books.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from techproc.classify.evidence import EvidenceIndex, Postings
from techproc.classify.features import same_work, words
from techproc.classify.fields import Field, control_of
from techproc.classify.numbers import Level, Scheme, class_number, cut
from techproc.classify.trace import Evidence
from techproc.identifiers import isbn, lccn

__all__ = ["TITLED", "Tallied", "same_work_among", "same_work_in", "tally"]

TITLED = "same creator and title"
_BEGINNING = 3  # words


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
    for other, reason in same_work_among(fields, others):
        if number := class_number(other, scheme):
            votes.append((number, reason, control_of(other)))
    if index is not None:
        for place in same_work_in(index, fields):
            number_place = int(index.numbers[scheme][place])
            if number_place >= 0:
                votes.append((index.names[scheme][number_place], TITLED, index.controls[place]))
    return Tallied(tuple(votes))


def same_work_among(
    fields: Sequence[Field], others: Iterable[Sequence[Field]]
) -> Iterator[tuple[Sequence[Field], str]]:
    """Yield those of other records that are of the same work, and why they are."""
    mine, work = _identifiers(fields), same_work(fields)
    titled = any(tag == "245" for tag, _, _ in fields)
    for other in others:
        if (shared := mine & _identifiers(other)) and _begin_alike(fields, other):
            yield other, f"same {min(shared).split(':')[0].upper()}"
        elif titled and same_work(other) == work:
            yield other, TITLED


def same_work_in(index: Postings, fields: Sequence[Field]) -> list[int]:
    """Return the index's records of the same creator and title, but for the record itself."""
    if not any(tag == "245" for tag, _, _ in fields):
        return []
    own = control_of(fields)
    found = index.of_works(np.array([same_work(fields)], np.uint32))[1].tolist()
    return [place for place in found if index.controls[place] != own]


def _begin_alike(one: Sequence[Field], two: Sequence[Field]) -> bool:
    """Return whether titles begin with the same words, three or as many as there are."""
    first, second = (
        [
            w
            for tag, _, subs in fields
            if tag == "245"
            for c, v in subs
            if c == "a"
            for w in words(v)
        ]
        for fields in (one, two)
    )
    length = min(_BEGINNING, len(first), len(second))
    return first[:length] == second[:length]


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

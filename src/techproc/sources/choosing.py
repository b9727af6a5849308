"""Choosing: for each ISBN the best candidate, the runners-up, and a merged record on request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pymarc import Record

from techproc.config import ChoosePolicy
from techproc.marc.control import control_number
from techproc.sources.gathering import Gathered
from techproc.sources.merging import Merged, merge
from techproc.sources.ranking import Ranked, rank

__all__ = ["Choice", "choose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What became of one ISBN: its candidates, the best first, and the record to take.

    `record` is None when no source had one; `silent` are the sources that gave no answer for it.
    """

    isbn: str
    ranked: tuple[Ranked, ...]
    record: Record | None
    merged: Merged | None = None
    silent: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """ "found", "not-found" when every source said so, "unanswered" when one said nothing."""
        if self.record is not None:
            return "found"
        return "unanswered" if self.silent else "not-found"

    def as_json(self) -> dict[str, Any]:
        """Return the choice as the JSON object that `techproc fetch --json` prints."""
        return {
            "isbn": self.isbn,
            "status": self.status,
            "record": control_number(self.record) or None,
            "title": title_of(self.record),
            "candidates": [
                {
                    "source": r.candidate.source,
                    "control": control_number(r.candidate.record) or None,
                    "claim": r.candidate.claim,
                    "points": r.points,
                    "reasons": [
                        {"criterion": criterion, "points": points, "text": text}
                        for criterion, points, text in r.reasons
                    ],
                    "why_lost": r.why_lost,
                    "findings": [f.as_json() for f in r.candidate.findings],
                }
                for r in self.ranked
            ],
            "taken": [
                {"tag": p.tag, "source": p.source, "text": p.text}
                for p in (self.merged.taken if self.merged else ())
            ],
            "conflicts": [
                {"tag": tag, "readings": [{"source": s, "text": t} for s, t in readings]}
                for tag, readings in (self.merged.conflicts if self.merged else ())
            ],
            "silent": list(self.silent),
        }


def choose(
    gathered: Gathered, policy: ChoosePolicy, language: str = "eng", *, merged: bool = False
) -> Iterator[Choice]:
    """Yield a choice for each ISBN, in the order asked; with `merged`, of a merged record.

    `language` is the library's language of cataloguing (MARC code).
    """
    for isbn, candidates in gathered.candidates.items():
        ranked = tuple(rank(candidates, policy, language))
        union = merge(ranked) if merged and ranked else None
        best = ranked[0].candidate.record if ranked else None
        silent = tuple(key for key, left in gathered.unanswered.items() if isbn in left)
        yield Choice(
            isbn=isbn,
            ranked=ranked,
            record=union.record if union else best,
            merged=union,
            silent=silent,
        )


def title_of(record: Record | None) -> str:
    """Return title proper, part and other title of a record as they stand, "" without one."""
    field = record.get("245") if record is not None else None
    return " ".join(field.get_subfields("a", "n", "p", "b")).rstrip(" /:;,") if field else ""

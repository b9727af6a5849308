"""How good a record is, to tell which of several duplicates the others are merged into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from techproc.config import ChoosePolicy
from techproc.dedupe.view import View
from techproc.marc.scanner import ask

__all__ = ["Rated", "best_of", "points_of", "quality_of"]

# LDR/17 as a share of a full record; OCLC's letters are counted as what they stand for.
_LEVELS = {
    " ": 1.0, "#": 1.0, "1": 0.9, "I": 0.9, "4": 0.8, "L": 0.7, "2": 0.5, "7": 0.4, "K": 0.4,
    "M": 0.4, "3": 0.3, "5": 0.2, "8": 0.2, "u": 0.1, "z": 0.1,
}  # fmt: skip
_NATIONAL = frozenset(
    [
        "DLC",
        "BNB",
        "UkLoBL",
        "Uk",
        "DNB",
        "GyFmDB",
        "FrPBN",
        "BNF",
        "CaOONL",
        "NLC",
        "NLM",
        "DNLM",
        "ANL",
        "AuCNLKIN",
    ]
)
_HEADINGS = 5
_HEADINGS_IN = ("600", "610", "611", "630", "650", "651")
_NAMES_IN = frozenset(("100", "110", "111", "700", "710", "711"))
_ASKED = (
    (("040",), "ac", "l"), (("040",), "e", "l"), (("245",), "c", "t"), (("245",), "ab", "t"),
)  # fmt: skip
_ALL_CAPITALS = 3  # letters are lost that no program brings back


class Rated(Protocol):
    """What is known of how good a record is."""

    @property
    def quality(self) -> tuple[float, ...]:
        """What `quality_of` gave."""
        ...

    @property
    def changed(self) -> str:
        """The 005."""
        ...


def quality_of(view: View) -> tuple[float, ...]:
    """Return how far a record meets the criteria of `ChoosePolicy` that one record can be asked.

    In order: encoding level (0–1), authenticated, national library, class numbers, headings, main
    parts present, RDA, and 1 for a title in capitals.
    """
    held = view.data
    sources, conventions, responsibility, title = ask(held, _ASKED)
    headings = sum([len(held[tag]) for tag in _HEADINGS_IN if tag in held])
    present = (
        ("010" in held)
        + (not _NAMES_IN.isdisjoint(held))
        + (responsibility is not None)
        + ("260" in held or "264" in held)
        + ("300" in held)
        + ("338" in held)
        + ("490" in held)
        + ("505" in held)
        + ("520" in held)
    )
    return (
        _LEVELS.get(view.leader[17:18], 0.0),
        float("042" in held),
        float(not _NATIONAL.isdisjoint([value.strip() for value in sources])),
        float(("050" in held) + ("082" in held)),
        float(min(headings, _HEADINGS)),
        float(present),
        float("rda" in [value.strip() for value in conventions]),
        float(title is not None and title.isupper()),
    )


def points_of(record: Rated, policy: ChoosePolicy) -> float:
    """Return the points of a record under a policy."""
    level, authenticated, national, numbers, headings, present, rda, capitals = record.quality
    return (
        policy.encoding_level * level
        + policy.authenticated * authenticated
        + policy.national_library * national
        + policy.class_number * numbers
        + policy.headings * headings
        + policy.completeness * present
        + policy.rda * rda
        - policy.encoding_level * capitals / _ALL_CAPITALS
    )


def best_of(records: Sequence[Rated], policy: ChoosePolicy | None = None) -> int:
    """Return the index of the record to keep: most points, then latest change (005), then first."""
    chosen = policy or ChoosePolicy()
    order = sorted(
        range(len(records)),
        key=lambda i: (points_of(records[i], chosen), records[i].changed, -i),
    )
    return order[-1]

"""Counting what a file holds: records, rejected pieces and why, encodings, kinds of material."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from techproc.marc.loaded import Loaded, Quarantined

__all__ = ["Census", "take_census"]


@dataclass(slots=True)
class Census:
    """Counts over one or more inputs; `read` is everything, the rejected pieces included."""

    read: int = 0
    rejected: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)  # rule id of each rejected piece
    encodings: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)  # LDR/06
    noticed: Counter[str] = field(default_factory=Counter)  # rule id of other findings

    def as_json(self) -> dict[str, Any]:
        """Return the object that `marc count --json` prints."""
        return {
            "read": self.read,
            "rejected": self.rejected,
            "by_reason": _sorted(self.by_reason),
            "encodings": _sorted(self.encodings),
            "types": _sorted(self.types),
        }


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def take_census(items: Iterable[Loaded | Quarantined]) -> Census:
    """Count what reading yields; nothing of it is kept."""
    census = Census()
    for item in items:
        if isinstance(item, Quarantined) and item.beside:
            census.noticed[item.finding.rule] += 1
            continue
        census.read += 1
        if isinstance(item, Quarantined):
            census.rejected += 1
            census.by_reason[item.finding.rule] += 1
        else:
            census.encodings[item.encoding] += 1
            census.types[str(item.record.leader)[6:7]] += 1
            for finding in item.findings:
                census.noticed[finding.rule] += 1
    return census

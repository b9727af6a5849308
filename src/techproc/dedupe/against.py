"""A stream of records against the catalogue, one decision for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pymarc

from techproc.catalog import Catalog
from techproc.config import MatchPolicy
from techproc.dedupe.decision import MatchDecision, decide
from techproc.marc.description import describe
from techproc.marc.keys import match_keys

__all__ = ["Checked", "against_catalog"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A record, what it is to the catalogue, and the 001 of the record that rests on."""

    record: pymarc.Record
    decision: MatchDecision
    held: str | None


def against_catalog(
    records: Iterable[pymarc.Record], catalog: Catalog, policy: MatchPolicy | None = None
) -> Iterator[Checked]:
    """Yield each record with the decision on it; the catalogue is only read."""
    chosen = policy or MatchPolicy()
    for record in records:
        keys = match_keys(describe(record))
        held = catalog.candidates(keys, limit=chosen.candidates)
        decision = decide(record, [one.record for one in held], chosen)
        name = held[decision.best].control if decision.best is not None else None
        yield Checked(record, decision, name)

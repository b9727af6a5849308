"""Matching: is a record new, or is it there already, in the catalogue or further up in the batch?"""

from __future__ import annotations

from techproc.dedupe import MatchDecision, compare, compare_many, features, judge, rules_of
from techproc.findings import Severity
from techproc.marc.keys import match_keys
from techproc.process.case import Case
from techproc.process.desk import Desk, Known

__all__ = ["match_record"]


def match_record(case: Case, desk: Desk) -> None:
    """Decide what the chosen record is to those that are there already.

    A duplicate with a barcode is another copy; one without says nothing about a copy in hand, so a
    person decides. A match that a person must confirm, or with a record that itself waits for one,
    goes to review.
    """
    assert case.record is not None
    ahead, policy = case.foreseen, desk.policy.match
    here = desk.resembling(match_keys(case.described))
    sides = [features(each.record) for each in here]
    own = [features(case.record)] * len(here) if here else []
    known = [*map(desk.of_catalog, ahead.held), *here]
    comparisons = [*ahead.comparisons, *compare_many(own, sides, rules_of(policy))]

    def distinct(i: int, j: int) -> bool:
        one, other = features(known[i].record), features(known[j].record)
        return compare(one, other, policy).band != "match"

    decision = judge([each.name for each in known], comparisons, distinct)
    rests_on = known[decision.best] if decision.best is not None else None
    if decision.kind == "duplicate" and rests_on:
        _duplicate(case, rests_on, decision)
    elif decision.kind == "unsure":
        case.matched("unsure", rests_on, decision.reasons)
        case.find(
            "match.unsure",
            f"it may be {rests_on.name if rests_on else 'one that is there'} already",
            fix="compare the two records",
        )
    else:
        case.matched(_kind(decision), rests_on, decision.reasons)


def _duplicate(case: Case, known: Known, decision: MatchDecision) -> None:
    barcodes = [item.barcode for item in case.arrival.items if item.barcode]
    if not barcodes:
        case.matched("duplicate", known, decision.reasons)
        case.find(
            "match.duplicate",
            f"{known.name} is the same edition, and no barcode says that this is another copy",
            fix="discard the record, or add the copy by hand",
        )
        return
    case.join(known, decision.reasons)
    if case.joins:
        case.find("match.copy", f"added as a copy to {known.name}", Severity.INFO)


def _kind(decision: MatchDecision) -> str:
    """Return the kind, telling another format or part from another edition."""
    if decision.kind == "other-edition" and decision.best is not None:
        return decision.comparisons[decision.best].relation
    return decision.kind

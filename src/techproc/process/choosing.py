"""Choosing and verifying: which record describes the item, and does it really?"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, replace
from typing import Any

from pymarc import Record

from techproc.findings import Severity
from techproc.identifiers import isbn
from techproc.marc.control import control_number
from techproc.process.case import Case
from techproc.process.desk import Desk, Known
from techproc.sources import Candidate, Ranked, rank
from techproc.verify import Item, Verification, verify

__all__ = ["choose_for_item", "choose_for_record"]

# Fields that belong to this delivery and go with it when a better description is found: vendor's
# stock number, links, and the 9XX block that MARC 21 leaves to local use.
_OF_THE_DELIVERY = ("037", "856")


def choose_for_item(case: Case, desk: Desk) -> None:
    """Choose the record of a scanned item, from what is there already or from the sources."""
    number = case.arrival.isbn
    item = replace(case.arrival.typed, isbn=number)
    held = desk.holding(number)
    for known in held:
        verification = _verified(item, known.record, desk)
        if verification is None or verification.verdict == "same edition":
            agrees = "its ISBN is there" + (", and what was typed agrees" if verification else "")
            case.join(known, (agrees,))
            source = "the catalogue" if known.where.startswith("catalog:") else "this batch"
            _show_chosen(case, source, known.record)
            if verification:
                _show_verification(case, verification, known.name)
            return
    ranked = rank(desk.gathered.of(number), desk.policy.choose, desk.policy.library.language)
    if not ranked:
        _nothing_found(case, desk, item, held)
        return
    verifications = [_verified(item, each.candidate.record, desk) for each in ranked]
    agreeing = [n for n, v in enumerate(verifications) if v and v.verdict == "same edition"]
    best = agreeing[0] if agreeing else 0
    case.take(ranked[best].candidate.record)
    _show_ranked(case, ranked, best)
    verification = verifications[best]
    if verification:
        _show_verification(case, verification, ranked[best].candidate.source)
        _judge(case, verification, "what was typed from the item")
    else:
        _compare_with_others(case, desk, ranked)


def choose_for_record(case: Case, desk: Desk) -> None:
    """Choose between a delivered record and the candidates for its ISBN.

    The delivered record stays unless a candidate is verified as the same edition and better by
    `choose.margin` points; what belongs to the delivery (037, 856, 9XX) then moves over.
    """
    own = case.arrival.record
    assert own is not None
    candidates = desk.gathered.of(case.arrival.isbn) if case.arrival.isbn else []
    if not candidates:
        case.take(own)
        _show_chosen(case, case.arrival.file, own)
        return
    delivered = Candidate(record=own, source=case.arrival.file)
    ranked = rank([delivered, *candidates], desk.policy.choose, desk.policy.library.language)
    place = next(n for n, each in enumerate(ranked) if each.candidate is delivered)
    best = place
    points = ranked[place].points
    for n, each in enumerate(ranked[:place]):
        if each.points - points < desk.policy.choose.margin:
            continue
        if verify(own, each.candidate.record, desk.policy.verify).verdict == "same edition":
            best = n
            break
    if best == place:
        case.take(own)
    else:
        case.take(_with_delivery(ranked[best].candidate.record, own))
        case.find(
            "choose.better-copy",
            f"{ranked[best].candidate.source} has a better record of this edition; it is used, "
            "with 037, 856 and 9XX of the one delivered",
            Severity.INFO,
        )
    _show_ranked(case, ranked, best)
    _compare_with_others(case, desk, ranked, best)


def _with_delivery(better: Record, delivered: Record) -> Record:
    record = deepcopy(better)
    moved = [f for f in delivered.fields if f.tag in _OF_THE_DELIVERY or f.tag.startswith("9")]
    record.add_ordered_field(*moved)
    return record


def _verified(item: Item, record: Record, desk: Desk) -> Verification | None:
    """Return the verification against what was typed, or None when only the ISBN was."""
    typed = any(value for name, value in asdict(item).items() if name != "isbn")
    return verify(item, record, desk.policy.verify) if typed else None


def _judge(case: Case, verification: Verification, against: str) -> None:
    if verification.verdict == "same edition":
        return
    differing = [name for name, e in verification.elements.items() if e.verdict == "differ"]
    rule = f"verify.{verification.verdict.replace(' ', '-')}"
    named = f" in {', '.join(differing)}" if differing else ""
    case.find(
        rule,
        f"the record differs{named} from {against}: {verification.verdict}",
        fix="compare with the item in hand; take another record, or correct what was typed",
    )


def _compare_with_others(case: Case, desk: Desk, ranked: Sequence[Ranked], best: int = 0) -> None:
    """Verify against the next best candidate when nothing was typed from the item."""
    others = [each.candidate for n, each in enumerate(ranked) if n != best]
    if not others:
        return
    chosen = ranked[best].candidate.record
    verification = verify(chosen, others[0].record, desk.policy.verify)
    _show_verification(case, verification, f"another record of its ISBN ({others[0].source})")
    if verification.verdict == "other work":
        _judge(case, verification, f"another record of its ISBN, from {others[0].source}")


def _nothing_found(case: Case, desk: Desk, item: Item, held: list[Known]) -> None:
    if held:
        known = held[0]
        case.take(known.record)
        verification = verify(item, known.record, desk.policy.verify)
        _show_chosen(case, "the catalogue", known.record)
        _show_verification(case, verification, known.name)
        _judge(case, verification, "what was typed from the item")
        return
    silent = ", ".join(
        source for source, isbns in desk.gathered.unanswered.items() if case.arrival.isbn in isbns
    )
    area = isbn.registration_area(case.arrival.isbn)
    case.find(
        "source.unavailable" if silent else "source.not-found",
        f"no record of {case.arrival.isbn} was found"
        + (f" (registered in: {area})" if area else "")
        + (f"; {silent} did not answer" if silent else ""),
        path="isbn",
        fix="run it again later" if silent else "name more sources, or catalogue the book by hand",
    )


def _show_chosen(case: Case, source: str, record: Record) -> None:
    case.detail["chosen"] = {
        "source": source, "control": control_number(record), "points": None, "reasons": [],
    }  # fmt: skip


def _show_ranked(case: Case, ranked: Sequence[Ranked], best: int) -> None:
    chosen = ranked[best]
    case.findings += chosen.candidate.findings
    case.detail["chosen"] = {
        "source": chosen.candidate.source,
        "control": control_number(chosen.candidate.record),
        "points": chosen.points,
        "reasons": [f"{name} {points:+g}: {text}" for name, points, text in chosen.reasons],
    }
    case.detail["runners_up"] = [
        {
            "source": each.candidate.source,
            "control": control_number(each.candidate.record),
            "points": each.points,
            "why": each.why_lost or "more points, but it is not the edition in hand",
        }
        for n, each in enumerate(ranked)
        if n != best
    ]


def _show_verification(case: Case, verification: Verification, against: str) -> None:
    elements: dict[str, Any] = {
        name: {"verdict": e.verdict, "item": e.item, "record": e.record, "rule": e.rule}
        for name, e in verification.elements.items()
    }
    case.detail["verification"] = {
        "against": against,
        "verdict": verification.verdict,
        "elements": elements,
        "reasons": list(verification.reasons),
    }

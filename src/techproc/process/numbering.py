"""Classifying: class numbers with their evidence, and the call number fitted into the shelf-list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymarc import Field, Indicators, Record, Subfield

from techproc.classify.callnumber import CallNumber, shelf_key
from techproc.classify.numbers import TAGS, Scheme
from techproc.classify.shelflist import ShelfEntry, ShelfList
from techproc.classify.shelving import fit
from techproc.classify.suggest import Suggestion
from techproc.findings import Severity
from techproc.marc.items import read_items
from techproc.process.case import Case
from techproc.process.desk import Desk

__all__ = ["Number", "number_record", "own_number"]

# Where a number that is assigned here goes: the fields for local call numbers, which library
# systems index.
_ASSIGNED = {"lcc": "090", "ddc": "092"}


@dataclass(frozen=True, slots=True)
class Number:
    """A call number for the item: the whole, its class part, its scheme."""

    call_number: str = ""
    class_part: str = ""
    scheme: str = ""


def number_record(case: Case, desk: Desk) -> Number:
    """Suggest class numbers, and return the call number: empty where there is or needs to be none.

    A copy or a duplicate takes the number of what is there. A complete number of the record's own is
    kept when no other record has it; a bare or taken one is fitted into the shelf-list; without
    one, a suggested full number is used when its confidence reaches `classify.accept`, and else a
    person decides.
    """
    record = case.record
    assert record is not None
    scheme = desk.policy.classify.scheme
    if case.known and case.match in ("copy", "duplicate"):
        number = _number_of_copies(case.known.record, scheme)
        if number.call_number:
            key = shelf_key(number.call_number, number.scheme)
            steps = [f"the number of {case.known.name}"]
            _show_number(case, number.call_number, number.scheme, key, ([], []), steps)
        return number
    suggestions = case.foreseen.suggestions
    _show_suggestions(case)
    if case.described.carrier == "online":
        return Number()
    shelf = desk.shelflist(scheme)
    own, class_part = own_number(record, scheme)
    if own:
        complete = own.text != class_part
        if complete and not shelf.taken(own.key):
            return _keep(case, own, class_part, shelf)
        reason = f"{own.text} is taken" if complete else f"{own.text} is a class number alone"
        return _fitted(case, record, class_part, desk, shelf, reason)
    best = next((s for s in suggestions.get(scheme, ()) if s.level == "full"), None)
    if best and best.confidence >= desk.policy.classify.accept:
        reason = f"{best.number} is suggested with confidence {best.confidence:.2f}"
        case.find("classify.suggested", f"{reason} and used", Severity.INFO)
        return _fitted(case, record, best.number, desk, shelf, reason)
    shown = (
        ", ".join(f"{s.number} ({s.confidence:.2f})" for s in suggestions.get(scheme, ())) or "none"
    )
    case.find(
        "classify.unsure",
        f"the record has no {scheme.upper()} number, and no suggestion is sure enough: {shown}",
        path=TAGS[scheme][0],
        fix="choose a class number; `techproc classify callnumber` fits it into the shelf-list",
    )
    return Number()


def _number_of_copies(record: Record, scheme: Scheme) -> Number:
    for item in read_items(record):
        if item.call_number:
            return Number(item.call_number, item.class_part, item.scheme or scheme)
    own, class_part = own_number(record, scheme)
    return Number(own.text, class_part, scheme) if own else Number()


def own_number(record: Record, scheme: Scheme) -> tuple[CallNumber | None, str]:
    """Return the record's first usable number of a scheme, and its part without the book number.

    $a is that part where there is a $b: it may have a topical Cutter (QA76.73.P98 $b L88).
    """
    for field in record.get_fields(*TAGS[scheme]):
        parts = [field.get("a") or "", field.get("b") or ""]
        if scheme == "ddc":  # the marks of segmentation are not part of the number
            parts[0] = parts[0].replace("/", "").replace("'", "")
        number = CallNumber.parse(" ".join(part.strip() for part in parts if part), scheme)
        if number.valid and number.number:
            return number, parts[0].strip() if parts[1].strip() else number.class_part
    return None, ""


def _show_suggestions(case: Case) -> None:
    case.detail["suggestions"] = {
        scheme: [_shown_suggestion(each) for each in suggestions]
        for scheme, suggestions in case.foreseen.suggestions.items()
    }


def _keep(case: Case, own: CallNumber, class_part: str, shelf: ShelfList) -> Number:
    before, after = shelf.neighbours(own.key, 2)
    steps = ["the record's own number, which no other record has"]
    _show_number(case, own.text, own.scheme, own.key, (before, after), steps)
    return Number(own.text, class_part, own.scheme)


def _fitted(
    case: Case, record: Record, class_number: str, desk: Desk, shelf: ShelfList, reason: str
) -> Number:
    scheme = desk.policy.classify.scheme
    fitted = fit(record, class_number, scheme, shelf, desk.policy.classify)
    case.findings += fitted.findings
    if not fitted.call_number:
        case.find(
            "classify.unsure", f"no call number could be built: {reason}", fix="assign one by hand"
        )
        return Number()
    steps = [reason, *(f"{step.text} ({step.rule})" for step in fitted.steps)]
    neighbours = (list(fitted.before), list(fitted.after))
    _show_number(case, fitted.call_number, scheme, fitted.key, neighbours, steps)
    subfields = [Subfield("a", fitted.class_part)]
    if fitted.item_part:
        subfields.append(Subfield("b", fitted.item_part))
    record.add_ordered_field(Field(_ASSIGNED[scheme], Indicators(" ", " "), subfields))
    return Number(fitted.call_number, fitted.class_part, scheme)


def _show_number(
    case: Case,
    number: str,
    scheme: str,
    key: str,
    neighbours: tuple[list[ShelfEntry], list[ShelfEntry]],
    steps: list[str],
) -> None:
    before, after = neighbours
    case.detail["call_number"] = {
        "number": number,
        "scheme": scheme,
        "key": key,
        "before": [_shown_entry(entry) for entry in reversed(before)],
        "after": [_shown_entry(entry) for entry in after],
        "steps": steps,
    }


def _shown_entry(entry: ShelfEntry) -> dict[str, str]:
    return {"call_number": entry.call_number, "heading": entry.heading, "title": entry.title}


def _shown_suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "number": suggestion.number,
        "level": suggestion.level,
        "confidence": round(suggestion.confidence, 3),
        "evidence": [
            f"{each.kind}: {each.text} ({each.count} of {each.total})"
            for each in suggestion.evidence
        ],
    }

"""One arrival on its way through the stages: what has been found out and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pymarc import Record

from techproc.findings import Finding, Severity
from techproc.marc.description import Description, describe
from techproc.process.arrival import Arrival, Disposition, Outcome
from techproc.process.desk import Known
from techproc.process.foresight import Foreseen
from techproc.verify.item import ELEMENTS

__all__ = ["Case"]


@dataclass(slots=True)
class Case:
    """The working notes on one arrival; each stage adds its own.

    A finding of severity "error" keeps the record from being written until a person has seen it.
    """

    arrival: Arrival
    record: Record | None = None
    described: Description = field(init=False)
    foreseen: Foreseen = field(init=False)
    finished: bytes | None = None
    match: str = "none"
    known: Known | None = None  # what it matches
    joins: Known | None = None  # what it is added to as a copy
    findings: list[Finding] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        a = self.arrival
        self.findings += a.findings
        self.detail = {
            "name": a.name,
            "file": a.file,
            "place": a.place,
            "isbn": a.isbn,
            "control": "",
            "title": a.typed.title,
            "typed": {name: text for name in ELEMENTS if (text := getattr(a.typed, name))},
            "chosen": None,
            "runners_up": [],
            "verification": None,
            "match": {"kind": "none", "with": "", "reasons": []},
            "suggestions": {},
            "call_number": None,
            "items": [],
        }

    def take(self, record: Record) -> None:
        """Make a record the one that describes the arrival."""
        self.record = record
        self.described = describe(record)
        titles = (self.described.title, self.described.subtitle)
        self.detail["title"] = " : ".join(part for part in titles if part)
        self.detail["control"] = self.described.control

    def find(
        self, rule: str, message: str, severity: Severity = Severity.ERROR, **more: Any
    ) -> None:
        """Note something about the arrival."""
        self.findings.append(Finding(rule=rule, message=message, severity=severity, **more))

    @property
    def held_back(self) -> bool:
        """Whether a person must look before the record is loaded."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def matched(self, kind: str, known: Known | None = None, reasons: tuple[str, ...] = ()) -> None:
        """Note what the arrival is to what is there already."""
        self.match = kind
        self.known = known
        self.detail["match"] = {
            "kind": kind,
            "with": known.name if known else "",
            "reasons": list(reasons),
        }

    def join(self, known: Known, reasons: tuple[str, ...]) -> None:
        """Make the arrival another copy of a record that is there, unless that one waits itself."""
        self.take(known.record)
        self.matched("copy", known, reasons)
        if known.in_review:
            self.find(
                "match.awaits-review",
                f"it is another copy of {known.name}, which waits for review itself",
                fix="settle that one first, then add this copy",
            )
        else:
            self.joins = known

    @property
    def outcome(self) -> Outcome:
        """What becomes of the arrival: rejected without a finished record, else by what was found."""
        record = self.finished
        disposition: Disposition = "written"
        if record is None:
            disposition = "rejected"
        elif self.held_back:
            disposition = "review"
        elif self.joins:
            disposition = "merged"
        a = self.arrival
        places = {"file": a.file, "record": a.place}
        self.detail["findings"] = [{**places, **finding.as_json()} for finding in self.findings]
        return Outcome(
            number=a.number,
            disposition=disposition,
            match=self.match,
            record=record,
            joins=self.joins.where if self.joins and disposition == "merged" else "",
            detail=self.detail,
        )

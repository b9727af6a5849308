"""Verification of a record against the item in hand, or against another record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from pymarc import Record

from techproc.config import VerifyPolicy
from techproc.findings import Finding, Severity
from techproc.marc.description import Description
from techproc.verify import elements
from techproc.verify.item import Item
from techproc.verify.prepared import Prepared, prepare
from techproc.verify.rules import RULES
from techproc.verify.titles import compare_titles
from techproc.verify.verdict import OTHER_EDITION, OTHER_WORK, SAME, UNSURE, decide

__all__ = ["ElementVerdict", "Verification", "compare", "verify"]

_POLICY = VerifyPolicy()


class ElementVerdict(NamedTuple):
    """One element: agree, compatible, differ or absent, both sides, and the rule."""

    verdict: str
    item: str
    record: str
    rule: str

    @property
    def reason(self) -> str:
        """What the rule says, in a few words."""
        return RULES[self.rule].says

    @property
    def source(self) -> str:
        """Where the rule comes from."""
        return RULES[self.rule].source


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on a record: "same edition", "other edition", "other work" or "unsure".

    `answers` holds (verdict, rule id) by element, `elements` the same with both sides as they
    stand, `rules` the ids of the rules that decided, `control` the record's 001.
    """

    verdict: str
    answers: dict[str, tuple[str, str]]
    rules: tuple[str, ...]
    control: str
    item: dict[str, str]
    record: dict[str, str]

    @property
    def elements(self) -> dict[str, ElementVerdict]:
        """The verdict of each element, with what stands on either side and the rule."""
        return {
            name: ElementVerdict(verdict, self.item[name], self.record[name], rule)
            for name, (verdict, rule) in self.answers.items()
        }

    @property
    def reasons(self) -> tuple[str, ...]:
        """What decided, in words: "the years differ (1998 / 2004)"."""
        said = []
        for rule in self.rules:
            found = self.elements.get(rule.partition(".")[0])
            both = (
                f" ({found.item} / {found.record})" if found and found.item and found.record else ""
            )
            said.append(RULES[rule].says + both)
        return tuple(said)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `techproc verify --json` prints."""
        return {
            "record": self.control,
            "verdict": self.verdict,
            "elements": {name: found._asdict() for name, found in self.elements.items()},
            "reasons": list(self.reasons),
            "rules": list(self.rules),
        }

    def finding(self) -> Finding | None:
        """Return the finding that goes with the verdict; None for the same edition."""
        if self.verdict == SAME:
            return None
        rule = {OTHER_EDITION: "verify.other-edition", OTHER_WORK: "verify.other-work"}
        return Finding(
            rule=rule.get(self.verdict, "verify.unsure"),
            message=f"{self.verdict}: " + "; ".join(self.reasons),
            severity=Severity.WARNING if self.verdict == UNSURE else Severity.ERROR,
            control=self.control or None,
            fix="compare with the item in hand",
        )


def verify(
    item: Item | Record | Description, record: Record | Description, policy: VerifyPolicy = _POLICY
) -> Verification:
    """Compare an item in hand (or a record) with a record, element by element.

    An element of the item that is blank was not typed and is never held against the record; a
    record without 250 says that there is no edition statement. Problems are verdicts; nothing
    raises for data.

    >>> from pymarc import Field, Indicators, Record, Subfield
    >>> record = Record()
    >>> record.add_field(Field("245", Indicators("1", "4"), [Subfield("a", "The selfish gene /")]),
    ...     Field("250", Indicators(" ", " "), [Subfield("a", "2nd ed.")]),
    ...     Field("260", Indicators(" ", " "), [Subfield("b", "Oxford University Press,"),
    ...         Subfield("c", "1989.")]))
    >>> verify(Item(title="Selfish Gene", publisher="OUP", date="1989"), record).verdict
    'same edition'
    >>> found = verify(Item(title="The selfish gene", edition="Third edition", date="2006"), record)
    >>> found.verdict, found.reasons[0]
    ('other edition', 'the edition numbers differ (Third edition / 2nd ed)')
    """
    return compare(prepare(item), prepare(record), policy)


def compare(item: Prepared, record: Prepared, policy: VerifyPolicy = _POLICY) -> Verification:
    """Compare two prepared sides, as `verify` does."""
    if item.title is None or record.title is None:
        title = ("absent", "title.absent")
    else:
        title = compare_titles(item.title, record.title, policy.title_similarity)
    answers = {
        "title": title,
        "author": elements.author(item, record),
        "edition": elements.edition(item, record),
        "publisher": elements.publisher(item, record),
        "date": elements.date(item, record, policy.date_slack),
        "isbn": elements.isbn(item, record),
        "extent": elements.extent(item, record),
        "series": elements.series(item, record),
        "language": elements.language(item, record),
    }
    answers["extent"] = _carrier_in_hand(item, record, answers)
    verdict, rules = decide(
        answers,
        same_origin=title[0] == "differ" and _same_origin(item, record),
        record_edition=bool(
            item.edition is None and record.edition and (record.edition.number or 1) > 1
        ),
        typed=item.typed,
    )
    return Verification(verdict, answers, rules, record.control, item.shown, record.shown)


def _carrier_in_hand(
    item: Prepared, record: Prepared, answers: dict[str, tuple[str, str]]
) -> tuple[str, str]:
    """Take an item that does not say its carrier for paper, unless its ISBN is the record's."""
    if item.carrier or not item.typed or record.carrier in ("print", "manuscript", "score", "map"):
        return answers["extent"]
    if answers["isbn"][0] == "agree":
        return answers["extent"]
    return "differ", "extent.carrier"


def _same_origin(item: Prepared, record: Prepared) -> bool:
    """Tell whether both sides go back to one work by their uniform titles: a translation."""
    if item.title is None or record.title is None:
        return False
    left, right = item.title.uniform, record.title.uniform
    if left and left == right:
        return True
    return any(
        uniform and any(uniform == form.proper for form in title.forms)
        for uniform, title in ((left, record.title), (right, item.title))
    )

"""A fitted call number: what was built, between which neighbours, by which rules."""

from __future__ import annotations

from dataclasses import dataclass

from techproc.classify.mainentry import MainEntry
from techproc.classify.shelflist import ShelfEntry
from techproc.findings import Finding

__all__ = ["FittedCallNumber", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One decision on the way to a call number: the rule and what it did."""

    rule: str  # "G 63", "shelf-list", "policy"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedCallNumber:
    """A call number, the neighbours it was fitted between and why it is what it is.

    `class_part` and `item_part` go to 050 (or 082 and the item). `call_number` is empty when there
    was nothing to build from; the findings say why. `before` and `after` are nearest first.
    """

    call_number: str
    class_part: str
    item_part: str
    scheme: str
    key: str
    before: tuple[ShelfEntry, ...]
    after: tuple[ShelfEntry, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    entry: MainEntry

    @property
    def shelf_entry(self) -> ShelfEntry:
        """The entry that this number makes in a shelf-list."""
        title = self.entry.work_title
        return ShelfEntry(self.key, self.call_number, self.entry.heading, title, self.entry.number)

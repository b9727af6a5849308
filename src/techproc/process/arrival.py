"""What arrives, and what becomes of it: the values that flow through the main job."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pymarc import Record

from techproc.findings import Finding
from techproc.marc.items import LocalItem
from techproc.verify import Item

__all__ = ["Arrival", "Disposition", "Outcome"]

Disposition = Literal["written", "review", "merged", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One thing to catalogue: a line of a trolley list or a record of a vendor file.

    `place` is its line (lists) or record number (MARC files) in `file`, counted from 1. `items` are
    the copies in hand, as far as the input says. `record` is set for MARC files only; `raw` are the
    bytes as they came, of a record that could not be read alone; `sound` ones are the record in
    ISO 2709 and UTF-8.
    """

    number: int
    file: str
    place: int
    isbn: str = ""  # 13 digits, empty when there is none or it is unusable
    typed: Item = field(default_factory=Item)
    items: tuple[LocalItem, ...] = ()
    record: Record | None = None
    raw: bytes = b""
    sound: bool = False
    findings: tuple[Finding, ...] = ()
    rejected: Finding | None = None  # why nothing can be done with it

    @property
    def name(self) -> str:
        """The arrival as a person finds it: file and line or record."""
        return f"{self.file} {'record' if self.is_record else 'line'} {self.place}"

    @property
    def is_record(self) -> bool:
        """Whether it came in a MARC file."""
        return self.record is not None or bool(self.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was decided about an arrival, and why.

    `record` is the finished ISO 2709 record, without one for a rejected arrival. `joins` says which
    record a copy was added to: ``catalog:001`` or ``batch:number``. `detail` holds what each stage
    decided, as plain JSON values: the report is made of it and of nothing else.
    """

    number: int
    disposition: Disposition
    match: str  # new, copy, other-edition, other-format, duplicate, unsure, none
    record: bytes | None = None
    joins: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

"""What the stages of the main job work with: policy, catalogue, what this run wrote, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pymarc import Record

from techproc.catalog import Catalog, Held
from techproc.classify.shelflist import LayeredShelfList, ShelfList
from techproc.config import Policy
from techproc.marc.description import Description
from techproc.process.arrival import Outcome
from techproc.process.foresight import Foreseen
from techproc.sources import Gathered, gather

__all__ = ["Desk", "Known"]


@dataclass(frozen=True, slots=True)
class Known:
    """A record that is there already: in the catalogue, or from earlier in this run.

    `where` is how outcomes name it (``catalog:001``, ``batch:number``), `name` how people do.
    """

    held: Held
    where: str
    name: str
    in_review: bool = False

    @property
    def record(self) -> Record:
        """The record, made anew at each call."""
        return self.held.record


@dataclass(slots=True)
class Desk:
    """Everything that is handed to a stage; `admit` alone changes it.

    `batch` holds what this run has decided so far, under the numbers of the arrivals; `gathered`
    and `foreseen` are what the sources, the catalogue and the suggester say of those at hand.
    """

    policy: Policy
    catalog: Catalog | None
    batch: Catalog
    gathered: Gathered = field(default_factory=lambda: gather((), ()))
    foreseen: Mapping[int, Foreseen] = field(default_factory=dict)
    barcodes: dict[str, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)

    def admit(
        self,
        outcome: Outcome,
        record: Record | None = None,
        described: Description | None = None,
    ) -> None:
        """Take note of a decided arrival: its record, its call number and its barcodes.

        A resumed run calls this for everything in its journal, and so knows what it knew. `record`
        and `described` spare reading and describing the outcome's record again.
        """
        for item in outcome.detail["items"]:
            if barcode := item["item"]["barcode"]:
                self.barcodes.setdefault(barcode, outcome.detail["name"])
        if outcome.disposition in ("written", "review") and outcome.record:
            self.names[outcome.number] = outcome.detail["name"]
            self.batch.put(outcome.number, outcome.record, record, described)
            if outcome.disposition == "review":
                self.waiting.add(outcome.number)

    def holding(self, isbn: str) -> list[Known]:
        """Return the records that are there already under an ISBN."""
        held = self.catalog.by_isbn(isbn) if self.catalog else []
        return [*map(self.of_catalog, held), *map(self._of_batch, self.batch.by_isbn(isbn))]

    def resembling(self, keys: Sequence[str]) -> list[Known]:
        """Return the records of this run that share match keys."""
        limit = self.policy.match.candidates
        return [self._of_batch(held) for held in self.batch.candidates(keys, limit=limit)]

    def barcode_holder(self, barcode: str) -> str:
        """Return who has a barcode already, as people say it, or an empty string."""
        if self.catalog and (held := self.catalog.by_barcode(barcode)):
            return f"{held[0].control or held[0].title} in the catalogue"
        return self.barcodes.get(barcode, "")

    def shelflist(self, scheme: str) -> ShelfList:
        """Return the shelf-list of the catalogue and of this run as one."""
        lists = [each.shelf(scheme) for each in (self.catalog, self.batch) if each is not None]
        return LayeredShelfList(*lists)

    def of_catalog(self, held: Held) -> Known:
        """Return a record of the catalogue as one that is there already."""
        name = f"{held.control or held.title} in the catalogue"
        return Known(held, f"catalog:{held.control or held.id}", name)

    def _of_batch(self, held: Held) -> Known:
        return Known(held, f"batch:{held.id}", self.names[held.id], held.id in self.waiting)

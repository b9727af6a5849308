"""The catalogue: records, their keys, items and shelf-list, in one SQLite file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from pymarc import Record

from techproc import marc
from techproc.catalog.database import connect, explained
from techproc.catalog.row import row_of
from techproc.catalog.shelf import CatalogShelf
from techproc.catalog.writing import Writer, write_rows
from techproc.errors import CatalogError
from techproc.findings import Finding, Severity, Tally
from techproc.identifiers import isbn, lccn
from techproc.marc import Loaded, Quarantined
from techproc.marc.description import Description
from techproc.marc.items import Profile

__all__ = ["Catalog", "Held", "ImportReport"]


@dataclass(frozen=True, slots=True)
class Held:
    """A record of the catalogue: its number there, 001, title and ISO 2709 bytes."""

    id: int
    control: str
    title: str
    raw: bytes

    @property
    def record(self) -> Record:
        """The record, made anew at each call so that no caller changes another's."""
        return marc.decode(self.raw)


@dataclass(slots=True)
class ImportReport:
    """What an import did: `tally.written` counts added and replaced records alike."""

    tally: Tally = field(default_factory=Tally)
    added: int = 0
    replaced: int = 0
    items: int = 0


class Catalog:
    """A catalogue in one file; many may read while one writes.

    `path` is the file; with `create` it is made when missing, with `readonly` nothing is written.
    Use it as a context manager, or call `close`. Raises CatalogError for a file that is missing,
    damaged, no catalogue, or from a newer version.
    """

    def __init__(self, path: str | Path, *, create: bool = False, readonly: bool = False) -> None:
        self.path = Path(path)
        self._made = create and not self.path.exists()
        self._db = connect(self.path, create=create, readonly=readonly)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        unused = error is not None and self._made and not len(self)
        self.close()
        if unused:  # a first import that failed leaves nothing behind
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; calling it twice does no harm."""
        self._db.close()

    def __len__(self) -> int:
        return int(self._one("SELECT count(*) FROM record"))

    # -- writing ---------------------------------------------------------------------------

    def import_records(
        self,
        entries: Iterable[Loaded | Quarantined],
        *,
        profile: Profile | None = None,
        report: Callable[[Finding], None] = lambda finding: None,
        progress: Callable[[int], None] = lambda count: None,
    ) -> ImportReport:
        """Add records in one transaction: all of them, or after any failure none.

        A record whose 001 is in the catalogue replaces that one; without a 001 it is added. Items
        are read from the fields of `profile`, or of whichever profile the record carries.
        `report` is handed each finding, `progress` the number of records read so far.
        """
        outcome = ImportReport()
        with explained(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                writer = Writer(self._db)
                for entry in entries:
                    outcome.tally.read += 1
                    self._import_one(entry, writer, profile, outcome, report)
                    if not outcome.tally.read % 500:
                        progress(outcome.tally.read)
                writer.flush()
                for finding in self._barcodes_used_twice():
                    report(finding)
                outcome.tally.check()
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        progress(outcome.tally.read)
        return outcome

    def _import_one(
        self,
        entry: Loaded | Quarantined,
        writer: Writer,
        profile: Profile | None,
        outcome: ImportReport,
        report: Callable[[Finding], None],
    ) -> None:
        if isinstance(entry, Quarantined):
            if entry.beside:
                outcome.tally.skipped += 1
            else:
                outcome.tally.rejected += 1
            report(entry.finding)
            return
        for finding in entry.findings:
            report(finding)
        # A sound UTF-8 record is kept as it came, byte for byte.
        row = row_of(entry.record, profile=profile, raw=entry.raw if entry.as_it_came else None)
        replaced, again = writer.put(row)
        outcome.tally.written += 1
        outcome.replaced += replaced
        outcome.added += not replaced
        outcome.items += len(row.items)
        if again:
            report(
                Finding(
                    rule="catalog.control-twice",
                    severity=Severity.WARNING,
                    message="another record of this import has the same control number",
                    record=entry.number,
                    control=row.control,
                    path="001",
                    fix="both are kept; `techproc dedupe` tells whether they are one",
                )
            )

    def _barcodes_used_twice(self) -> Iterator[Finding]:
        """Yield a finding for each barcode that several items have; a query is all it takes."""
        for barcode, count, controls in self._db.execute(
            "SELECT i.barcode, count(*), group_concat(DISTINCT r.control) FROM item i "
            "JOIN record r ON r.id = i.record WHERE i.barcode IN "
            "(SELECT barcode FROM item WHERE barcode <> '' GROUP BY barcode HAVING count(*) > 1) "
            "GROUP BY i.barcode ORDER BY i.barcode"
        ):
            yield Finding(
                rule="catalog.barcode-twice",
                severity=Severity.WARNING,
                message=f"barcode {barcode} is on {count} items (001: {controls})",
                file=str(self.path),
                fix="look at the items; put a new label on all but one",
            )

    def put(
        self,
        number: int,
        raw: bytes,
        record: Record | None = None,
        described: Description | None = None,
    ) -> None:
        """Add one ISO 2709 record under a number that none here has, to be found by this object.

        `record` and `described` spare reading and describing it again.

        Nothing put is kept when the catalogue is closed: a run uses one as its working memory.
        """
        with explained(self.path):
            if not self._db.in_transaction:
                self._db.execute("BEGIN IMMEDIATE")
            row = row_of(record or marc.decode(raw), raw=raw, described=described)
            write_rows(self._db, [(number, row)])

    # -- looking up ------------------------------------------------------------------------

    def by_key(self, key: str) -> list[Held]:
        """Return the records that have a match key (`isbn:…`, `lccn:…`, see techproc.marc.keys)."""
        return self._held(
            "SELECT r.id, r.control, r.title, r.marc FROM key k JOIN record r ON r.id = k.record "
            "WHERE k.key = ? ORDER BY r.id",
            key,
        )

    def by_isbn(self, text: str) -> list[Held]:
        """Return the records with an ISBN, given in its 10- or 13-digit form."""
        number = isbn.normalize(text)
        return self.by_key(f"isbn:{number}") if number else []

    def by_lccn(self, text: str) -> list[Held]:
        """Return the records with a Library of Congress control number."""
        number = lccn.normalize(text)
        return self.by_key(f"lccn:{number}") if number else []

    def by_control(self, control: str) -> list[Held]:
        """Return the records with a control number (001)."""
        return self._held(
            "SELECT id, control, title, marc FROM record WHERE control = ? ORDER BY id", control
        )

    def by_barcode(self, barcode: str) -> list[Held]:
        """Return the records that an item with this barcode belongs to."""
        return self._held(
            "SELECT r.id, r.control, r.title, r.marc FROM item i JOIN record r ON r.id = i.record "
            "WHERE i.barcode = ? AND i.barcode <> '' ORDER BY r.id",
            barcode,
        )

    def with_items_between(self, since: str, until: str = "") -> Iterator[Held]:
        """Yield the records with an item that came from `since` to `until`, in their order.

        Both are days (YYYY-MM-DD) and are within; without `until` there is no end. An item's day is
        that of its acquisition, else of its record's latest change (`marc.items.item_date`).
        """
        with explained(self.path):
            for row in self._db.execute(
                "SELECT id, control, title, marc FROM record WHERE id IN "
                "(SELECT record FROM item WHERE date >= ? AND date <= ?) ORDER BY id",
                (since or "0", until or "9"),
            ):
                yield Held(*row)

    def undated_items(self) -> int:
        """Return the number of items of which no date is known."""
        return int(self._one("SELECT count(*) FROM item WHERE date = ''"))

    def candidates(self, keys: Sequence[str], *, limit: int = 40, common: int = 200) -> list[Held]:
        """Return the records that share keys, those that share most first.

        A key that more than `common` records have says nothing about one of them and is passed
        over, unless it is the only one that finds any.
        """
        shared: Counter[int] = Counter()
        crowded: Counter[int] = Counter()
        with explained(self.path):
            for key in dict.fromkeys(keys):
                found = self._db.execute(
                    "SELECT record FROM key WHERE key = ? LIMIT ?", (key, common + 1)
                ).fetchall()
                (crowded if len(found) > common else shared).update(number for (number,) in found)
        ranked = sorted((shared or crowded).items(), key=lambda pair: (-pair[1], pair[0]))
        return [self.get(number) for number, _ in ranked[:limit]]

    def get(self, number: int) -> Held:
        """Return the record with a number of this catalogue; raise CatalogError when none has it."""
        held = self._held("SELECT id, control, title, marc FROM record WHERE id = ?", number)
        if not held:
            raise CatalogError(f"{self.path}: there is no record {number}")
        return held[0]

    def records(self) -> Iterator[Held]:
        """Yield every record in the order of import."""
        with explained(self.path):
            for row in self._db.execute("SELECT id, control, title, marc FROM record ORDER BY id"):
                yield Held(*row)

    def search(self, words: str, *, limit: int = 20) -> list[Held]:
        """Return the records that have all the words in title, names, subjects or imprint.

        Best match first. A number that is an ISBN, a barcode or a control number finds its record.
        """
        numbers = self.by_isbn(words) or self.by_barcode(words) or self.by_control(words)
        if numbers:
            return numbers[:limit]
        query = " ".join('"' + word.replace('"', '""') + '"' for word in words.split())
        if not query:
            return []
        return self._held(
            "SELECT r.id, r.control, r.title, r.marc FROM word JOIN record r ON r.id = word.rowid "
            "WHERE word MATCH ? ORDER BY word.rank, r.id LIMIT ?",
            query,
            limit,
        )

    def shelf(self, scheme: str) -> CatalogShelf:
        """Return the shelf-list of a scheme ("lcc", "ddc", …), in call-number order."""
        return CatalogShelf(self._db, self.path, scheme)

    def stats(self) -> dict[str, int]:
        """Return counts of records, keys, items, barcodes and shelf-list entries by scheme."""
        counts = {
            "records": len(self),
            "keys": int(self._one("SELECT count(*) FROM key")),
            "items": int(self._one("SELECT count(*) FROM item")),
            "barcodes": int(
                self._one("SELECT count(DISTINCT barcode) FROM item WHERE barcode <> ''")
            ),
        }
        with explained(self.path):
            for scheme, count in self._db.execute(
                "SELECT scheme, count(*) FROM shelf GROUP BY scheme ORDER BY scheme"
            ):
                counts[f"shelf_{scheme}"] = count
        return counts

    def check(self) -> None:
        """Read the whole file and raise CatalogError when any of it is damaged."""
        with explained(self.path):
            faults = [
                text for (text,) in self._db.execute("PRAGMA integrity_check") if text != "ok"
            ]
        if faults:
            raise CatalogError(f"{self.path}: the catalogue is damaged: {faults[0]}")

    def _held(self, statement: str, *values: object) -> list[Held]:
        with explained(self.path):
            return [Held(*row) for row in self._db.execute(statement, values)]

    def _one(self, statement: str) -> int:
        with explained(self.path):
            value: int = self._db.execute(statement).fetchone()[0]
            return value

"""What became of the records of one load in the next: same, changed, new, gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from techproc.errors import ConfigError, TechprocError
from techproc.findings import Finding
from techproc.marc.compare.alignment import Aligned, align
from techproc.marc.compare.shelf import Held, Shelf, identifier_named
from techproc.marc.fielddiff import Alike, RecordDiff, compare_records
from techproc.marc.loaded import Loaded, Quarantined
from techproc.marc.path import FieldPath

__all__ = ["STATUSES", "Compared", "LoadComparison", "compare_loads"]

Status: TypeAlias = Literal["same", "encoding", "order", "changed", "new", "gone"]
STATUSES: tuple[Status, ...] = ("same", "encoding", "order", "changed", "new", "gone")
_BY_NATURE: dict[Alike, Status] = {
    Alike.SAME: "same", Alike.ENCODING: "encoding", Alike.ORDER: "order", Alike.CONTENT: "changed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """One record and what became of it.

    `before` and `after` are the record in the two loads (None where it is in one only, and for
    those that are the same); numbers count from 1 in each source. `diff` has its fields, where the
    record is in both and not the same.
    """

    status: Status
    before_number: int | None
    after_number: int | None
    by: str | None = None
    before: Held | None = None
    after: Held | None = None
    diff: RecordDiff | None = None

    @property
    def control(self) -> str | None:
        """The 001 of the newer record, else of the older one; None for records not looked at."""
        held = self.after or self.before
        return held.control if held else None

    @property
    def title(self) -> str:
        """245 $a and $b of that record."""
        held = self.after or self.before
        field = held.record.get("245") if held else None
        return " ".join(field.get_subfields("a", "b")) if field is not None else ""

    def as_json(self) -> dict[str, Any]:
        """Return what became of it as a JSON object; absent parts are left out."""
        found: dict[str, Any] = {
            "status": self.status, "record": self.control, "title": self.title, "before": self.before_number,
            "after": self.after_number, "by": self.by,
        }  # fmt: skip
        if self.diff is not None:
            found["fields"] = [change.as_json() for change in self.diff.changes]
        return {name: value for name, value in found.items() if value not in (None, "")}


@dataclass(slots=True)
class LoadComparison:
    """How many records of each status there are, which fields changed, and what was noticed."""

    statuses: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(STATUSES, 0)))
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)  # tag, kind
    before: int = 0
    after: int = 0
    before_rejected: int = 0
    after_rejected: int = 0
    findings: list[Finding] = field(default_factory=list)

    def check(self) -> None:
        """Raise TechprocError unless every record of both loads is counted exactly once."""
        both = sum(self.statuses[status] for status in ("same", "encoding", "order", "changed"))
        if (
            both + self.statuses["gone"] + self.before_rejected != self.before
            or both + self.statuses["new"] + self.after_rejected != self.after
        ):
            raise TechprocError(f"the totals do not add up: {self.as_json()}")

    def as_json(self) -> dict[str, Any]:
        """Return the counts as a JSON object."""
        changed: dict[str, dict[str, int]] = {}
        for (tag, kind), count in sorted(self.fields.items()):
            changed.setdefault(tag, {})[kind] = count
        return {
            "before": self.before, "after": self.after,
            "before_rejected": self.before_rejected, "after_rejected": self.after_rejected,
            **self.statuses, "fields": changed,
        }  # fmt: skip


def compare_loads(
    before: Iterable[Loaded | Quarantined],
    after: Iterable[Loaded | Quarantined],
    *,
    by: Sequence[str] = ("001",),
    ignore: Sequence[str] = (),
    totals: LoadComparison | None = None,
) -> Iterator[Compared]:
    """Yield what became of every record of two loads, in the order of the first, then what is new.

    Records are aligned by the identifiers `by` ("001", "035$a", any field path, "isbn", "keys"),
    what one leaves over by the next. `ignore` are tags whose fields do not count ("005", "9XX").
    `totals` is filled as the comparison goes on. Memory holds some hundred bytes a record; the
    records themselves wait on disk. Raises ConfigError for an identifier or tag that is none.

    >>> from techproc.marc import read
    >>> vendor = lambda: read("examples/vendor.mrc")
    >>> {compared.status for compared in compare_loads(vendor(), vendor())}
    {'same'}
    """
    totals = totals if totals is not None else LoadComparison()
    identifiers = [identifier_named(name) for name in by]
    leave = _tags(ignore)
    with Shelf(identifiers, leave) as ours, Shelf(identifiers, leave) as theirs:
        ours.fill(before)
        theirs.fill(after)
        totals.before, totals.before_rejected = len(ours) + ours.rejected, ours.rejected
        totals.after, totals.after_rejected = len(theirs) + theirs.rejected, theirs.rejected
        for aligned in align(ours, theirs, by, totals.findings):
            compared = _compare(ours, theirs, aligned)
            totals.statuses[compared.status] += 1
            if compared.diff is not None:
                for change in compared.diff.changes:
                    totals.fields[change.tag, change.kind] += 1
            yield compared
    totals.check()


def _tags(ignore: Sequence[str]) -> Callable[[str], bool] | None:
    paths = [FieldPath.parse(text) for text in ignore]
    for path in paths:
        if path.text != path.tag:
            raise ConfigError(f"whole fields are left out of a comparison, by tag; not {path}")
    if not paths:
        return None
    return lambda tag: any(path.matches_tag(tag) for path in paths)


def _compare(ours: Shelf, theirs: Shelf, aligned: Aligned) -> Compared:
    place, other = aligned.before, aligned.after
    if place is None or other is None:
        if other is not None:
            return Compared("new", None, theirs.number(other), after=theirs.take(other))
        assert place is not None
        return Compared("gone", ours.number(place), None, before=ours.take(place))
    numbers = (ours.number(place), theirs.number(other))
    if ours.digest(place) == theirs.digest(other):
        if ours.coding(place) == theirs.coding(other):
            return Compared("same", *numbers, aligned.by)
        return Compared("encoding", *numbers, aligned.by, ours.take(place), theirs.take(other))
    before, after = ours.take(place), theirs.take(other)
    diff = compare_records(before.record, after.record, leave=ours.leave)
    return Compared(_BY_NATURE[diff.alike], *numbers, aligned.by, before, after, diff)

"""A load of incoming records laid over the records that are there, aligned by identifier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from techproc.errors import TechprocError
from techproc.findings import Finding, Tally
from techproc.marc.compare.alignment import align
from techproc.marc.compare.shelf import Shelf, identifier_named
from techproc.marc.control import control_number
from techproc.marc.fielddiff import RecordDiff, compare_records, field_text
from techproc.marc.loaded import Loaded, Quarantined
from techproc.marc.overlay.applying import Overlaid, overlay
from techproc.marc.overlay.rules import OverlayRules

__all__ = ["Laid", "overlay_loads"]

Status: TypeAlias = Literal["changed", "unchanged", "alone", "new", "rejected"]


@dataclass(frozen=True, slots=True)
class Laid:
    """One record after the overlay.

    "changed" and "unchanged" records had an incoming one laid over them, those that are "alone" had
    none; a "new" one is an incoming record that found no existing one. `item` is the record to
    write (of "rejected" bytes, what was read). `incoming` is the number of the incoming record.
    """

    status: Status
    item: Loaded | Quarantined
    incoming: int | None = None
    overlaid: Overlaid | None = None
    diff: RecordDiff | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what became of it as a JSON object: each field with its origin and rule."""
        record = self.item.record if isinstance(self.item, Loaded) else None
        found: dict[str, Any] = {
            "status": self.status,
            "record": control_number(record) or None,
            "existing": self.item.number if self.status != "new" else None,
            "incoming": self.incoming,
        }
        if self.overlaid is not None:
            found["leader"] = self.overlaid.leader
            found["fields"] = [
                {"tag": one.field.tag, "text": field_text(one.field).split("\x1f"),
                 "origin": one.origin, "rule": one.rule}
                for one in self.overlaid.fields
            ]  # fmt: skip
            found["dropped"] = [
                {"tag": one.field.tag, "text": field_text(one.field).split("\x1f"),
                 "side": one.side, "rule": one.rule}
                for one in self.overlaid.dropped
            ]  # fmt: skip
        return {name: value for name, value in found.items() if value is not None}


def overlay_loads(
    existing: Callable[[], Iterable[Loaded | Quarantined]],
    incoming: Iterable[Loaded | Quarantined],
    rules: OverlayRules,
    *,
    by: Sequence[str] = ("001",),
    source: str = "",
    tally: Tally | None = None,
    findings: list[Finding] | None = None,
) -> Iterator[Laid]:
    """Yield every existing record, overlaid or as it is, then the incoming ones that are new.

    `existing` gives its records anew each time it is called: it is read twice, for records are
    aligned before the first is written. `by` are identifiers as for `compare_loads`. In `tally`
    both sources are read; an incoming record that was laid over one is merged, what found none is
    for review. Raises ConfigError for an identifier that is none.

    >>> from techproc.marc import read
    >>> from techproc.marc.overlay import load_rules
    >>> laid = overlay_loads(lambda: read("examples/catalogue.mrc"), read("examples/vendor.mrc"),
    ...                      load_rules("careful"))
    >>> sorted({one.status for one in laid})
    ['alone', 'new', 'unchanged']
    """
    tally = tally if tally is not None else Tally()
    identifiers = [identifier_named(name) for name in by]
    with Shelf(identifiers, keep=False) as ours, Shelf(identifiers) as theirs:
        theirs.fill(incoming)
        ours.fill(existing())
        partner: dict[int, int] = {}
        new: list[int] = []
        for aligned in align(ours, theirs, by, findings):
            if aligned.after is not None and aligned.before is not None:
                partner[aligned.before] = aligned.after
            elif aligned.after is not None:
                new.append(aligned.after)
        tally.read = len(ours) + ours.rejected + len(theirs) + theirs.rejected
        tally.rejected = theirs.rejected
        place = 0
        for item in existing():
            if isinstance(item, Quarantined):
                tally.rejected += 1
                yield Laid("rejected", item)
                continue
            other = partner.get(place)
            place += 1
            tally.written += 1
            if other is None:
                yield Laid("alone", item)
            else:
                tally.merged += 1
                yield _lay(item, theirs, other, rules, source)
        if place != len(ours):
            raise TechprocError("the existing records changed while they were read; start again")
        for other in new:
            tally.review += 1
            held = theirs.take(other)
            yield Laid("new", _loaded(held.record, held.number), held.number)
    tally.check()


def _loaded(record: Any, number: int) -> Loaded:
    return Loaded(record=record, number=number, offset=0, length=0, form="overlay")


def _lay(item: Loaded, theirs: Shelf, other: int, rules: OverlayRules, source: str) -> Laid:
    held = theirs.take(other)
    done = overlay(item.record, held.record, rules, source=source)
    diff = compare_records(item.record, done.record)
    name = control_number(item.record) or None
    done = replace(
        done, findings=tuple(f.at(record=item.number, control=name) for f in done.findings)
    )
    if not diff.alike:
        return Laid("unchanged", item, held.number, done, diff)
    return Laid("changed", replace(item, record=done.record), held.number, done, diff)

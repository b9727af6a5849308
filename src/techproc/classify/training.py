"""Learning an index from records: a library's own, in front of the starter index or alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from techproc.classify.evidence import EvidenceIndex, Lessons, build, join
from techproc.classify.fields import Field, fields_of, scan_fields

if TYPE_CHECKING:
    from techproc.marc import Loaded

__all__ = ["OWN_WEIGHT", "loaded_fields", "train"]

# A library's own record counts as three of the starter's: its own practice matters most.
OWN_WEIGHT = 3.0


def loaded_fields(items: Iterable[Loaded]) -> Iterator[list[Field]]:
    """Yield the fields of records as read, from their bytes where those are plain UTF-8."""
    for item in items:
        fields = None
        if item.raw and item.form == "iso2709" and not item.findings:
            fields = scan_fields(item.raw.rstrip(b"\x1d"))
        yield fields if fields is not None else fields_of(item.record)


def train(
    records: Iterable[Sequence[Field]],
    *,
    name: str,
    date: str,
    base: EvidenceIndex | None = None,
    weight: float = OWN_WEIGHT,
) -> EvidenceIndex:
    """Return an index of the records that have a usable class number, joined to `base`.

    Training is incremental: give the index of the last run as `base`; a record that it has already
    (by control number) is learned anew. `name` and `date` say in each suggestion where its counts
    come from.
    """
    lessons = Lessons()
    for fields in records:
        lessons.learn(fields)
    source: dict[str, Any] = {"name": name, "records": len(lessons), "date": date}
    about = {"sources": [source]}
    if base is None:
        return build(lessons, about)
    own = build(lessons, about, weight=weight, tables=base.tables)
    return join(base, own)

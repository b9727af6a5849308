"""Fields that are too long for ISO 2709, divided between their subfields where that is sound."""

from __future__ import annotations

from collections.abc import Callable

import pymarc
from pymarc.field import Field, Subfield

from techproc.findings import Finding, Severity
from techproc.marc.control import control_number

__all__ = ["SPLITTABLE", "split_fields"]

# Fields that a record may have more than once and whose subfields read on from one to the next:
# contents, notes, subjects, added entries, links, holdings and local fields.
SPLITTABLE = ("5", "65", "70", "71", "76", "77", "78", "85", "86", "9")
_REPEATED = "368"  # what a field applies to, its link to 880, its sequence: each part needs them


def split_fields(
    record: pymarc.Record, size: Callable[[Field], int], most: int
) -> tuple[pymarc.Record, tuple[Finding, ...]]:
    """Return the record with each field that takes more than `most` bytes divided, and findings.

    `size` measures a field in bytes as it will be written. Fields are divided between subfields
    only, in order; $3, $6 and $8 are repeated in each part. A field that may stand only once, or
    has one subfield that is itself too long, is left as it is (and will be refused).

    >>> record = pymarc.Record()
    >>> record.add_field(Field("505", None, [Subfield("t", "x" * 40), Subfield("t", "y" * 40)]))
    >>> split, findings = split_fields(record, lambda f: len(f.value()) + 8, 60)
    >>> [len(field.value()) for field in split.fields], findings[0].rule
    ([40, 40], 'marc.field-split')
    """
    fields: list[Field] = []
    findings: list[Finding] = []
    for field in record.fields:
        parts = _parts(field, size, most)
        fields += parts
        if len(parts) > 1:
            findings.append(
                Finding(
                    rule="marc.field-split",
                    severity=Severity.WARNING,
                    control=control_number(record) or None,
                    path=field.tag,
                    message=f"{size(field)} bytes are more than a field may have; "
                    f"it became {len(parts)} fields",
                    fix="check that the parts read on; MARCXML has no such limit",
                )
            )
    if not findings:
        return record, ()
    divided = pymarc.Record(fields=fields)
    divided.leader = pymarc.Leader(str(record.leader))
    return divided, tuple(findings)


def _parts(field: Field, size: Callable[[Field], int], most: int) -> list[Field]:
    """Return the field alone, or the fields that it is divided into."""
    if field.control_field or size(field) <= most or not field.tag.startswith(SPLITTABLE):
        return [field]
    shared = [sub for sub in field.subfields if sub.code in _REPEATED]
    rest = [sub for sub in field.subfields if sub.code not in _REPEATED]
    parts: list[Field] = []
    held: list[Subfield] = []
    for subfield in rest:
        longer = Field(field.tag, field.indicators, [*shared, *held, subfield])
        if held and size(longer) > most:
            parts.append(Field(field.tag, field.indicators, [*shared, *held]))
            held = []
        held.append(subfield)
    parts.append(Field(field.tag, field.indicators, [*shared, *held]))
    return parts if all(size(part) <= most for part in parts) else [field]

"""Transformations of control numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pymarc.field import Field, Indicators, Subfield

from techproc.identifiers.oclc import normalize
from techproc.marc.edit.registry import transformation
from techproc.marc.edit.steps import Act, Log
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.fielddiff import field_text
from techproc.marc.path import FieldPath

__all__ = ["normalize_oclc"]

# Digits alone may be anyone's number.
_NAMED = re.compile(r"\s*(?:\(OCoLC\)|oc[mn]|on[0-9])", re.IGNORECASE)


@transformation(
    "oclc.035",
    "OCLC numbers in 035 become (OCoLC) and digits; doubles go; 001 with 003 OCoLC is added.",
    fields="001 003 035",
)
def normalize_oclc(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Write OCLC numbers as OCLC asks: (OCoLC), no prefix, no zeros before the number."""

    def act(record: WorkingRecord, log: Log) -> int:
        changed = 0
        for field in record.get_fields("035"):
            before = list(field.subfields)
            kept: list[Subfield] = []
            for code, value in before:
                number = normalize(value) if code in "az" and _NAMED.match(value) else None
                made = Subfield(code, f"(OCoLC){number}" if number else value)
                # A number of its own among those cancelled says nothing.
                if made not in kept and not (number and Subfield("a", made.value) in kept):
                    kept.append(made)
            if kept != before:
                field.subfields = kept
                changed += 1
        changed += _add_own(record)
        return changed + _drop_doubles(record)

    return act


def _add_own(record: WorkingRecord) -> int:
    """Add the record's own number where 003 says that 001 is OCLC's and no 035 has it."""
    agency, own = record.get("003"), record.get("001")
    if agency is None or own is None or (agency.data or "").strip().lower() != "ocolc":
        return 0
    number = normalize(own.data or "")
    text = f"(OCoLC){number}"
    if number is None or any(text in f.get_subfields("a") for f in record.get_fields("035")):
        return 0
    record.insert(Field("035", Indicators(" ", " "), [Subfield("a", text)]))
    return 1


def _drop_doubles(record: WorkingRecord) -> int:
    seen: set[str] = set()
    gone = 0
    for field in record.get_fields("035"):
        text = field_text(field)
        if text in seen and "(OCoLC)" in text:
            record.remove_field(field)
            gone += 1
        seen.add(text)
    return gone

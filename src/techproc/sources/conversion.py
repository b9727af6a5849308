"""Whatever schema a server really sent, made into a MARC 21 record, or a finding why not.

The schema is told by looking at the record: servers answer a wrong schema as if it were right.
"""

from __future__ import annotations

from lxml import etree
from pymarc import Record

from techproc.findings import Finding, Severity
from techproc.sources.dublincore import record_from_dc
from techproc.sources.marcxml import is_unimarc, record_from
from techproc.sources.mods import record_from_mods
from techproc.sources.responses import SruRecord
from techproc.sources.safexml import local_name
from techproc.sources.unimarc import marc21_from_unimarc

__all__ = ["Converted", "convert"]

Converted = tuple[Record | None, tuple[Finding, ...]]


def convert(received: SruRecord, position: int, source: str) -> Converted:
    """Return the MARC 21 record of what was received at a position of a result, with findings.

    The record is None where there is none: a surrogate diagnostic, a record without data, a
    record without fields, a schema that is not known here.
    """
    if received.diagnostic is not None:
        return None, (_lost("surrogate-diagnostic", str(received.diagnostic), position, source),)
    element = _innermost(received.data)
    if element is None:
        return None, (_lost("no-record-data", received.note, position, source),)
    name = local_name(element)
    if name == "record":
        record, findings = record_from(element)
        if not record.fields:
            return None, (_lost("empty-record", "the record has no fields", position, source),)
        if is_unimarc(element, record):
            record, more = marc21_from_unimarc(record)
            findings += more
    elif name == "mods":
        record, findings = record_from_mods(element)
    elif name == "dc":
        record, findings = record_from_dc(element)
    else:
        text = f"the record is <{name}>, which is no schema known here"
        return None, (_lost("unknown-schema", text, position, source),)
    return record, tuple(f.at(file=source, record=position) for f in findings)


def _innermost(data: etree._Element | None) -> etree._Element | None:
    """Return the record within wrappers such as <collection> or <OAI-PMH>."""
    element = data
    while element is not None:
        if local_name(element) in ("record", "mods", "dc"):
            inner = [child for child in element if local_name(child) in ("metadata",)]
            if not inner:
                return element
            element = inner[0]
        elif local_name(element) in ("collection", "modsCollection", "metadata"):
            element = next((child for child in element if local_name(child)), None)
        else:
            return element
    return None


def _lost(rule: str, message: str, position: int, source: str) -> Finding:
    return Finding(
        rule=f"sources.{rule}",
        message=message,
        severity=Severity.WARNING,
        file=source,
        record=position,
    )

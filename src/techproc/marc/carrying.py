"""What a record may hold that not every form can carry; each form declares it from here."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pymarc

from techproc.findings import Finding, Severity
from techproc.marc.scanned import ScannedRecord

__all__ = ["is_control", "loss", "misplaced", "unspellable"]

_TAG = re.compile("[0-9A-Za-z]{3}")


def is_control(tag: str) -> bool:
    """Say whether a tag is that of a control field.

    >>> is_control("008"), is_control("010"), is_control("00A")
    (True, False, False)
    """
    return tag < "010" and tag.isdigit()


def loss(form: str, path: str, message: str) -> Finding:
    """Return the finding for what a form cannot carry."""
    return Finding(rule=f"convert.{form}", message=message, severity=Severity.WARNING, path=path)


def misplaced(record: pymarc.Record, form: str) -> Iterator[Finding]:
    """Yield a finding for text under the tag of a data field, and subfields under 00X.

    Forms that tell control fields from data fields by the tag give them back as the other.

    >>> field = pymarc.Field("FMT")
    >>> field.control_field, field.data = True, "BK"
    >>> next(misplaced(pymarc.Record(fields=[field]), "iso2709")).message
    'text without subfields would come back as indicators and subfields'
    """
    if isinstance(record, ScannedRecord) and record.untouched:
        return  # its fields are what their tags say
    if not record.fields:
        yield loss(form, "LDR", "a record without fields is not read")
    for field in record.fields:
        if field.control_field and not is_control(field.tag):
            message = "text without subfields would come back as indicators and subfields"
            yield loss(form, field.tag, message)
        elif is_control(field.tag) and not field.control_field:
            yield loss(form, field.tag, "subfields of a control field would come back as text")


def unspellable(record: pymarc.Record, form: str) -> Iterator[Finding]:
    """Yield a finding for tags, indicators and codes that forms of lines cannot spell."""
    if not record.fields:
        yield loss(form, "LDR", "a record without fields is not read")
    leader = str(record.leader)
    if not leader.isprintable() or not leader.strip():
        yield loss(form, "LDR", "a leader that no line of text can hold")
    for field in record.fields:
        if not _TAG.fullmatch(field.tag):
            yield loss(form, field.tag, f"{field.tag!r} is no tag of letters and digits")
        elif field.tag in ("000", "LDR"):
            yield loss(form, field.tag, "the tag would be taken for the leader's")
        if field.control_field:
            continue
        if is_control(field.tag):
            yield loss(form, field.tag, "subfields of a control field would come back as text")
        if any(not _is_spelt(char) for char in field.indicators or ()):
            yield loss(form, field.tag, "an indicator that no line of text can hold")
        if any(not _is_spelt(code) or code in "$ " for code, _ in field.subfields):
            yield loss(form, field.tag, "a subfield code that no line of text can hold")


def _is_spelt(char: str) -> bool:
    return len(char) == 1 and char.isprintable()

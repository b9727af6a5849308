"""Subfield delimiters that some program wrote as another sign."""

from __future__ import annotations

import re
from dataclasses import replace

from techproc.findings import Finding, Severity
from techproc.marc.carrying import is_control
from techproc.marc.structure import Structure

__all__ = ["with_delimiters"]

# What programs show in the place of 0x1F, in UTF-8 and in the code pages of Windows and DOS.
_SIGNS = ("‡".encode(), "ǂ".encode(), b"\x87", b"$", b"|")
_LEAST = 3  # data fields; fewer that begin alike may do so by chance


def with_delimiters(raw: bytes, structure: Structure) -> Structure:
    """Return the structure of a record with 0x1F in the place of another sign, if there is one.

    That is sure only where no field has 0x1F and the same sign and a code follow the indicators
    of every data field; there are three at least. A dollar sign before two digits is a price.
    """
    if b"\x1f" in raw:
        return structure
    data = [raw[start:stop] for tag, start, stop in structure.fields if not is_control(tag)]
    if len(data) < _LEAST:
        return structure
    for sign in _SIGNS:
        begins = re.compile(rb"[ -~]{2}" + re.escape(sign) + rb"[a-z0-9]")
        if all(map(begins.match, data)):
            return _replaced(raw, structure, sign)
    return structure


def _replaced(raw: bytes, structure: Structure, sign: bytes) -> Structure:
    # A script in $6 is also written with a dollar sign: 245-01/$1.
    code = rb"(?<![0-9]/)%s(?=[a-z]|[0-9](?![0-9]))" if sign == b"$" else rb"%s(?=[a-z0-9])"
    stands_for = re.compile(code % re.escape(sign))
    base = min(start for _, start, _ in structure.fields)
    parts = [raw[:base]]
    at = base
    fields = []
    for tag, start, stop in structure.fields:
        part = raw[start:stop]
        if not is_control(tag):
            first, rest = part[:2], part[2 + len(sign) :]
            part = first + b"\x1f" + rest[:1] + stands_for.sub(b"\x1f", rest[1:])
        fields.append((tag, at, at + len(part)))
        parts.append(part + b"\x1e")
        at += len(part) + 1
    finding = Finding(
        rule="marc.delimiter",
        severity=Severity.WARNING,
        message=f"{sign!r} stands in the place of the subfield delimiter (0x1F); read as that",
        confidence=0.9,
        fix="look for texts that hold the sign itself before loading the record",
    )
    return replace(
        structure,
        fields=fields,
        findings=(*structure.findings, finding),
        raw=b"".join(parts) + b"\x1d",
    )

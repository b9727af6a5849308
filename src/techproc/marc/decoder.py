"""One ISO 2709 record in memory to a `pymarc.Record`: the counterpart of `encode`."""

from __future__ import annotations

import io

import pymarc

from techproc.errors import InputError
from techproc.marc.loaded import Loaded
from techproc.marc.reading import read
from techproc.marc.scanned import ScannedRecord
from techproc.marc.scanner import run

__all__ = ["decode"]


def decode(raw: bytes) -> pymarc.Record:
    """Return the record that some bytes of ISO 2709 hold.

    Raises InputError when they hold no record that can be read.

    >>> from techproc.marc import encode
    >>> record = pymarc.Record()
    >>> record.add_field(pymarc.Field("001", data="ocm1"))
    >>> decode(encode(record))["001"].data
    'ocm1'
    """
    found, _ = run(raw, 0, True, 1)
    if found and len(found[0][0]) == len(raw):
        return ScannedRecord.plain(raw)
    entry = next(iter(read(io.BytesIO(raw))))
    if not isinstance(entry, Loaded):
        raise InputError(f"these {len(raw)} bytes are no MARC record: {entry.finding.message}")
    return entry.record

"""MARC-in-JSON, a record a line (NDJSON): a broken line loses no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

import pymarc

from techproc.findings import Finding
from techproc.marc._jsonrecord import UnreadableError, losses, parse_record, render_record
from techproc.marc.forms import Form, WriteOptions
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions

__all__ = ["BEGINS", "FORM", "MOST"]

# How a record begins, which is nowhere within one: a quotation mark in a string is escaped.
BEGINS = re.compile(rb'\{\s*"(?:leader|fields)"\s*:')
MOST = 1 << 24  # bytes of one JSON object; no MARC record is near it


def sniff(head: bytes) -> bool:
    """Return True when the first line is a JSON object and another line follows."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(b"{"):
        return False
    line, newline, rest = head.partition(b"\n")
    if not newline or not rest.strip():
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Loaded | Quarantined]:
    """Yield a record or a quarantined line for each line that is not blank."""
    offset, number = 0, options.first
    while line := stream.readline(MOST):
        length = len(line)
        if offset == 0:
            line = line.removeprefix(b"\xef\xbb\xbf")
        at = offset + length - len(line)
        for part in _parts(line):
            text = part.rstrip()  # blanks before it are its own bytes
            if text.strip():
                yield item(text, part, offset=at, number=number, form="ndjson", options=options)
                number += 1
            at += len(part)
        offset += length


def _parts(line: bytes) -> list[bytes]:
    """Cut a line where another record begins in it: the end of the first's line was lost."""
    own = len(line) - len(line.lstrip())
    begins = [match.start() for match in BEGINS.finditer(line) if match.start() > own]
    return [line[a:b] for a, b in pairwise([0, *begins, len(line)])]


def item(
    text: bytes, raw: bytes, *, offset: int, number: int, form: str, options: ReadOptions
) -> Loaded | Quarantined:
    """Return the record or quarantined piece that `text`, standing in `raw`, turns out to be."""
    where = {"file": options.file, "record": number, "offset": offset}
    padding = len(raw) - len(text)
    try:
        record, findings = parse_record(text)
    except UnreadableError as problem:
        finding = problem.finding.at(**where)
        return Quarantined(
            raw=text,
            number=number,
            offset=offset,
            length=len(text),
            finding=finding,
            padding=padding,
        )
    control = record["001"].data if "001" in record else None
    return Loaded(
        record=record, number=number, offset=offset, length=len(text), form=form, raw=text,
        encoding="ascii" if text.isascii() else "utf-8", padding=padding,
        findings=tuple(f.at(control=control, **where) for f in findings),
    )  # fmt: skip


class Writer:
    """Writes a line a record."""

    def __init__(self, stream: BinaryIO, _options: WriteOptions) -> None:
        self._stream = stream

    def write(self, record: pymarc.Record) -> tuple[Finding, ...]:
        """Write one record as one line."""
        self._stream.write(render_record(record).encode() + b"\n")
        return ()

    def finish(self) -> None:
        """Do nothing: lines have no end."""


FORM = Form(
    name="ndjson",
    title="MARC-in-JSON, a record a line (.ndjson, .jsonl)",
    suffixes=(".ndjson", ".jsonl"),
    sniff=sniff,
    read=read,
    write=Writer,
    losses=losses,
)

"""ISO 2709, the exchange format of MARC: reading what is sound and what is not.

Source: ISO 2709:2008 and the MARC 21 Record Structure specification (Library of Congress).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from techproc.findings import Finding, Severity
from techproc.marc.carrying import misplaced
from techproc.marc.delimiters import with_delimiters
from techproc.marc.encoder import Iso2709Writer
from techproc.marc.fieldtext import decode_fields
from techproc.marc.forms import Form
from techproc.marc.framing import Frame, Window, next_frame, sniff
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.scanned import RECORD, ScannedRecord
from techproc.marc.scanner import load
from techproc.marc.structure import Structure, parse
from techproc.marc.weights import core

__all__ = [
    "FORM",
    "LARGEST",
    "read_alone",
    "read_frame",
    "read_next",
    "read_plain",
    "read_stream",
    "sniff",
]

LARGEST = 100_000  # bytes: as much as any record has
_RUN = 256  # plain records taken at a time
_MOULD = (Loaded, {"form": "iso2709", "findings": (), "padding": 0})  # what all of them share
_CONTROL = re.compile(rb"001[0-9]{9}[^\x1e]*\x1e([ -~]{1,40})\x1e")


def read_stream(stream: BinaryIO, options: ReadOptions) -> Iterator[Loaded | Quarantined]:
    """Yield each record of a stream, and what could not be read, in order; nothing is left out."""
    window = Window(stream)
    leading = window.skip_leading()
    number = options.first
    while window.ensure(1):
        if not leading and options.assume is None:
            window.ensure(LARGEST)
            place = window.offset + window.at
            items, window.at = load(
                window.data, window.at, window.ended, _RUN, number, place, RECORD, _MOULD
            )
            if items:
                yield from items
                number += len(items)
                continue
        yield read_next(window, leading, number, options)
        number += 1
        leading = 0


def read_next(
    window: Window, leading: int, number: int, options: ReadOptions
) -> Loaded | Quarantined:
    """Read what stands next in a window, in whatever state it is.

    `leading` counts the padding that was stepped over before it, at the beginning of the input.
    """
    if not leading and options.assume is None:
        window.ensure(LARGEST)
        if (eight := _take_marc8(window, number)) is not None:
            return eight
    return read_frame(next_frame(window, leading), number, options)


def _take_marc8(window: Window, number: int) -> Loaded | None:
    """Take the next record if it is in MARC-8 and right in every respect."""
    taken = _marc8(window.data, window.at, window.ended)
    if taken is None:
        return None
    offset, _ = window.take(len(taken[0]))
    return _converted(taken, number, offset)


def _marc8(data: bytes, at: int, final: bool) -> tuple[bytes, bytes] | None:
    return core().marc8_record(data, at, final) if data[at + 9 : at + 10] == b" " else None


def _converted(taken: tuple[bytes, bytes], number: int, offset: int) -> Loaded:
    raw, made = taken
    return Loaded(
        record=ScannedRecord.converted(raw, made),
        number=number,
        offset=offset,
        length=len(raw),
        form="iso2709",
        encoding="marc-8",
        raw=raw,
    )


def read_plain(data: bytes, number: int, offset: int) -> list[Loaded]:
    """Return the records of bytes that hold plain ones alone; `offset` is that of the first."""
    return load(data, 0, True, len(data), number, offset, RECORD, _MOULD)[0]


def read_alone(frame: Frame, number: int, options: ReadOptions) -> Loaded | Quarantined:
    """Read a frame that was taken from its stream, as `read_next` would have read it."""
    bare = not (frame.stray or frame.leading or frame.padding) and options.assume is None
    taken = _marc8(frame.raw, 0, True) if bare else None
    if taken is not None and len(taken[0]) == len(frame.raw):
        return _converted(taken, number, frame.offset)
    return read_frame(frame, number, options)


def read_frame(frame: Frame, number: int, options: ReadOptions) -> Loaded | Quarantined:
    """Read one frame of a stream as a record, or put it in quarantine."""
    if not frame.stray:
        structure = parse(frame.raw)
        if isinstance(structure, Structure):
            return _load(frame, number, structure, options)
        finding = structure
    else:
        finding = Finding(
            rule="marc.stray-bytes",
            message=f"{len(frame.raw)} bytes between records are no record",
            fix="look at the bytes in quarantine; they may be the rest of a damaged record",
        )
    found = _CONTROL.match(frame.raw, 24)
    control = found.group(1).decode("ascii").strip() if found else None
    return Quarantined(
        raw=frame.raw,
        number=number,
        offset=frame.offset,
        length=len(frame.raw),
        padding=frame.padding,
        finding=finding.at(
            file=options.file,
            record=number,
            control=control or None,
            offset=frame.offset + (finding.offset or 0),
        ),
    )


def _load(frame: Frame, number: int, structure: Structure, options: ReadOptions) -> Loaded:
    structure = with_delimiters(frame.raw, structure)
    raw = structure.raw or frame.raw
    texts = decode_fields(raw, structure, options.assume)
    sound = texts.faithful and not structure.findings
    tags = [tag for tag, _, _ in structure.fields]
    findings = [*structure.findings, *texts.findings]
    if frame.leading or frame.padding:
        findings += _padding_findings(frame)
    if findings:
        control = texts.text(tags.index("001")).strip() if "001" in tags else ""
        findings = [
            finding.at(
                file=options.file,
                record=number,
                control=control or None,
                offset=frame.offset + ((structure.raw is None and finding.offset) or 0),
            )
            for finding in findings
        ]
    return Loaded(
        record=ScannedRecord(structure.leader, tags, texts.text, raw, sound),
        number=number,
        offset=frame.offset,
        length=len(frame.raw),
        form="iso2709",
        encoding=texts.encoding,
        findings=tuple(findings),
        padding=frame.padding,
        raw=frame.raw,
    )


def _padding_findings(frame: Frame) -> Iterator[Finding]:
    for size, where, offset in (
        (frame.leading, "before the first record", -frame.leading),
        (frame.padding, "after the record", len(frame.raw)),
    ):
        if size:
            yield Finding(
                rule="marc.padding",
                severity=Severity.INFO,
                message=f"{size} bytes of line ends, blanks, terminators or the like {where}, "
                "not records",
                offset=offset,
            )


FORM = Form(
    name="iso2709",
    title="ISO 2709 (.mrc)",
    suffixes=(".mrc", ".marc", ".dat", ".iso2709", ".iso", ".bin"),
    sniff=sniff,
    read=read_stream,
    write=Iso2709Writer,
    losses=lambda record: misplaced(record, "iso2709"),
)

"""ISO 2709, the exchange format of MARC: reading what is sound and what is not.

Source: ISO 2709:2008 and the MARC 21 Record Structure specification (Library of Congress).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from techproc.findings import Finding, Severity
from techproc.marc import evidence
from techproc.marc.encoder import Iso2709Writer
from techproc.marc.forms import Form
from techproc.marc.framing import LEADER, Frame, frames
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.scanned import ScannedRecord
from techproc.marc.structure import Structure, parse

__all__ = ["FORM", "read_frame", "read_stream", "sniff"]

_BAD_SUBFIELD = re.compile(rb"\x1f(?:[^!-~]|$)")


def sniff(head: bytes) -> bool:
    """Say whether bytes look like ISO 2709: a leader, or terminators and delimiters in place."""
    start = head.lstrip(b"\xef\xbb\xbf\r\n\t \x00\x1a")
    if not start:
        return False
    if LEADER.match(start) or (start[:5].isdigit() and b"\x1e" in start):
        return True
    return LEADER.search(head) is not None or (b"\x1e" in head and b"\x1f" in head)


def read_stream(stream: BinaryIO, options: ReadOptions) -> Iterator[Loaded | Quarantined]:
    """Yield each record of a stream, and what could not be read, in order; nothing is left out."""
    for number, frame in enumerate(frames(stream), options.first):
        yield read_frame(frame, number, options)


def read_frame(frame: Frame, number: int, options: ReadOptions) -> Loaded | Quarantined:
    """Read one frame of a stream as a record, or put it in quarantine."""
    structure = (
        Finding(
            rule="marc.stray-bytes",
            message=f"{len(frame.raw)} bytes between records are no record",
            fix="look at the bytes in quarantine; they may be the rest of a damaged record",
        )
        if frame.stray
        else parse(frame.raw)
    )
    if isinstance(structure, Finding):
        control = _control_of(frame.raw)
        return Quarantined(
            raw=frame.raw, number=number, offset=frame.offset, length=len(frame.raw),
            padding=frame.padding,
            finding=structure.at(
                file=options.file, record=number, control=control, offset=frame.offset
            ),
        )  # fmt: skip
    return _load(frame, number, structure, options)


def _control_of(raw: bytes) -> str | None:
    """Return what may be the control number of bytes that are no record."""
    found = re.search(rb"\x1e([!-~][ -~]{0,30})\x1e", raw)
    return found.group(1).decode("ascii").strip() if found else None


def _load(
    frame: Frame, number: int, structure: Structure, options: ReadOptions
) -> Loaded:
    raw, spans = frame.raw, structure.fields
    leader = structure.leader
    findings = list(structure.findings)
    sound = not findings
    flagged = leader[9] == "a"
    base = min(start for _, start, _ in spans)
    data = raw[base:]
    if options.assume:
        weighed = evidence.Evidence(options.assume, 1.0)
    else:
        weighed = evidence.weigh(data, flagged)
        finding = evidence.finding_for(weighed, flagged)
        if finding:
            findings.append(finding)
    encoding = weighed.encoding
    texts: list[str] | None = None
    if encoding == "ascii" or (encoding == "utf-8" and not options.assume):
        whole = data.decode(encoding)
        if len(whole) == len(data):  # one byte each: places in the text are places in the bytes
            def piece(i: int) -> str:
                _, start, stop = spans[i]
                return whole[start - base : stop - base]
        else:
            def piece(i: int) -> str:
                _, start, stop = spans[i]
                return raw[start:stop].decode("utf-8")
            if evidence.undo_double_needed(whole):
                texts = [piece(i) for i in range(len(spans))]
                findings += _undo_double(spans, texts, options)
    else:
        texts = []
        for tag, start, stop in spans:
            text, errors = _decode_field(raw[start:stop], encoding)
            if errors:
                findings.append(
                    Finding(
                        rule="marc.undecodable",
                        severity=Severity.WARNING,
                        message=f"{errors} characters mean nothing in {encoding}; "
                        "they stand as U+FFFD",
                        path=tag, offset=start,
                        fix="--assume names the encoding, if it is another one",
                    )  # fmt: skip
                )
            texts.append(text)
    if _BAD_SUBFIELD.search(data) or _odd_indicators(raw, spans):
        findings += _content_findings(raw, spans)
        sound = False
        if texts is None:
            texts = [piece(i) for i in range(len(spans))]
        texts = [_tidy(tag, text) for (tag, _, _), text in zip(spans, texts, strict=True)]
    if frame.leading or frame.padding:
        findings += _padding_findings(frame)
    if texts is not None:
        piece = texts.__getitem__
    record = ScannedRecord(leader, [tag for tag, _, _ in spans], piece, raw, sound)
    if findings:
        found = next((i for i, span in enumerate(spans) if span[0] == "001"), None)
        control = piece(found).strip() or None if found is not None else None
        findings = [
            f.at(file=options.file, record=number, control=control,
                 offset=frame.offset + (f.offset or 0))
            for f in findings
        ]  # fmt: skip
    return Loaded(
        record=record, number=number, offset=frame.offset, length=len(raw), form="iso2709",
        encoding=encoding, findings=tuple(findings), padding=frame.padding, raw=raw,
    )  # fmt: skip


def _decode_field(data: bytes, encoding: str) -> tuple[str, int]:
    """Decode one field, each subfield for itself: sets that MARC-8 switched are reset there."""
    parts = [evidence.decode_as(part, encoding) for part in data.split(b"\x1f")]
    text = "\x1f".join(part.replace("\x1f", " ") for part, _ in parts)
    if "\x1e" in text or "\x1d" in text:
        text = text.replace("\x1e", " ").replace("\x1d", " ")
    return text, sum(errors for _, errors in parts)


def _undo_double(
    spans: list[tuple[str, int, int]], texts: list[str], options: ReadOptions
) -> list[Finding]:
    """Undo double encoding subfield by subfield, in place; say where."""
    findings = []
    for i, (tag, start, _) in enumerate(spans):
        parts = texts[i].split("\x1f")
        undone = [evidence.undo_double(part) or part for part in parts]
        if undone != parts:
            shown = next(new for new, old in zip(undone, parts, strict=True) if new != old)
            texts[i] = "\x1f".join(undone)
            findings.append(
                Finding(
                    rule="marc.encoding-double",
                    severity=Severity.WARNING,
                    message=f"text was encoded as UTF-8 twice; read as {shown[1:60]!r}",
                    path=tag, offset=start, confidence=0.95,
                    fix="compare with the source; --assume utf-8 leaves the text as it stands",
                )  # fmt: skip
            )
    return findings


def _odd_indicators(raw: bytes, spans: list[tuple[str, int, int]]) -> bool:
    """Say whether any field is without two ASCII indicators and a subfield."""
    for tag, start, stop in spans:
        if tag < "010" and tag.isdigit():
            if raw.find(b"\x1f", start, stop) >= 0:
                return True
        elif raw[start + 2 : start + 3] != b"\x1f" or stop < start + 3:
            return True
        elif raw.find(b"\x1f", start, start + 2) >= 0 or not raw[start : start + 2].isascii():
            return True
        elif raw.find(b"\x1d", start, stop) >= 0 or raw.find(b"\x1e", start, stop) >= 0:
            return True
    return False


def _content_findings(raw: bytes, spans: list[tuple[str, int, int]]) -> list[Finding]:
    """Say what is odd in fields whose indicators, codes or delimiters are not as they should be."""
    findings = []

    def note(rule: str, message: str, tag: str, offset: int, severity: Severity) -> None:
        findings.append(
            Finding(rule=rule, severity=severity, message=message, path=tag, offset=offset,
                    fix="look at the field before loading the record")
        )  # fmt: skip

    for tag, start, stop in spans:
        data = raw[start:stop]
        if b"\x1d" in data or b"\x1e" in data:
            note("marc.stray-terminator", "a terminator within the field, read as a blank",
                 tag, start, Severity.WARNING)  # fmt: skip
        if tag < "010" and tag.isdigit():
            if b"\x1f" in data:
                note("marc.control-subfield", "a control field with subfield delimiters",
                     tag, start, Severity.WARNING)  # fmt: skip
            continue
        first, *parts = data.split(b"\x1f")
        if not parts:
            note("marc.no-subfields", "no subfield in it; its text was put in $a",
                 tag, start, Severity.WARNING)  # fmt: skip
        elif len(first) != 2:
            lost = f"; {first[2:].decode('latin-1')!r} was left out" if len(first) > 2 else ""
            note("marc.indicators", f"{len(first)} indicators instead of two{lost}", tag, start,
                 Severity.ERROR if lost else Severity.WARNING)  # fmt: skip
        if not first[:2].isascii():
            note("marc.indicators", "an indicator is not ASCII", tag, start, Severity.WARNING)
        for part in parts:
            if not part:
                note("marc.subfield-code", "a delimiter without a subfield, left out",
                     tag, start, Severity.INFO)  # fmt: skip
            elif not 0x21 <= part[0] <= 0x7E:
                note("marc.subfield-code", f"the byte {part[0]:#04x} stands for a subfield code",
                     tag, start, Severity.WARNING)  # fmt: skip
    return findings


def _tidy(tag: str, text: str) -> str:
    """Return a field's text without terminators that stand within it."""
    return text.replace("\x1e", " ").replace("\x1d", " ")


def _padding_findings(frame: Frame) -> list[Finding]:
    findings = []
    if frame.leading:
        findings.append(
            Finding(
                rule="marc.padding", severity=Severity.INFO,
                message=f"{frame.leading} blank bytes (or a byte order mark) before the record",
                offset=-frame.leading,
            )  # fmt: skip
        )
    if frame.padding:
        findings.append(
            Finding(
                rule="marc.padding", severity=Severity.INFO,
                message=f"{frame.padding} blank bytes (line ends or the like) after the record",
                offset=len(frame.raw),
            )  # fmt: skip
        )
    return findings


FORM = Form(
    name="iso2709",
    title="ISO 2709 (.mrc)",
    suffixes=(".mrc", ".marc", ".dat", ".iso2709", ".iso", ".bin"),
    sniff=sniff,
    read=read_stream,
    write=Iso2709Writer,
)

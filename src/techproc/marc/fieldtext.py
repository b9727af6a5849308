"""The text of a record's fields: decoded by the evidence, and what is odd about it noted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from techproc.findings import Finding, Severity
from techproc.marc import evidence
from techproc.marc.structure import Structure

__all__ = ["FieldTexts", "decode_fields"]

_CONTROL = re.compile(rb"[^\x00-\x1a\x1c-\x1f]*")
_DATA = re.compile(  # as it should be
    rb"[\x20-\x7e]{2}(?:\x1f[\x21-\x7e][^\x00-\x1a\x1c-\x1f]*)+"
)
_NO_TEXT = re.compile(rb"[\x00-\x1a\x1c]")  # ESC is MARC-8's; terminators are told otherwise
_BAD_SUBFIELD = re.compile(rb"\x1f(?:[^!-~]|$)")
_LOOK = "look at the field before loading the record"
_Span = tuple[str, int, int]


@dataclass(slots=True)
class FieldTexts:
    """The decoded fields of one record.

    `text(i)` gives the i-th field without its terminator, subfields still divided by 0x1F.
    `faithful` says that the texts are what the bytes, read as the leader says, hold.
    """

    encoding: str
    text: Callable[[int], str]
    faithful: bool = True
    findings: list[Finding] = field(default_factory=list)


_ONE_BYTE = ("cp1252", "latin-1", "koi8-r", "cp1251")  # a character a byte, ASCII as it is


def decode_fields(raw: bytes, structure: Structure, assume: str | None) -> FieldTexts:
    """Decode the fields of a record; offsets of findings count from the record's beginning."""
    spans = structure.fields
    flagged = structure.leader[9] == "a"
    base = min(start for _, start, _ in spans)
    data = raw[base:]
    weighed = evidence.Evidence(assume, 1.0) if assume else evidence.weigh(data, flagged)
    if weighed.encoding == "ascii" or (weighed.encoding == "utf-8" and not assume):
        texts = _decode_unicode(raw, spans, base, weighed.encoding)
    else:
        texts = _decode_other(raw, spans, weighed.encoding)
    finding = None if assume else evidence.finding_for(weighed, flagged)
    if finding:
        texts.findings.insert(0, finding)
    if finding or (assume and not data.isascii()):
        texts.faithful = False
    if _is_odd(raw, spans, data):
        texts.findings += _content_findings(raw, spans)
        tidy = [_tidy(texts.text(i)) for i in range(len(spans))]
        texts.text = tidy.__getitem__
        texts.faithful = False
    return texts


def _decode_unicode(raw: bytes, spans: list[_Span], base: int, encoding: str) -> FieldTexts:
    whole = raw[base:].decode(encoding)
    if len(whole) == len(raw) - base:  # one byte each: places in the text are places in the bytes

        def from_text(i: int) -> str:
            _, start, stop = spans[i]
            return whole[start - base : stop - base]

        return FieldTexts(encoding, from_text)

    def from_bytes(i: int) -> str:
        _, start, stop = spans[i]
        return raw[start:stop].decode("utf-8", "replace")

    result = FieldTexts(encoding, from_bytes)
    if evidence.undo_double_needed(whole):
        _undo(result, spans, evidence.undo_double, "UTF-8 twice", 0.95)
    elif evidence.undo_marc8_as_latin(whole.replace("\x1e", " ").replace("\x1f", " ")):
        _undo(result, spans, _undo_marc8, "MARC-8 and then, as if it were Latin-1, UTF-8", 0.8)
    return result


def _undo_marc8(text: str) -> str | None:
    if text.isascii():
        return None
    return evidence.decode_as(text.encode("latin-1"), "marc-8")[0]


def _undo(
    result: FieldTexts,
    spans: list[_Span],
    undo: Callable[[str], str | None],
    how: str,
    confidence: float,
) -> None:
    """Undo a wrong conversion subfield by subfield; say where."""
    texts = [result.text(i) for i in range(len(spans))]
    for i, (tag, start, _) in enumerate(spans):
        parts = texts[i].split("\x1f")
        undone = [undo(part) or part for part in parts]
        if undone == parts:
            continue
        shown = next(new for new, old in zip(undone, parts, strict=True) if new != old)
        texts[i] = "\x1f".join(undone)
        result.faithful = False
        result.findings.append(
            Finding(
                rule="marc.encoding-double",
                severity=Severity.WARNING,
                message=f"text was encoded as {how}; read as {shown[1:60]!r}",
                path=tag,
                offset=start,
                confidence=confidence,
                fix="compare with the source; --assume utf-8 leaves the text as it stands",
            )
        )
    result.text = texts.__getitem__


def _decode_other(raw: bytes, spans: list[_Span], encoding: str) -> FieldTexts:
    """Decode what is not UTF-8, each subfield for itself: MARC-8's sets are reset there."""
    texts: list[str] = []
    findings: list[Finding] = []
    if encoding in _ONE_BYTE and "\ufffd" not in (whole := raw.decode(encoding, "replace")):
        # Places in the text are places in the bytes, and each field is cut out when asked for.
        return FieldTexts(encoding, lambda i: _tidy(whole[spans[i][1] : spans[i][2]]))
    for tag, start, stop in spans:
        data = raw[start:stop]
        if data.isascii() and b"\x1b" not in data and b"&#x" not in data:
            texts.append(data.decode("ascii"))
            continue
        errors = 0
        parts = []
        for part in data.split(b"\x1f"):
            text, wrong = evidence.decode_as(part, encoding)
            parts.append(text.replace("\x1f", " "))
            errors += wrong
        texts.append(_tidy("\x1f".join(parts)))
        if errors:
            findings.append(
                Finding(
                    rule="marc.undecodable",
                    severity=Severity.WARNING,
                    message=f"{errors} characters mean nothing in {encoding}; they are U+FFFD now",
                    path=tag,
                    offset=start,
                    fix="--assume names the encoding, if it is another one",
                )
            )
    return FieldTexts(encoding, texts.__getitem__, findings=findings)


def _tidy(text: str) -> str:
    """Return a field's text without terminators that stand within it."""
    return text.replace("\x1e", " ").replace("\x1d", " ")


def _is_odd(raw: bytes, spans: list[_Span], data: bytes) -> bool:
    """Say whether any field lacks two ASCII indicators and a subfield, or has other oddities."""
    if _BAD_SUBFIELD.search(data) or _NO_TEXT.search(data):
        return True
    for tag, start, stop in spans:
        if tag < "010" and tag.isdigit():
            if raw.find(b"\x1f", start, stop) >= 0:
                return True
        elif (
            stop < start + 3
            or raw[start + 2] != 0x1F
            or raw[start] < 0x20
            or raw[start + 1] < 0x20
            or raw[start] > 0x7E
            or raw[start + 1] > 0x7E
        ):
            return True
    return data.find(b"\x1d", 0, len(data) - 1) >= 0 or data.count(b"\x1e") != len(spans)


def _content_findings(raw: bytes, spans: list[_Span]) -> list[Finding]:
    """Say what is odd in each field."""
    findings: list[Finding] = []
    for tag, start, stop in spans:
        control = tag < "010" and tag.isdigit()
        if (_CONTROL if control else _DATA).fullmatch(raw, start, stop):
            continue
        for rule, severity, message in _oddities(tag, raw[start:stop]):
            findings.append(
                Finding(
                    rule=rule, severity=severity, message=message, path=tag, offset=start, fix=_LOOK
                )
            )
    return findings


def _oddities(tag: str, data: bytes) -> list[tuple[str, Severity, str]]:
    """Return rule, severity and message for everything odd about one field's bytes."""
    odd: list[tuple[str, Severity, str]] = []
    warning = Severity.WARNING
    if b"\x1d" in data or b"\x1e" in data:
        odd.append(("marc.stray-terminator", warning, "a terminator in it, read as a blank"))
    if controls := sorted(set(_NO_TEXT.findall(data))):
        shown = ", ".join(f"{byte[0]:#04x}" for byte in controls)
        said = f"control characters ({shown}) in it, left as they are"
        odd.append(("marc.control-bytes", warning, said))
    if tag < "010" and tag.isdigit():
        if b"\x1f" in data:
            odd.append(
                ("marc.control-subfield", warning, "a control field with subfield delimiters")
            )
        return odd
    first, *parts = data.split(b"\x1f")
    if not parts:
        odd.append(
            ("marc.no-subfields", warning, "no subfield in it; its text was put in $a")
            if len(first) > 2
            else ("marc.empty-field", warning, "nothing but indicators in it")
        )
    elif len(first) != 2:
        lost = first[2:].decode("latin-1")
        said = f"{len(first)} indicators instead of two"
        odd.append(
            ("marc.indicators", Severity.ERROR, f"{said}; {lost!r} was left out")
            if lost
            else ("marc.indicators", warning, f"{said}; read as blank")
        )
    if any(not 0x20 <= byte <= 0x7E for byte in first[:2]):
        odd.append(("marc.indicators", warning, "an indicator is not an ASCII character"))
    for part in parts:
        if not part:
            odd.append(
                ("marc.empty-subfield", Severity.INFO, "a delimiter without a subfield, left out")
            )
        elif not 0x21 <= part[0] <= 0x7E:
            said = f"the byte {part[0]:#04x} stands for a subfield code"
            odd.append(("marc.subfield-code", warning, said))
    return odd

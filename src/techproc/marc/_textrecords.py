"""What the two text forms share: lines of a stream gathered into records, and their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

import pymarc

from techproc.findings import Finding, Severity
from techproc.marc import marc8
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions

__all__ = ["Draft", "RefusedError", "decode", "gather"]

_MOST = 1 << 22  # bytes of one record's text; a full ISO 2709 record is under 100,000
_BOM = b"\xef\xbb\xbf"


class RefusedError(Exception):
    """Why lines are not a record."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(rule=rule, message=message)


@dataclass(slots=True)
class Draft:
    """A record while its lines are read."""

    record: pymarc.Record = field(default_factory=pymarc.Record)
    findings: list[Finding] = field(default_factory=list)

    def note(self, rule: str, message: str, path: str) -> None:
        """Add a warning."""
        self.findings.append(
            Finding(rule=rule, message=message, severity=Severity.WARNING, path=path)
        )

    def set_leader(self, text: str) -> None:
        """Take a leader; one too short gets blanks and a warning, one too long is refused."""
        if len(text) > 24:
            raise RefusedError(
                "marc.leader-length", f"the leader has {len(text)} characters, not 24"
            )
        if len(text) < 24:
            self.note("marc.leader-length", f"{len(text)} characters; blanks were added", "LDR")
        self.record.leader = pymarc.Leader(text.ljust(24))


_BROKEN_OFF = Finding(
    rule="marc.no-line-end",
    severity=Severity.INFO,
    message="the last line has no end: the file may be cut within it",
)
Parse: TypeAlias = Callable[[list[str]], Draft]


def decode(raw: bytes, assume: str | None) -> tuple[str, str, Finding | None]:
    """Return the text, its encoding, and a finding where the encoding is a guess."""
    raw = raw.removeprefix(_BOM)
    if raw.isascii():
        return raw.decode("ascii"), "ascii", None
    if assume == "marc-8":
        return "\n".join(marc8.decode(line)[0] for line in raw.split(b"\n")), "marc-8", None
    if assume is not None:
        try:
            return raw.decode(assume), assume, None
        except UnicodeDecodeError as error:
            rule = "marc.invalid-utf8" if assume == "utf-8" else "marc.encoding"
            raise RefusedError(rule, f"byte {error.start} is not in {assume}") from None
    try:
        return raw.decode("utf-8"), "utf-8", None
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        raise RefusedError(
            "marc.encoding", f"byte {error.start} is not in UTF-8 or cp1252"
        ) from None
    finding = Finding(
        rule="marc.encoding-guess", severity=Severity.WARNING, confidence=0.6,
        message="not UTF-8; read as Windows-1252", fix="--assume marc-8 if the accents look wrong",
    )  # fmt: skip
    return text, "cp1252", finding


def gather(
    stream: BinaryIO, options: ReadOptions, form: str, starts: Callable[[bytes], bool], parse: Parse
) -> Iterator[Loaded | Quarantined]:
    """Yield a record or a quarantined piece for each run of lines.

    A run ends at a blank line or before a line that `starts` a record. `parse` makes a draft of
    the lines, or raises RefusedError.
    """
    number, offset = options.first, 0  # offset of the run
    lines: list[bytes] = []
    size = padding = 0

    def finish() -> Iterator[Loaded | Quarantined]:
        nonlocal number, offset, lines, size, padding
        if lines:
            raw = b"".join(lines)
            yield _item(raw, number, offset, padding, form=form, options=options, parse=parse)
            number += 1
        offset, lines, size, padding = offset + size + padding, [], 0, 0

    while line := stream.readline(_MOST):
        if not line.removeprefix(_BOM).strip():
            padding += len(line)
            continue
        if padding or (lines and starts(line)) or size + len(line) > _MOST:
            yield from finish()
        lines.append(line)
        size += len(line)
    yield from finish()


def _item(
    raw: bytes,
    number: int,
    offset: int,
    padding: int,
    *,
    form: str,
    options: ReadOptions,
    parse: Parse,
) -> Loaded | Quarantined:
    where = {"file": options.file, "record": number, "offset": offset}
    try:
        text, encoding, guess = decode(raw, options.assume)
        # Not splitlines: NEL and the like are data.
        lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
        draft = parse(lines)
    except RefusedError as problem:
        return Quarantined(
            raw=raw, number=number, offset=offset, length=len(raw), padding=padding,
            finding=problem.finding.at(**where),
        )  # fmt: skip
    record = draft.record
    control = record["001"].data if "001" in record else None
    findings = ([guess] if guess else []) + draft.findings
    if not raw.endswith(b"\n"):
        findings.append(_BROKEN_OFF)
    return Loaded(
        record=record, number=number, offset=offset, length=len(raw), form=form, raw=raw,
        encoding=encoding, padding=padding,
        findings=tuple(f.at(control=control, **where) for f in findings),
    )  # fmt: skip

r"""MARCMaker text (`.mrk`), as MarcEdit writes and reads it.

A field a line, `=245  10$aTitle :$brest /`; a blank line after each record; a blank of a control
field or an indicator is `\`; characters that would be misread are mnemonics (`{dollar}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import pymarc

from techproc.findings import Finding
from techproc.marc._jsonrecord import BLANK_LEADER
from techproc.marc._textrecords import Draft, RefusedError, gather
from techproc.marc.carrying import is_control, loss, unspellable
from techproc.marc.forms import Form, WriteOptions
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.mnemonics import expand, protect

__all__ = ["FORM", "parse_field", "parse_lines", "render"]

_LINE = re.compile(r"=([0-9A-Za-z]{3})(?:(?:\t|  ?)(.*))?", re.DOTALL)
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*=(?:LDR|000|[0-9]{3})(?:  |\t)")
_WITHIN = re.compile(r"=(?:LDR|[0-9]{3})  [0-9 \\]")  # a field, but not at a line's beginning


def sniff(head: bytes) -> bool:
    """Return True when the input begins with a field written as MARCMaker does."""
    return _HEAD.match(head) is not None


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Loaded | Quarantined]:
    """Yield a record or a quarantined piece for each block of lines."""
    return gather(stream, options, "mrk", _starts, parse_lines)


def _starts(line: bytes) -> bool:
    return line.startswith((b"=LDR", b"=000"))


def parse_lines(lines: list[str]) -> Draft:
    """Return the record that lines of MARCMaker text write; raises RefusedError when they don't."""
    draft = Draft()
    fields: list[list[str]] = []  # the lines of each
    for line in lines:
        if line.startswith("="):
            fields.append([line])
        elif fields:
            # MARCMaker breaks long lines; nothing says whether a blank stood at the break.
            fields[-1].append(line)
            tag = fields[-1][0][1:4]
            draft.note("marc.mrk-continued", "a line was joined to the one before", tag)
        else:
            raise RefusedError(
                "marc.mrk-line", f"{line[:40]!r} is not a field: it does not begin with ="
            )
    leader = None
    for line in map(" ".join, fields):
        match = _LINE.fullmatch(line)
        if match is None:
            raise RefusedError(
                "marc.mrk-line", f"{line[:40]!r} is not a field: = and a tag are expected"
            )
        tag, content = match.group(1), match.group(2) or ""
        if within := _WITHIN.search(content):
            said = f"{within.group()!r} within the text looks like the beginning of a field"
            draft.note("marc.mrk-joined", said, tag)
        if tag in ("LDR", "000"):
            if leader is not None:
                raise RefusedError("marc.mrk-line", "two leaders in one record")
            leader = content.replace("\\", " ")
            draft.set_leader(leader)
        else:
            draft.record.fields.append(parse_field(tag, content, draft))
    if leader is None:
        draft.record.leader = pymarc.Leader(BLANK_LEADER)
        draft.note("marc.no-leader", f"no leader; {BLANK_LEADER!r} was put in its place", "LDR")
    return draft


def _text(written: str, path: str, draft: Draft) -> str:
    text, unknown = expand(written)
    for name in unknown:
        draft.note("marc.mrk-mnemonic", f"{{{name}}} is no mnemonic and stays as it is", path)
    return text


def parse_field(tag: str, content: str, draft: Draft) -> pymarc.Field:
    """Return the field that a line's content writes; raises RefusedError when it doesn't."""
    if is_control(tag):
        return pymarc.Field(tag, data=_text(content.replace("\\", " "), tag, draft))
    if content[2:3] not in ("", "$") and tag.isdigit():
        raise RefusedError(
            "marc.mrk-line", f"{tag}: two indicators and $ are expected, not {content!r}"
        )
    if content[2:3] not in ("", "$"):
        # FMT and the like: text under a tag that is not numeric.
        field = pymarc.Field(tag)
        field.control_field = True
        field.data = _text(content.replace("\\", " "), tag, draft)
        return field
    if len(content) < 2:
        raise RefusedError("marc.mrk-line", f"{tag}: two indicators are expected, not {content!r}")
    indicators = content[:2].replace("\\", " ")
    subfields = []
    for part in content[3:].split("$") if len(content) > 2 else ():
        if not part:
            raise RefusedError("marc.subfield-code", f"{tag}: $ without a subfield code after it")
        subfields.append(pymarc.Subfield(part[0], _text(part[1:], f"{tag}${part[0]}", draft)))
    return pymarc.Field(tag, pymarc.Indicators(indicators[0], indicators[1]), subfields)


def render(record: pymarc.Record) -> str:
    r"""Return the record as MARCMaker text, without the blank line that ends it.

    >>> record = pymarc.Record()
    >>> record.leader = pymarc.Leader("00000nam a2200000 i 4500")
    >>> record.add_field(pymarc.Field("245", pymarc.Indicators("0", " "),
    ...                               [pymarc.Subfield("a", "$5 a day")]))
    >>> print(render(record))
    =LDR  00000nam a2200000 i 4500
    =245  0\$a{dollar}5 a day
    <BLANKLINE>
    """
    lines = [f"=LDR  {record.leader}\n"]
    for field in record.fields:
        if field.control_field:
            lines.append(f"={field.tag}  {protect(field.data or '').replace(' ', chr(92))}\n")
            continue
        one, two = field.indicators or (" ", " ")
        head = f"={field.tag}  {one}{two}".replace(" ", "\\").replace("\\", " ", 2)
        lines.append(head + "".join(f"${c}{protect(v)}" for c, v in field.subfields) + "\n")
    return "".join(lines)


def losses(record: pymarc.Record) -> Iterable[Finding]:
    """Yield a finding for what would come back changed."""
    yield from unspellable(record, "mrk")
    if "\\" in str(record.leader):
        yield loss("mrk", "LDR", "\\ in the leader would come back as a blank")
    for field in record.fields:
        if field.control_field:
            spelt = protect(field.data or "")
            if not is_control(field.tag) and (field.tag.isdigit() or spelt[2:3] in ("", "$")):
                yield loss("mrk", field.tag, "text would come back as indicators and subfields")
        elif "\\" in (field.indicators or ""):
            yield loss("mrk", field.tag, "an indicator \\ would come back as a blank")


class Writer:
    """Writes records with a blank line after each."""

    def __init__(self, stream: BinaryIO, _options: WriteOptions) -> None:
        self._stream = stream

    def write(self, record: pymarc.Record) -> tuple[Finding, ...]:
        """Write one record; return what it cannot carry."""
        self._stream.write(render(record).encode() + b"\n")
        return tuple(losses(record))

    def finish(self) -> None:
        """Do nothing: the last record's blank line is the end."""


FORM = Form(
    name="mrk",
    title="MARCMaker text, as MarcEdit's (.mrk)",
    suffixes=(".mrk",),
    sniff=sniff,
    read=read,
    write=Writer,
    losses=losses,
)

"""Line MARC, as `yaz-marcdump` and yaz-client print it.

The leader, then a field a line, `245 10 $a Title : $b rest /`, and an empty line after each record.
There is no escape in it: ` $b ` within a text is taken for a subfield, which `losses` reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import pymarc

from techproc.findings import Finding
from techproc.marc._textrecords import Draft, RefusedError, gather
from techproc.marc.carrying import is_control, loss, unspellable
from techproc.marc.forms import Form, WriteOptions
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions

__all__ = ["FORM", "render"]

_LEADER = re.compile(r"[0-9 ]{5}[a-z ].{17}[0-9 ]", re.DOTALL)
_CONTROL = re.compile(r"(00.|[A-Z]{3}) (.*)", re.DOTALL)
_DATA = re.compile(r"([0-9A-Za-z]{3}) (.)(.)((?: \$. .*)?)", re.DOTALL)
_SUBFIELD = re.compile(r" \$(\S) ")
# A leader as programs make it that know no more of the record is blank to its end, 4500.
_SNIFF = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s*[0-9 ]{5}[a-z][^\n]{18}|[\r\n]*[0-9 ]{5} [^\n]{14}4500)"
    rb"\r?\n[0-9A-Za-z]{3} [^\n]"
)


def sniff(head: bytes) -> bool:
    """Return True when the input begins with a leader on a line of its own and a field."""
    return _SNIFF.match(head) is not None


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Loaded | Quarantined]:
    """Yield a record or a quarantined piece for each block of lines."""
    return gather(stream, options, "line", _starts, _parse)


def _starts(line: bytes) -> bool:
    return line.startswith(b"#") or (
        len(line.rstrip()) == 24 and line[:5].isdigit() and line.rstrip()[-4:].isdigit()
    )


def _parse(lines: list[str]) -> Draft:
    draft = Draft()
    if not _LEADER.fullmatch(lines[0]):
        raise RefusedError("marc.line-leader", f"{lines[0][:40]!r} is not a leader")
    draft.set_leader(lines[0])
    for line in lines[1:]:
        control, data = _CONTROL.fullmatch(line), _DATA.fullmatch(line)
        if data and not is_control(line[:3]):
            draft.record.fields.append(_field(*data.groups()))
        elif control:
            field = pymarc.Field(control.group(1))
            field.control_field, field.data = True, control.group(2)
            draft.record.fields.append(field)
        else:
            raise RefusedError("marc.line-field", f"{line[:40]!r} is not a field")
    return draft


def _field(tag: str, first: str, second: str, content: str) -> pymarc.Field:
    parts = _SUBFIELD.split(content)[1:]
    subfields = [
        pymarc.Subfield(code, value) for code, value in zip(parts[::2], parts[1::2], strict=True)
    ]
    return pymarc.Field(tag, pymarc.Indicators(first, second), subfields)


def render(record: pymarc.Record) -> str:
    """Return the record as line MARC, without the empty line that ends it.

    >>> record = pymarc.Record()
    >>> record.leader = pymarc.Leader("00000nam a2200000 i 4500")
    >>> record.add_field(pymarc.Field("245", pymarc.Indicators("1", "0"),
    ...                               [pymarc.Subfield("a", "Sea /"), pymarc.Subfield("c", "Roe")]))
    >>> print(render(record), end="")
    00000nam a2200000 i 4500
    245 10 $a Sea / $c Roe
    """
    lines = [f"{record.leader}\n"]
    for field in record.fields:
        if field.control_field:
            lines.append(f"{field.tag} {_one_line(field.data or '')}\n")
        else:
            one, two = field.indicators or (" ", " ")
            body = "".join(f" ${code} {_one_line(value)}" for code, value in field.subfields)
            lines.append(f"{field.tag} {one}{two}{body}\n")
    return "".join(lines)


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def losses(record: pymarc.Record) -> Iterable[Finding]:
    """Yield a finding for what would come back changed."""
    yield from unspellable(record, "line")
    if not _LEADER.fullmatch(str(record.leader)):
        yield loss("line", "LDR", "a leader that the form does not recognise")
    for field in record.fields:
        if field.control_field:
            texts = [("", field.data or "")]
            line = f"{field.tag} {field.data or ''}"
            as_data = not is_control(field.tag) and _DATA.fullmatch(line)
            if as_data or not _CONTROL.fullmatch(line):
                yield loss(
                    "line", field.tag, "the text would come back as indicators and subfields"
                )
        else:
            texts = [("$" + code, value) for code, value in field.subfields]
        for code, text in texts:
            if "\n" in text or "\r" in text:
                yield loss("line", field.tag + code, "line breaks become blanks")
            if code and not _SUBFIELD.match(f" {code} "):
                yield loss("line", field.tag, "a blank as subfield code")
            if code and _SUBFIELD.search(f"{text} "):
                yield loss(
                    "line", field.tag + code, "'$' and a blank in the text reads as a subfield"
                )


class Writer:
    """Writes records with an empty line after each."""

    def __init__(self, stream: BinaryIO, _options: WriteOptions) -> None:
        self._stream = stream

    def write(self, record: pymarc.Record) -> tuple[Finding, ...]:
        """Write one record; return what it cannot carry."""
        self._stream.write(render(record).encode() + b"\n")
        return tuple(losses(record))

    def finish(self) -> None:
        """Do nothing: the last record's empty line is the end."""


FORM = Form(
    name="line",
    title="line MARC, as yaz-marcdump prints it (.line)",
    suffixes=(".line", ".linemarc"),
    sniff=sniff,
    read=read,
    write=Writer,
    losses=losses,
)

"""Records to ISO 2709 bytes, in UTF-8 or MARC-8: sizes are checked before a byte is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import BinaryIO

import pymarc
from pymarc.field import Field

from techproc.errors import NotEncodable, RecordTooLarge
from techproc.findings import Finding, Severity
from techproc.marc import marc8
from techproc.marc.control import control_number
from techproc.marc.forms import WriteOptions
from techproc.marc.oversize import split_fields
from techproc.marc.scanned import ScannedRecord, build_field

__all__ = ["FIELD_MOST", "RECORD_MOST", "Iso2709Writer", "assemble", "encode", "references"]

_REFERENCE = re.compile("&#x[0-9A-Fa-f]{1,6};")
_CONTROL = re.compile("[\x00-\x1f]")
FIELD_MOST = 9_999
RECORD_MOST = 99_999


def encode(record: pymarc.Record, encoding: str = "utf-8", *, unencodable: str = "ncr") -> bytes:
    """Return a record as ISO 2709 in "utf-8" or "marc-8".

    A record as it was read, valid and untouched, comes back byte for byte the same. Leader/00-04,
    /12-16 and /09 are set, the rest of the leader is kept. With `unencodable` "refuse" a
    character that MARC-8 lacks raises NotEncodable; "ncr" writes it as `&#x…;`. Raises
    RecordTooLarge for a field over 9,999 bytes or a record over 99,999.

    >>> record = pymarc.Record()
    >>> record.add_field(pymarc.Field("001", data="1"))
    >>> encode(record)
    b'00040    a2200037   4500001000200000\\x1e1\\x1e\\x1d'
    """
    bodies: Iterable[tuple[str, bytes]]
    if isinstance(record, ScannedRecord) and record.untouched:
        same = _as_it_was(record, encoding)
        if same is not None:
            return same
        bodies = _bodies_of_texts(record, encoding, unencodable)
    else:
        bodies = (
            (field.tag, _encode_field(field, encoding, unencodable)) for field in record.fields
        )
    parts = list(bodies)
    try:
        return assemble(
            str(record.leader),
            [tag for tag, _ in parts],
            [len(data) for _, data in parts],
            b"".join([data for _, data in parts]),
            "a" if encoding == "utf-8" else " ",
        )
    except RecordTooLarge as error:
        raise RecordTooLarge(f"{_named(record)}: {error}") from None


def _as_it_was(record: ScannedRecord, encoding: str) -> bytes | None:
    """Return the bytes of an untouched record where they are what is wanted, else None."""
    raw = record.raw
    if raw is None or not record.sound:
        return None
    flag = raw[9]
    if encoding != "utf-8":
        return raw if flag == 0x20 else None
    if flag == 0x61:
        return raw
    if record.made is not None:
        return record.made
    if raw.isascii() and b"\x1b" not in raw and b"&#x" not in raw:
        return raw[:9] + b"a" + raw[10:]  # ASCII is the same in both
    return None


def _bodies_of_texts(
    record: ScannedRecord, encoding: str, unencodable: str
) -> Iterator[tuple[str, bytes]]:
    """Yield tag and bytes of each field of an untouched record, without building fields."""
    for tag, text in record.texts():
        usual = tag < "010" or (
            text[2:3] == "\x1f" and "\x1f\x1f" not in text and text[-1] != "\x1f"
        )
        if not usual:
            yield tag, _encode_field(build_field(tag, text), encoding, unencodable)
        elif encoding == "utf-8" or (text.isascii() and "\x1b" not in text):
            yield tag, text.encode("utf-8") + b"\x1e"
        else:
            pieces = text.split("\x1f")
            if tag >= "010":
                _check_codes(tag, pieces)
            encoded = (_encode_text(piece, encoding, unencodable) for piece in pieces)
            yield tag, b"\x1f".join(encoded) + b"\x1e"


def _named(record: pymarc.Record) -> str:
    return f"record {control_number(record)}".rstrip()


_TAGS = frozenset(f"{number:03d}" for number in range(1000))  # nearly all tags are numbers


@cache
def _digits() -> list[str]:
    """Return the numbers to 9,999 in four digits: looking one up is quicker than writing it."""
    return [f"{number:04d}" for number in range(FIELD_MOST + 1)]


def assemble(
    leader: str, tags: Sequence[str], sizes: Sequence[int], body: bytes, flag: str
) -> bytes:
    """Return a record: the leader and the directory put before the fields.

    `sizes` are those of the fields with their terminators, `body` is all of them; `flag`: leader/09.
    Raises RecordTooLarge for what ISO 2709 cannot hold, NotEncodable for a tag or leader that is
    none.
    """
    starts = [0, *accumulate(sizes)]
    size = starts.pop()
    base = 25 + 12 * len(tags)
    most = max(sizes, default=0)
    if most > FIELD_MOST:
        raise RecordTooLarge(
            f"field {tags[sizes.index(most)]} takes {most} bytes, "
            f"ISO 2709 allows {FIELD_MOST}; split the field, or write MARCXML"
        )
    if base + size + 1 > RECORD_MOST:
        raise RecordTooLarge(
            f"the record takes {base + size + 1} bytes, ISO 2709 allows {RECORD_MOST}; "
            "write MARCXML"
        )
    if not _TAGS.issuperset(tags):
        for tag in tags:
            if len(tag) != 3 or not (tag.isascii() and tag.isprintable()):
                raise NotEncodable(f"the tag {tag!r} is not three visible ASCII characters long")
    if len(leader) != 24 or not leader.isascii() or "\x1d" in leader:
        raise NotEncodable(f"the leader {leader!r} is not 24 ASCII characters long; correct it")
    digits = _digits()
    rows = zip(tags, sizes, starts, strict=True)
    if size <= FIELD_MOST:
        entries = [tag + digits[length] + "0" + digits[at] for tag, length, at in rows]
    else:
        entries = [f"{tag}{digits[length]}{at:05d}" for tag, length, at in rows]
    head = f"{base + size + 1:05d}{leader[5:9]}{flag}{leader[10:12]}{base:05d}{leader[17:]}"
    return (head + "".join(entries) + "\x1e").encode("ascii") + body + b"\x1d"


def _encode_field(field: Field, encoding: str, unencodable: str) -> bytes:
    """Return one field with its terminator."""
    if field.control_field:
        data = field.data or ""
        if "\x1d" in data or "\x1e" in data:
            raise _breaking(field.tag)
        return _encode_text(data, encoding, unencodable) + b"\x1e"
    first, second = (indicator or " " for indicator in field.indicators or ("", ""))
    if len(first) != 1 or len(second) != 1 or any(len(code) != 1 for code, _ in field.subfields):
        raise NotEncodable(
            f"field {field.tag} has an indicator or subfield code that is not one character long; "
            "correct it"
        )
    pieces = [first + second, *(code + value for code, value in field.subfields)]
    text = "\x1f".join(pieces)
    if text.count("\x1f") != len(pieces) - 1 or "\x1e" in text or "\x1d" in text:
        raise _breaking(field.tag)
    if encoding == "utf-8":
        return text.encode("utf-8") + b"\x1e"
    if text.isascii() and "\x1b" not in text:
        return text.encode("ascii") + b"\x1e"
    _check_codes(field.tag, pieces)
    return b"\x1f".join(_encode_text(piece, encoding, unencodable) for piece in pieces) + b"\x1e"


def _check_codes(tag: str, pieces: Sequence[str]) -> None:
    """Raise NotEncodable for indicators and subfield codes that take more than a byte in MARC-8."""
    codes = pieces[0] + "".join(piece[:1] for piece in pieces[1:])
    if not (codes.isascii() and codes.isprintable()):
        raise NotEncodable(
            f"field {tag} has an indicator or subfield code that MARC-8 cannot hold "
            f"({codes!a}); correct it, or write UTF-8"
        )


def _breaking(tag: str) -> NotEncodable:
    return NotEncodable(
        f"field {tag} holds a character that ISO 2709 reserves (0x1D, 0x1E or 0x1F); "
        "take it out of the text"
    )


def _encode_text(text: str, encoding: str, unencodable: str) -> bytes:
    if encoding == "utf-8":
        return text.encode("utf-8")
    return marc8.encode(text, references=unencodable == "ncr")


def _misread(tag: str, what: str) -> Finding:
    return Finding(
        rule="marc.reference-text",
        severity=Severity.WARNING,
        path=tag,
        message=f"the text holds {what}",
        fix="write UTF-8, or correct the text",
    )


def references(record: pymarc.Record, data: bytes) -> Iterator[Finding]:
    """Yield a finding for each field that MARC-8 bytes, just written, hold a reference in.

    A character that MARC-8 lacks comes back as it was; a text that reads as a reference comes back
    as the character.
    """
    if b"&#x" not in data:
        return
    for field in record.fields:
        texts = [field.data or ""] if field.control_field else [v for _, v in field.subfields]
        if any(_CONTROL.search(text) for text in texts if not text.isascii() or "\x1b" in text):
            message = "a control character, which was written as a text such as '&#x1B;'"
            yield _misread(field.tag, message)
        found = next((match for match in map(_REFERENCE.search, texts) if match), None)
        if found is not None:
            yield _misread(field.tag, f"{found[0]!r}, which MARC-8 reads as one character")
        try:
            _encode_field(field, "marc-8", "refuse")
        except NotEncodable as lacking:
            yield Finding(
                rule="marc.reference",
                severity=Severity.INFO,
                path=field.tag,
                message=f"{str(lacking).split(';')[0]}; written as a numeric character reference",
                fix="see that the system that loads it knows them, or write UTF-8",
            )


class Iso2709Writer:
    """Writes ISO 2709 records one after the other."""

    def __init__(self, stream: BinaryIO, options: WriteOptions) -> None:
        self._stream = stream
        self._options = options

    def write(self, record: pymarc.Record) -> tuple[Finding, ...]:
        """Write one record; raises RecordTooLarge or NotEncodable before a byte is written."""
        options = self._options
        findings: tuple[Finding, ...] = ()
        try:
            data = encode(record, options.encoding, unencodable=options.unencodable)
        except RecordTooLarge:
            if options.oversize != "split":
                raise

            def size(field: Field) -> int:
                return len(_encode_field(field, options.encoding, options.unencodable))

            record, findings = split_fields(record, size, FIELD_MOST)
            data = encode(record, options.encoding, unencodable=options.unencodable)
        self._stream.write(data)
        if options.encoding == "marc-8":
            findings = (*findings, *references(record, data))
        return findings

    def finish(self) -> None:
        """Nothing stands after the last record."""

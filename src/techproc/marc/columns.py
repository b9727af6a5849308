"""Many records at once as columns: chosen fields, or every subfield, in numpy or Arrow.

The input is cut into blocks at record boundaries; blocks are scanned on as many threads as asked
for (the C core lets go of the interpreter's lock). Records that are not plain are read by the
recovering reader, so a column holds what `read` would give, whatever state the file is in.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Generic, TypeAlias, TypeVar

from techproc.errors import ConfigError
from techproc.findings import Finding
from techproc.marc.blocks import Piece, over_blocks
from techproc.marc.framing import Frame, Window
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.scanner import gather, subfields

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Block", "SubfieldBlock", "over_columns", "over_subfields", "scan", "scan_subfields"]

_PATH = re.compile(r"([0-9A-Za-z]{3})(?:\$([!-~]+))?")
_RECORDS = 1 << 30
_COLUMNS_OF = 1 << 23  # bytes: of which columns take little, and rows several times as much
_ROWS_OF = 1 << 22
Bytes: TypeAlias = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Noted:
    """A record whose values were read although it is not plain: its findings are still to be."""

    raw: bytes
    offset: int
    number: int
    file: str

    def findings(self) -> tuple[Finding, ...]:
        """Return what the recovering reader finds."""
        from techproc.marc import iso2709  # noqa: PLC0415 (brings pymarc)

        options = ReadOptions(file=self.file)
        return iso2709.read_frame(Frame(self.offset, self.raw), self.number, options).findings


Noticed: TypeAlias = tuple[Finding | Noted, ...]


def _findings(noticed: Noticed, before: int) -> tuple[Finding, ...]:
    """Return what was noticed, with records numbered from the input's first."""
    found: list[Finding] = []
    for each in noticed:
        found += each.findings() if isinstance(each, Noted) else [each]
    return tuple(each.at(record=(each.record or 0) + before) for each in found)


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of some records that follow each other.

    For each path, a list of (values, ends, counts): UTF-8 values one after the other; where each
    ends; how many values there were by the end of each record. Ends and counts are int32 and
    begin with 0. Several triples follow each other where one would hold more than they can count.
    """

    records: int
    parts: tuple[list[tuple[Bytes, Bytes, Bytes]], ...]
    noticed: Noticed = ()
    rejects: tuple[Quarantined, ...] = ()
    before: int = 0  # records and rejects of earlier blocks

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed about the records, found out each time that it is asked for."""
        return _findings(self.noticed, self.before)

    def numpy(self, column: int) -> list[tuple[Bytes, np.ndarray, np.ndarray]]:
        """Return the triples of one column with ends and counts as numpy arrays."""
        import numpy as np  # noqa: PLC0415 (reading records does without it)

        return [
            (values, np.frombuffer(ends, np.int32), np.frombuffer(counts, np.int32))
            for values, ends, counts in self.parts[column]
        ]


@dataclass(frozen=True, slots=True)
class SubfieldBlock:
    """Every subfield and control field of some records that follow each other, a row for each.

    Each part has the columns: record and field number from 0 (int32), tag (3 bytes), indicators
    (2), code (1, blank for control fields), where the value ends (int32, beginning with 0), and
    the values in UTF-8 one after the other. Record numbers count from the part's first record,
    whose number within the block stands beside.
    """

    records: int
    parts: list[tuple[tuple[Bytes, ...], int]]
    noticed: Noticed = ()
    rejects: tuple[Quarantined, ...] = ()
    before: int = 0  # records and rejects of earlier blocks

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed about the records, found out each time that it is asked for."""
        return _findings(self.noticed, self.before)


_B = TypeVar("_B", Block, SubfieldBlock)
_T = TypeVar("_T")


def scan(
    source: str | Path | BinaryIO, paths: Sequence[str], *, threads: int = 1
) -> Iterator[Block]:
    """Yield the columns of an ISO 2709 source, block by block, in order.

    `paths` are tags ("001", "245": the field whole, subfields divided by 0x1F) or tags with codes
    ("020$a", "245$ab": a value for each such subfield). Raises ConfigError for other paths,
    InputError for a source that is missing or not ISO 2709.
    """
    yield from (block for block, _ in over_columns(source, paths, _as_it_is, threads))


def over_columns(
    source: str | Path | BinaryIO,
    paths: Sequence[str],
    make: Callable[[Block], tuple[Block, _T]],
    threads: int,
) -> Iterator[tuple[Block, _T]]:
    """Yield what `make` makes of the blocks of `scan`, each on its thread.

    That is what is to be kept of the block, and something else.
    """
    wanted = [_parse(path) for path in paths]

    def work(piece: Piece) -> tuple[Block, _T]:
        return make(_scan_block(piece, wanted))

    yield from _numbered(over_blocks(source, work, threads, _COLUMNS_OF))


def scan_subfields(source: str | Path | BinaryIO, *, threads: int = 1) -> Iterator[SubfieldBlock]:
    """Yield every subfield and control field of an ISO 2709 source, block by block, in order.

    Raises InputError for a source that is missing or not ISO 2709.
    """
    yield from (block for block, _ in over_subfields(source, _as_it_is, threads))


def over_subfields(
    source: str | Path | BinaryIO,
    make: Callable[[SubfieldBlock], tuple[SubfieldBlock, _T]],
    threads: int,
) -> Iterator[tuple[SubfieldBlock, _T]]:
    """Yield what `make` makes of the blocks of `scan_subfields`, each on its thread.

    That is what is to be kept of the block, and something else.
    """

    def work(piece: Piece) -> tuple[SubfieldBlock, _T]:
        return make(_scan_rows(piece))

    yield from _numbered(over_blocks(source, work, threads, _ROWS_OF))


def _as_it_is(block: _B) -> tuple[_B, None]:
    return block, None


def _numbered(blocks: Iterator[tuple[_B, _T]]) -> Iterator[tuple[_B, _T]]:
    """Number the records of findings through all blocks, as `read` does."""
    before = 0
    for block, made in blocks:
        if block.noticed and before:
            rejects = tuple(_later(item, before) for item in block.rejects)
            yield replace(block, before=before, rejects=rejects), made
        else:
            yield block, made
        before += block.records + len(block.rejects)


def _later(item: Quarantined, before: int) -> Quarantined:
    number = item.number + before
    return replace(item, number=number, finding=item.finding.at(record=number))


def _parse(path: str) -> tuple[bytes, bytes]:
    found = _PATH.fullmatch(path)
    if found is None:
        raise ConfigError(
            f"{path!r} cannot be a column: a tag (245) or a tag with codes (245$ab) can"
        )
    return found.group(1).encode("ascii"), (found.group(2) or "").encode("ascii")


class _View:
    """A stream over bytes in memory."""

    def __init__(self, data: memoryview, at: int) -> None:
        self._data = data
        self._at = at

    def read(self, size: int, /) -> bytes:
        """Return up to so many of the bytes."""
        found = bytes(self._data[self._at : self._at + size])
        self._at += len(found)
        return found


_V = TypeVar("_V")


class _OddOnes(Generic[_V]):
    """Reads with the recovering reader the records of a block that are not plain."""

    def __init__(self, piece: Piece, values: Callable[[Loaded], _V]) -> None:
        self.records = 0  # those of the block before what is scanned now
        self.noticed: list[Finding | Noted] = []
        self.rejects: list[Quarantined] = []
        self._piece = piece
        self._values = values
        self._window: Window | None = None

    def __call__(self, at: int, records: int, size: int) -> tuple[int, _V | None] | None:
        """Read what stands at `at`; return where the next starts, and its values if it is a record.

        `records` stood before it in what is scanned. Where the scanner has read it, and says its
        `size`, it is only noted.
        """
        number = self.records + records + len(self.rejects) + 1
        if size:
            raw = bytes(self._piece.data[at : at + size])
            place = self._piece.offset + at
            self.noticed.append(Noted(raw, place, number, self._piece.file))
            return None
        after, item = self._read(at, number)
        if item is None:
            return after, None
        self.noticed += item.findings
        if isinstance(item, Loaded):
            return after, self._values(item)
        self.rejects.append(item)
        return after, None

    def _read(self, at: int, number: int) -> tuple[int, Loaded | Quarantined | None]:
        """Return where the next record starts, and the one at `at`; None where blanks are all."""
        # Few files need it: columns of sound ones are made without it and without pymarc.
        from techproc.marc import iso2709, weights  # noqa: PLC0415

        weights.core()  # from now on the C core reads what is in another encoding
        start = self._piece.offset
        window = self._window
        if window is None or not 0 <= start + at - window.offset <= len(window.data):
            window = self._window = Window(_View(self._piece.data, at), block=1 << 14)
            window.offset = start + at
        window.at = start + at - window.offset
        leading = 0 if start + at else window.skip_leading()
        item = None
        if window.ensure(1):
            options = ReadOptions(file=self._piece.file)
            item = iso2709.read_next(window, leading, number, options)
        return window.offset + window.at - start, item


def _scan_block(piece: Piece, wanted: list[tuple[bytes, bytes]]) -> Block:
    parts: tuple[list[tuple[Bytes, Bytes, Bytes]], ...] = tuple([] for _ in wanted)

    def values(item: Loaded) -> list[list[bytes]]:
        return [_values(item, tag.decode(), codes.decode()) for tag, codes in wanted]

    odd = _OddOnes(piece, values)
    at = 0
    while at < len(piece.data):
        at, count, results = gather(piece.data, at, True, _RECORDS, wanted, odd)
        odd.records += count
        for held, triple in zip(parts, results, strict=True):
            held.append(triple)
    return Block(odd.records, parts, tuple(odd.noticed), tuple(odd.rejects))


def _values(item: Loaded, tag: str, codes: str) -> list[bytes]:
    values: list[str] = []
    for field in item.record.get_fields(tag):
        if field.control_field:
            values.append(field.data or "")
        elif codes:
            values += [value for code, value in field.subfields if code in codes]
        else:
            pieces = ["".join(field.indicators or "  ")]
            values.append("\x1f".join(pieces + [c + v for c, v in field.subfields]))
    return [value.encode("utf-8", "replace") for value in values]


def _scan_rows(piece: Piece) -> SubfieldBlock:
    parts: list[tuple[tuple[Bytes, ...], int]] = []
    odd = _OddOnes(piece, _rows_of)
    at = 0
    while at < len(piece.data):
        first = odd.records
        at, count, columns = subfields(piece.data, at, True, _RECORDS, odd)
        odd.records += count
        parts.append((columns, first))
    return SubfieldBlock(odd.records, parts, tuple(odd.noticed), tuple(odd.rejects))


def _rows_of(item: Loaded) -> tuple[bytes, ...]:
    """Return the rows of a record: fields, tags, indicators, codes, ends and values."""
    fields, ends = array("i"), array("i")
    tags, indicators, codes, values = bytearray(), bytearray(), bytearray(), bytearray()
    for number, field in enumerate(item.record.fields):
        pairs = [(" ", field.data or "")] if field.control_field else list(field.subfields)
        marks = "".join(field.indicators or "  ").encode("ascii", "replace")
        for code, value in pairs:
            fields.append(number)
            tags += field.tag.encode("ascii", "replace")[:3].ljust(3)
            indicators += marks
            codes += code.encode("ascii", "replace")
            values += value.encode("utf-8", "replace")
            ends.append(len(values))
    columns = (fields, tags, indicators, codes, ends, values)
    return tuple(bytes(column) for column in columns)

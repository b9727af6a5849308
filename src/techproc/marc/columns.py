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
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, TypeVar

from techproc.errors import ConfigError
from techproc.findings import Finding
from techproc.marc.blocks import Piece, over_blocks
from techproc.marc.framing import Window
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.scanner import gather, subfields

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Block", "SubfieldBlock", "scan", "scan_subfields"]

_PATH = re.compile(r"([0-9A-Za-z]{3})(?:\$([!-~]+))?")
_RECORDS = 1 << 30
Bytes: TypeAlias = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of some records that follow each other.

    For each path, a list of (values, ends, counts): UTF-8 values one after the other; where each
    ends; how many values there were by the end of each record. Ends and counts are int32 and
    begin with 0. Several triples follow each other where damaged records stood between.
    """

    records: int
    parts: tuple[list[tuple[Bytes, Bytes, Bytes]], ...]
    findings: tuple[Finding, ...] = ()
    rejects: tuple[Quarantined, ...] = ()

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
    findings: tuple[Finding, ...] = ()
    rejects: tuple[Quarantined, ...] = ()


_B = TypeVar("_B", Block, SubfieldBlock)


def scan(
    source: str | Path | BinaryIO, paths: Sequence[str], *, threads: int = 1
) -> Iterator[Block]:
    """Yield the columns of an ISO 2709 source, block by block, in order.

    `paths` are tags ("001", "245": the field whole, subfields divided by 0x1F) or tags with codes
    ("020$a", "245$ab": a value for each such subfield). Raises ConfigError for other paths,
    InputError for a source that is missing or not ISO 2709.
    """
    wanted = [_parse(path) for path in paths]

    def work(piece: Piece) -> Block:
        return _scan_block(piece, wanted)

    yield from _numbered(over_blocks(source, work, threads))


def scan_subfields(source: str | Path | BinaryIO, *, threads: int = 1) -> Iterator[SubfieldBlock]:
    """Yield every subfield and control field of an ISO 2709 source, block by block, in order.

    Raises InputError for a source that is missing or not ISO 2709.
    """
    # Each block becomes a batch, or a group of rows in a file: larger ones are better there.
    yield from _numbered(over_blocks(source, _scan_rows, threads, times=4))


def _numbered(blocks: Iterator[_B]) -> Iterator[_B]:
    """Number the records of findings through all blocks, as `read` does."""
    before = 0
    for block in blocks:
        if block.findings and before:
            yield replace(
                block,
                findings=tuple(_later(finding, before) for finding in block.findings),
                rejects=tuple(
                    replace(item, number=item.number + before, finding=_later(item.finding, before))
                    for item in block.rejects
                ),
            )
        else:
            yield block
        before += block.records + len(block.rejects)


def _later(finding: Finding, before: int) -> Finding:
    return finding.at(record=(finding.record or 0) + before)


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


class _OddOnes:
    """Reads with the recovering reader the records of a block that are not plain."""

    def __init__(self, piece: Piece) -> None:
        # Few files need it: columns of sound ones are made without it and without pymarc.
        from techproc.marc import iso2709  # noqa: PLC0415

        self._read_next = iso2709.read_next
        self._options = ReadOptions(file=piece.file)
        self._piece = piece
        self._window: Window | None = None

    def read(self, at: int, number: int) -> tuple[int, Loaded | Quarantined | None]:
        """Return where the next record starts, and the one at `at`; None where blanks are all."""
        start = self._piece.offset
        window = self._window
        if window is None or not 0 <= start + at - window.offset <= len(window.data):
            window = self._window = Window(_View(self._piece.data, at), block=1 << 17)
            window.offset = start + at
        window.at = start + at - window.offset
        leading = 0 if start + at else window.skip_leading()
        item = None
        if window.ensure(1):
            item = self._read_next(window, leading, number, self._options)
        return window.offset + window.at - start, item


def _scan_block(piece: Piece, wanted: list[tuple[bytes, bytes]]) -> Block:
    parts: tuple[list[tuple[Bytes, Bytes, Bytes]], ...] = tuple([] for _ in wanted)

    def plain(at: int, _: int) -> tuple[int, int]:
        at, count, results = gather(piece.data, at, True, _RECORDS, wanted)
        if count:
            for held, triple in zip(parts, results, strict=True):
                held.append(triple)
        return at, count

    def odd(item: Loaded, _: int) -> None:
        for held, (tag, codes) in zip(parts, wanted, strict=True):
            held.append(_triple(_values(item, tag.decode(), codes.decode())))

    records, findings, rejects = _walk(piece, plain, odd)
    return Block(records, parts, findings, rejects)


def _walk(
    piece: Piece, plain: Callable[[int, int], tuple[int, int]], odd: Callable[[Loaded, int], None]
) -> tuple[int, tuple[Finding, ...], tuple[Quarantined, ...]]:
    """Go through a block: runs of plain records, and the odd ones between them.

    `plain` is told where it is and how many records there were, and returns where it got and how
    many it took; `odd` is given a record and how many there were. Returns how many records there
    were, what was noticed, and the pieces that were rejected.
    """
    findings: list[Finding] = []
    rejects: list[Quarantined] = []
    at = records = 0
    odd_ones: _OddOnes | None = None
    while at < len(piece.data):
        at, count = plain(at, records)
        records += count
        if at >= len(piece.data):
            break
        odd_ones = odd_ones or _OddOnes(piece)
        at, item = odd_ones.read(at, records + len(rejects) + 1)
        if item is None:
            continue
        findings += item.findings
        if isinstance(item, Loaded):
            odd(item, records)
            records += 1
        else:
            rejects.append(item)
    return records, tuple(findings), tuple(rejects)


def _values(item: Loaded, tag: str, codes: str) -> list[str]:
    values: list[str] = []
    for field in item.record.get_fields(tag):
        if field.control_field:
            values.append(field.data or "")
        elif codes:
            values += [value for code, value in field.subfields if code in codes]
        else:
            pieces = ["".join(field.indicators or "  ")]
            values.append("\x1f".join(pieces + [c + v for c, v in field.subfields]))
    return values


def _triple(values: list[str]) -> tuple[bytes, bytes, bytes]:
    data = [value.encode("utf-8", "replace") for value in values]
    ends, total = [0], 0
    for value in data:
        total += len(value)
        ends.append(total)
    return b"".join(data), _int32(ends), _int32([0, len(data)])


def _int32(numbers: list[int]) -> bytes:
    return array("i", numbers).tobytes()


def _scan_rows(piece: Piece) -> SubfieldBlock:
    parts: list[tuple[tuple[Bytes, ...], int]] = []

    def plain(at: int, first: int) -> tuple[int, int]:
        at, count, columns = subfields(piece.data, at, True, _RECORDS)
        if count:
            parts.append((columns, first))
        return at, count

    def odd(item: Loaded, first: int) -> None:
        parts.append((_rows_of(item), first))

    records, findings, rejects = _walk(piece, plain, odd)
    return SubfieldBlock(records, parts, findings, rejects)


def _rows_of(item: Loaded) -> tuple[bytes, ...]:
    """Return the rows of a record that is not plain."""
    fields, ends = array("i"), array("i", [0])
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
    records = bytes(4 * len(fields))
    columns = (records, fields, tags, indicators, codes, ends, values)
    return tuple(bytes(column) for column in columns)

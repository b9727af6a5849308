"""Many records at once as columns: chosen fields, or every subfield, in numpy or Arrow.

The file is cut into blocks at record boundaries; blocks are scanned on as many threads as asked
for (the C core lets go of the interpreter's lock). Records that are not plain are read by the
recovering reader, so a column holds what `read` would give, whatever state the file is in.
"""

from __future__ import annotations

import io
import mmap
import re
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, TypeVar, cast

from techproc.errors import ConfigError, InputError
from techproc.findings import Finding
from techproc.marc.framing import LEADER, LIMIT, Window, next_frame
from techproc.marc.iso2709 import read_frame, sniff
from techproc.marc.loaded import Loaded, ReadOptions
from techproc.marc.scanner import gather, subfields
from techproc.marc.source import HEAD, open_sources

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Block", "SubfieldBlock", "scan", "scan_subfields"]

_BLOCK = 8 << 20
_PATH = re.compile(r"([0-9A-Za-z]{3})(?:\$([!-~]+))?")
_RECORDS = 1 << 30
_T = TypeVar("_T")
Bytes: TypeAlias = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of some records that follow each other.

    For each path, a list of (values, ends, counts): UTF-8 values one after the other; where each
    ends; how many values there were by the end of each record. Ends and counts are int32 and
    begin with 0. Several triples follow each other where damaged records stood between.
    """

    records: int
    parts: tuple[list[tuple[bytes, bytes, bytes]], ...]
    findings: tuple[Finding, ...] = ()
    rejected: int = 0

    def numpy(self, column: int) -> list[tuple[bytes, np.ndarray, np.ndarray]]:
        """Return the triples of one column with ends and counts as numpy arrays."""
        import numpy as np  # noqa: PLC0415 (reading records does without it)

        return [
            (values, np.frombuffer(ends, np.int32), np.frombuffer(counts, np.int32))
            for values, ends, counts in self.parts[column]
        ]


@dataclass(frozen=True, slots=True)
class SubfieldBlock:
    """Every subfield of some records: bytes, and columns of rows that point into them.

    The columns: record and field number from 0 (int32), tag (3 bytes), indicators (2), code (1,
    blank for control fields), where the value starts in the bytes (int64), its length (int32).
    Record numbers count from the part's first.
    """

    records: int
    parts: list[tuple[Bytes, tuple[bytes, ...], int]]  # data, columns, first record's number
    findings: tuple[Finding, ...] = ()
    rejected: int = 0


def scan(
    source: str | Path | BinaryIO, paths: Sequence[str], *, threads: int = 1
) -> Iterator[Block]:
    """Yield the columns of an ISO 2709 source, block by block, in order.

    `paths` are tags ("001", "245": the field whole, subfields divided by 0x1F) or tags with codes
    ("020$a", "245$ab": a value for each such subfield). Raises ConfigError for other paths,
    InputError for a source that is missing or not ISO 2709.
    """
    wanted = [_parse(path) for path in paths]

    def work(data: Bytes) -> Block:
        return _scan_block(data, wanted)

    yield from _over_blocks(source, work, threads)


def scan_subfields(source: str | Path | BinaryIO, *, threads: int = 1) -> Iterator[SubfieldBlock]:
    """Yield every subfield and control field of an ISO 2709 source, block by block, in order."""
    yield from _over_blocks(source, _scan_rows, threads)


def _parse(path: str) -> tuple[bytes, bytes]:
    found = _PATH.fullmatch(path)
    if found is None:
        raise ConfigError(
            f"{path!r} cannot be a column: a tag (245) or a tag with codes (245$ab) can"
        )
    return found.group(1).encode("ascii"), (found.group(2) or "").encode("ascii")


def _over_blocks(
    source: str | Path | BinaryIO, work: Callable[[Bytes], _T], threads: int
) -> Iterator[_T]:
    if isinstance(source, str | Path) and (mapped := _map(Path(source))) is not None:
        yield from _in_turn(_mapped_blocks(mapped), work, threads)
        return
    with open_sources(source) as inputs:
        for plain in inputs:
            buffered = io.BufferedReader(plain, HEAD)
            head, stream = buffered.peek(HEAD), cast(BinaryIO, buffered)
            if not sniff(head):
                raise InputError(f"{plain.name}: columns are made of ISO 2709; convert it first")
            yield from _in_turn(_blocks(stream), work, threads)
            if plain.damage is not None:
                raise InputError(f"{plain.name}: it breaks off or is damaged ({plain.damage})")


def _in_turn(blocks: Iterator[Bytes], work: Callable[[Bytes], _T], threads: int) -> Iterator[_T]:
    """Work on blocks on several threads; yield what comes of them in their order."""
    if threads < 2:
        yield from map(work, blocks)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[_T]] = deque()
        for block in blocks:
            waiting.append(pool.submit(work, block))
            if len(waiting) > threads + 1:  # so that memory stays bounded
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _map(path: Path) -> mmap.mmap | None:
    """Return the bytes of a file of plain ISO 2709 without copying them, None for any other."""
    try:
        with path.open("rb") as stream:
            if not sniff(head := stream.read(HEAD)) or not head[:5].isdigit():
                return None
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None  # opening it the ordinary way says what is wrong


def _mapped_blocks(mapped: mmap.mmap) -> Iterator[Bytes]:
    """Yield a mapped file in blocks that end where a record does."""
    view = memoryview(mapped)
    at = 0
    while at < len(view):
        stop = min(at + _BLOCK, len(view))
        cut = stop
        while stop < len(view) and (cut := mapped.rfind(b"\x1d", at, cut)) >= 0:
            if LEADER.match(mapped, cut + 1):
                stop = cut + 1
                break
        yield view[at:stop]
        at = stop


def _blocks(stream: BinaryIO) -> Iterator[Bytes]:
    """Yield the stream in blocks that end where a record does."""
    rest = b""
    while block := stream.read(_BLOCK):
        data = rest + block if rest else block
        if len(block) < _BLOCK:  # the end
            yield data
            return
        cut = len(data)
        while (cut := data.rfind(b"\x1d", 0, cut)) >= 0:
            # Only a terminator that a leader follows is surely the end of a record.
            if LEADER.match(data, cut + 1):
                break
        if cut >= 0:
            yield data[: cut + 1]
        rest = data[cut + 1 :]
        if len(rest) > 8 * _BLOCK:
            yield rest
            rest = b""
    if rest:
        yield rest


def _odd_one(data: Bytes, at: int, number: int) -> tuple[int, Any]:
    """Read the record at `at`, which is not plain, with the recovering reader."""
    window = Window(io.BytesIO(b""))
    # Only as much is copied as one record can have; the rest is looked at when it is its turn.
    piece = bytes(data[at : at + 200_000])
    if b"\x1d" not in piece[100_000:]:
        piece = bytes(data[at : at + LIMIT])
    window.data, window.at, window.ended = piece, 0, True
    leading = window.skip_leading() if at == 0 else 0
    if window.at >= len(piece):
        return at + len(piece), None
    item = read_frame(next_frame(window, leading), number, ReadOptions())
    return at + window.at, item


def _scan_block(data: Bytes, wanted: list[tuple[bytes, bytes]]) -> Block:
    parts: tuple[list[tuple[bytes, bytes, bytes]], ...] = tuple([] for _ in wanted)
    findings: list[Finding] = []
    at = records = rejected = 0
    while at < len(data):
        at, count, results = gather(data, at, True, _RECORDS, wanted)
        records += count
        if count:
            for held, triple in zip(parts, results, strict=True):
                held.append(triple)
        if at >= len(data):
            break
        at, item = _odd_one(data, at, records + rejected + 1)
        if isinstance(item, Loaded):
            records += 1
            for held, (tag, codes) in zip(parts, wanted, strict=True):
                held.append(_triple(_values(item, tag.decode(), codes.decode())))
        elif item is not None:
            rejected += 1
        if item is not None:
            findings += item.findings
    return Block(records, parts, tuple(findings), rejected)


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


def _scan_rows(data: Bytes) -> SubfieldBlock:
    parts: list[tuple[Bytes, tuple[bytes, ...], int]] = []
    findings: list[Finding] = []
    at = records = rejected = 0
    while at < len(data):
        at, count, results = subfields(data, at, True, _RECORDS)
        if count:
            parts.append((data, results, records))
        records += count
        if at >= len(data):
            break
        at, item = _odd_one(data, at, records + rejected + 1)
        if isinstance(item, Loaded):
            parts.append((*_rows_of(item), records))
            records += 1
        elif item is not None:
            rejected += 1
        if item is not None:
            findings += item.findings
    return SubfieldBlock(records, parts, tuple(findings), rejected)


def _rows_of(item: Loaded) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the rows of a record that is not plain, with their own bytes."""
    fields, lengths, places = array("i"), array("i"), array("q")
    tags, indicators, codes, data = bytearray(), bytearray(), bytearray(), bytearray()
    for number, field in enumerate(item.record.fields):
        pairs = [(" ", field.data or "")] if field.control_field else list(field.subfields)
        marks = "".join(field.indicators or "  ").encode("ascii", "replace")
        for code, value in pairs:
            encoded = value.encode("utf-8", "replace")
            fields.append(number)
            tags += field.tag.encode("ascii", "replace")[:3].ljust(3)
            indicators += marks
            codes += code.encode("ascii", "replace")
            places.append(len(data))
            lengths.append(len(encoded))
            data += encoded
    records = array("i", bytes(4 * len(fields)))
    columns = (records, fields, tags, indicators, codes, places, lengths)
    return bytes(data), tuple(bytes(column) for column in columns)

"""Every subfield of a file as Parquet, written from scanned columns without a library between.

Sources: the Apache Parquet format, version 2 (file layout, Encodings.md, Thrift compact protocol).
The encodings are those whose pages the columns are nearly in already: numbers as packed deltas,
labels as indices into a dictionary, values as their lengths and then their bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np

from techproc.marc.columns import Bytes
from techproc.marc.rows import Array, Rows
from techproc.marc.scanner import labels

__all__ = ["ParquetWriter"]

_MAGIC = b"PAR1"
_INT32, _BYTE_ARRAY = 1, 6
_PLAIN, _RLE, _DELTA_BINARY, _DELTA_LENGTH, _RLE_DICTIONARY = 0, 3, 5, 6, 8
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_REQUIRED, _UTF8 = 0, 0
_CODECS = {"none": 0, "snappy": 1, "gzip": 2, "zstd": 6}
_COLUMNS = (
    ("record", _INT32),
    ("field", _INT32),
    ("tag", _BYTE_ARRAY),
    ("indicators", _BYTE_ARRAY),
    ("code", _BYTE_ARRAY),
    ("value", _BYTE_ARRAY),
)


@dataclass(slots=True)
class _Chunk:
    """What the file's foot says of one column in one group of rows."""

    type: int
    encodings: list[int]
    name: str
    start: int
    dictionary: int | None = None
    raw: int = 0
    packed: int = 0


@dataclass(slots=True)
class ParquetWriter:
    """Writes groups of rows to a stream; `close` writes the foot, without which it is no Parquet.

    `compress` takes a page's bytes and gives them compressed by `codec` ("none", "snappy", "gzip",
    "zstd"); None writes pages as they are.
    """

    stream: BinaryIO
    codec: str = "none"
    compress: Callable[[bytes], bytes] | None = None
    rows: int = 0
    _at: int = 0
    _groups: list[tuple[list[_Chunk], int]] = field(default_factory=list)

    def write(self, rows: Rows) -> None:
        """Write a group of rows."""
        count = len(rows.record)
        if not count:
            return
        if not self._at:
            self._put(_MAGIC)
        chunks = [
            self._numbers("record", rows.record),
            self._numbers("field", rows.field),
            self._labels("tag", rows.tags),
            self._labels("indicators", rows.indicators),
            self._labels("code", rows.codes),
            self._values("value", rows.ends, rows.values),
        ]
        self._groups.append((chunks, count))
        self.rows += count

    def close(self) -> None:
        """Write what stands at the end of the file."""
        if not self._at:
            self._put(_MAGIC)
        foot = _struct(
            (1, 2),
            (2, [_struct((4, b"subfields"), (5, len(_COLUMNS))), *map(_element, _COLUMNS)]),
            (3, _Long(self.rows)),
            (4, [self._group(chunks, count) for chunks, count in self._groups]),
            (6, b"techproc"),
        )
        self._put(foot.data)
        self._put(struct.pack("<i", len(foot.data)) + _MAGIC)

    def _put(self, data: Bytes) -> None:
        self.stream.write(data)
        self._at += len(data)

    def _page(self, chunk: _Chunk, kind: int, head: _Struct, *parts: Bytes) -> None:
        """Write one page: its head, and its parts one after the other."""
        size = sum(map(len, parts))
        if self.compress is not None:
            parts = (self.compress(b"".join(parts)),)
        packed = sum(map(len, parts))
        place = 5 if kind == _DATA_PAGE else 7
        before = self._at
        self._put(_struct((1, kind), (2, size), (3, packed), (place, head)).data)
        chunk.raw += self._at - before + size
        for part in parts:
            self._put(part)
        chunk.packed += self._at - before

    def _data(self, chunk: _Chunk, count: int, *parts: Bytes) -> None:
        head = _struct((1, count), (2, chunk.encodings[0]), (3, _RLE), (4, _RLE))
        self._page(chunk, _DATA_PAGE, head, *parts)

    def _numbers(self, name: str, numbers: Array) -> _Chunk:
        chunk = _Chunk(_INT32, [_DELTA_BINARY], name, self._at)
        self._data(chunk, len(numbers), packed_deltas(numbers))
        return chunk

    def _labels(self, name: str, column: Array) -> _Chunk:
        width = column.itemsize
        numbers, distinct = labels(column.view(np.uint8).data, width)
        count = len(distinct) // width
        held = bytes(distinct)
        size = struct.pack("<i", width)
        entries = b"".join(size + held[i : i + width] for i in range(0, len(held), width))
        chunk = _Chunk(_BYTE_ARRAY, [_RLE_DICTIONARY, _PLAIN], name, self._at, self._at)
        self._page(chunk, _DICTIONARY_PAGE, _struct((1, count), (2, _PLAIN)), entries)
        chunk.start = self._at
        self._data(chunk, len(column), *packed_indices(numbers, len(column)))
        return chunk

    def _values(self, name: str, ends: Array, values: Bytes) -> _Chunk:
        chunk = _Chunk(_BYTE_ARRAY, [_DELTA_LENGTH], name, self._at)
        self._data(chunk, len(ends) - 1, packed_deltas(np.diff(ends)), values)
        return chunk

    def _group(self, chunks: list[_Chunk], count: int) -> _Struct:
        columns = [
            _struct(
                (2, _Long(chunk.start if chunk.dictionary is None else chunk.dictionary)),
                (
                    3,
                    _struct(
                        (1, chunk.type),
                        (2, chunk.encodings),
                        (3, [chunk.name.encode()]),
                        (4, _CODECS[self.codec]),
                        (5, _Long(count)),
                        (6, _Long(chunk.raw)),
                        (7, _Long(chunk.packed)),
                        (9, _Long(chunk.start)),
                        (11, None if chunk.dictionary is None else _Long(chunk.dictionary)),
                    ),
                ),
            )
            for chunk in chunks
        ]
        return _struct(
            (1, columns), (2, _Long(sum(chunk.raw for chunk in chunks))), (3, _Long(count))
        )


def _element(column: tuple[str, int]) -> _Struct:
    name, kind = column
    return _struct(
        (1, kind),
        (3, _REQUIRED),
        (4, name.encode()),
        (6, _UTF8 if kind == _BYTE_ARRAY else None),
        (10, _struct((1, _struct())) if kind == _BYTE_ARRAY else None),
    )


def packed_deltas(numbers: Array) -> bytes:
    """Return whole numbers as DELTA_BINARY_PACKED: the first, then differences in 128s.

    All differences get the least width of 0, 1, 8, 16 or 32 bits that holds them, so that packing
    them is a change of type.

    >>> packed_deltas(np.array([7, 8, 8, 9], np.int32)).hex(" ", 1)[:29]
    '80 01 04 04 0e 00 01 01 01 01'
    """
    count = len(numbers)
    head = _varint(128) + _varint(4) + _varint(count) + _varint(_zigzag(int(numbers[0])))
    if count == 1:
        return head
    large = int(numbers.max()) >= 1 << 30  # their differences could be too large for int32
    deltas = np.diff(numbers.astype(np.int64) if large else numbers)
    least = int(deltas.min())
    deltas -= least
    width = next(bits for bits in (0, 1, 8, 16, 32) if int(deltas.max()) < 1 << bits)
    blocks = -(-len(deltas) // 128)
    # What is packed, and before each block what its packing is.
    before = np.frombuffer(_varint(_zigzag(least)) + bytes([width] * 4), np.uint8)
    page = np.zeros((blocks, len(before) + 16 * width), np.uint8)
    page[:, : len(before)] = before
    if width:
        body = page[:, len(before) :]
        whole = len(deltas) // 128
        body[:whole] = _packed(deltas[: whole * 128], width).reshape(whole, 16 * width)
        rest = np.zeros(128, deltas.dtype)
        rest[: len(deltas) - whole * 128] = deltas[whole * 128 :]
        if whole < blocks:
            body[whole] = _packed(rest, width)
    # A group of 32 that no difference is in is left out.
    unused = (blocks * 128 - len(deltas)) // 32 * 4 * width
    return head + page.tobytes()[: page.size - unused]


def _packed(numbers: Array, width: int) -> Array:
    if width == 1:
        return np.packbits(numbers.astype(np.uint8), bitorder="little")
    return numbers.astype(f"<u{width // 8}").view(np.uint8)


def packed_indices(numbers: Bytes, count: int) -> tuple[Bytes, ...]:
    """Return indices into a dictionary, each a byte or an int32, as the parts of a data page."""
    groups = -(-count // 8)
    width = len(numbers) // count
    padding = bytes((groups * 8 - count) * width)
    return bytes([8 * width]), _varint(groups << 1 | 1), numbers, padding


# Thrift's compact protocol, as much of it as a Parquet file needs.


class _Long(int):
    """A number that is declared with 64 bits."""


@dataclass(frozen=True, slots=True)
class _Struct:
    data: bytes


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _kind(value: object) -> int:
    if isinstance(value, _Long):
        return 6
    if isinstance(value, int):
        return 5
    if isinstance(value, bytes):
        return 8
    return 9 if isinstance(value, list) else 12


def _value(value: Any) -> bytes:
    if isinstance(value, int):
        return _varint(_zigzag(value))
    if isinstance(value, bytes):
        return _varint(len(value)) + value
    if isinstance(value, _Struct):
        return value.data
    kind = _kind(value[0]) if value else 12
    size = bytes([len(value) << 4 | kind]) if len(value) < 15 else bytes([0xF0 | kind])
    return size + (_varint(len(value)) if len(value) >= 15 else b"") + b"".join(map(_value, value))


def _struct(*fields: tuple[int, Any]) -> _Struct:
    """Return a struct of numbered fields; those that are None are left out."""
    out, last = bytearray(), 0
    for number, value in fields:
        if value is not None:
            out.append((number - last) << 4 | _kind(value))
            out += _value(value)
            last = number
    return _Struct(bytes(out) + b"\0")

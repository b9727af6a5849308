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

from techproc.marc._plaindeltas import varint, zigzag
from techproc.marc.columns import Bytes
from techproc.marc.rows import Array, Rows
from techproc.marc.scanner import deltas, labels

__all__ = ["Group", "ParquetWriter", "group_of"]

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


@dataclass(frozen=True, slots=True)
class Group:
    """A group of rows as what will stand in the pages of each column, but for record numbers.

    Those count from the first record of a group until it is known where that stands in the file.
    """

    rows: int
    first: int  # record number
    records: Bytes  # the differences of the others
    fields: tuple[Bytes, ...]
    labels: tuple[tuple[bytes, int, tuple[Bytes, ...]], ...]  # entries, how many, indices
    values: tuple[Bytes, ...]


def group_of(rows: Rows) -> Group:
    """Return rows, one at least, as a group; nothing of it needs the interpreter's lock for long."""
    return Group(
        len(rows),
        int(rows.record[0]),
        deltas(rows.record.data, False),
        (_deltas_head(len(rows), int(rows.field[0])), deltas(rows.field.data, False)),
        tuple(map(_labels, (rows.tags, rows.indicators, rows.codes))),
        _values(rows.ends, rows.values),
    )


def _labels(column: Array) -> tuple[bytes, int, tuple[Bytes, ...]]:
    width = column.itemsize
    numbers, distinct = labels(column.view(np.uint8).data, width)
    held = bytes(distinct)
    size = struct.pack("<i", width)
    entries = b"".join(size + held[i : i + width] for i in range(0, len(held), width))
    return entries, len(held) // width, packed_indices(numbers, len(column))


def _values(ends: Array, values: Bytes) -> tuple[Bytes, ...]:
    return _deltas_head(len(ends) - 1, int(ends[1] - ends[0])), deltas(ends.data, True), values


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
        if len(rows):
            self.add(group_of(rows))

    def add(self, group: Group, before: int = 0) -> None:
        """Write a group, before whose records there were so many others."""
        if not self._at:
            self._put(_MAGIC)
        count = group.rows
        head = _deltas_head(count, before + group.first)
        chunks = [
            self._plain("record", _INT32, _DELTA_BINARY, count, head, group.records),
            self._plain("field", _INT32, _DELTA_BINARY, count, *group.fields),
        ]
        for name, each in zip(("tag", "indicators", "code"), group.labels, strict=True):
            chunks.append(self._dictionary(name, count, *each))
        chunks.append(self._plain("value", _BYTE_ARRAY, _DELTA_LENGTH, count, *group.values))
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

    def _plain(self, name: str, kind: int, encoding: int, count: int, *parts: Bytes) -> _Chunk:
        chunk = _Chunk(kind, [encoding], name, self._at)
        self._data(chunk, count, *parts)
        return chunk

    def _dictionary(
        self, name: str, count: int, entries: bytes, distinct: int, indices: tuple[Bytes, ...]
    ) -> _Chunk:
        chunk = _Chunk(_BYTE_ARRAY, [_RLE_DICTIONARY, _PLAIN], name, self._at, self._at)
        self._page(chunk, _DICTIONARY_PAGE, _struct((1, distinct), (2, _PLAIN)), entries)
        chunk.start = self._at
        self._data(chunk, count, *indices)
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


def _deltas_head(count: int, first: int) -> bytes:
    """Return what stands before packed differences: sizes of blocks, and the first number."""
    return varint(128) + varint(4) + varint(count) + varint(zigzag(first))


def packed_indices(numbers: Bytes, count: int) -> tuple[Bytes, ...]:
    """Return indices into a dictionary, each a byte or an int32, as the parts of a data page."""
    groups = -(-count // 8)
    width = len(numbers) // count
    padding = bytes((groups * 8 - count) * width)
    return bytes([8 * width]), varint(groups << 1 | 1), numbers, padding


# Thrift's compact protocol, as much of it as a Parquet file needs.


class _Long(int):
    """A number that is declared with 64 bits."""


@dataclass(frozen=True, slots=True)
class _Struct:
    data: bytes


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
        return varint(zigzag(value))
    if isinstance(value, bytes):
        return varint(len(value)) + value
    if isinstance(value, _Struct):
        return value.data
    kind = _kind(value[0]) if value else 12
    size = bytes([len(value) << 4 | kind]) if len(value) < 15 else bytes([0xF0 | kind])
    return size + (varint(len(value)) if len(value) >= 15 else b"") + b"".join(map(_value, value))


def _struct(*fields: tuple[int, Any]) -> _Struct:
    """Return a struct of numbered fields; those that are None are left out."""
    out, last = bytearray(), 0
    for number, value in fields:
        if value is not None:
            out.append((number - last) << 4 | _kind(value))
            out += _value(value)
            last = number
    return _Struct(bytes(out) + b"\0")

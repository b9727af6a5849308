"""Columns of records as Arrow tables, and every subfield as Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from techproc.errors import MissingExtra
from techproc.marc.columns import Block, Bytes, SubfieldBlock, over_columns, over_subfields
from techproc.marc.scanner import labels

__all__ = ["columns", "subfield_batches", "write_subfields"]


def _pyarrow() -> Any:
    try:
        import pyarrow  # noqa: PLC0415 (an extra)
    except ImportError:
        raise MissingExtra(
            "Arrow and Parquet need the columns extra; pip install 'techproc[columns]'"
        ) from None
    return pyarrow


def columns(source: str | Path | BinaryIO, paths: Sequence[str], *, threads: int = 1) -> Any:
    """Return chosen fields of an ISO 2709 source as a `pyarrow.Table`, a row for each record.

    Each path ("001", "020$a", "245$ab") becomes a column of that name whose values are lists of
    strings, empty where the record has none. Rows stand in the order of the file; what could not
    be read as a record has none (`techproc.marc.read` tells of it). Raises MissingExtra without
    pyarrow.
    """
    pa = _pyarrow()
    kind = pa.list_(pa.string())

    def arrays(block: Block) -> tuple[Block, list[list[Any]]]:
        made = [[_lists(pa, kind, *triple) for triple in triples] for triples in block.parts]
        return replace(block, parts=()), made

    chunks: list[list[Any]] = [[] for _ in paths]
    for _, made in over_columns(source, paths, arrays, threads):
        for held, more in zip(chunks, made, strict=True):
            held.extend(more)
    return pa.table(
        {path: pa.chunked_array(held, kind) for path, held in zip(paths, chunks, strict=True)}
    )


def _lists(pa: Any, kind: Any, values: Bytes, ends: Bytes, counts: Bytes) -> Any:
    """Return a column's values as an array of lists of strings, which looks at the same bytes."""
    strings = pa.StringArray.from_buffers(
        len(ends) // 4 - 1, pa.py_buffer(ends), pa.py_buffer(values)
    )
    buffers = [None, pa.py_buffer(counts)]
    return pa.Array.from_buffers(kind, len(counts) // 4 - 1, buffers, children=[strings])


def subfield_batches(source: str | Path | BinaryIO, *, threads: int = 1) -> Iterator[Any]:
    """Yield every subfield of an ISO 2709 source as `pyarrow.RecordBatch`es.

    The columns are record and field (numbers from 0), tag, indicators, code (blank for a control
    field) and value; rows stand in the order of the file. Raises MissingExtra without pyarrow.
    """
    pa = _pyarrow()
    from techproc.marc.rows import scan_rows  # noqa: PLC0415 (with numpy)

    names = ["record", "field", "tag", "indicators", "code", "value"]
    for rows in scan_rows(source, threads=threads):
        yield pa.record_batch(
            [
                pa.array(rows.record),
                pa.array(rows.field),
                _labels(pa, rows.tags),
                _labels(pa, rows.indicators),
                _labels(pa, rows.codes),
                pa.StringArray.from_buffers(
                    len(rows), pa.py_buffer(rows.ends), pa.py_buffer(rows.values)
                ),
            ],
            names=names,
        )


def _labels(pa: Any, column: Any) -> Any:
    """Return a column of short labels as a dictionary array."""
    width = column.itemsize
    numbers, distinct = labels(column.view("u1").data, width)
    kind = pa.uint8() if len(numbers) == len(column) else pa.int32()
    indices = pa.Array.from_buffers(kind, len(column), [None, pa.py_buffer(numbers)])
    held = bytes(distinct)
    names = [held[i : i + width].decode("ascii") for i in range(0, len(held), width)]
    return pa.DictionaryArray.from_arrays(indices.cast(pa.int32()), pa.array(names, pa.string()))


def write_subfields(
    source: str | Path | BinaryIO,
    stream: BinaryIO,
    *,
    threads: int = 1,
    tell: Callable[[SubfieldBlock], None] = lambda block: None,
) -> int:
    """Write every subfield of an ISO 2709 source as Parquet; return how many rows there are.

    The columns are those of `subfield_batches`; pyarrow is not needed. `tell` is given each block,
    without its rows, with what was noticed and what was rejected.
    """
    # With numpy.
    from techproc.marc.parquet import Group, ParquetWriter, group_of  # noqa: PLC0415
    from techproc.marc.rows import rows_of  # noqa: PLC0415

    def make(block: SubfieldBlock) -> tuple[SubfieldBlock, Group | None]:
        rows = rows_of(block) if block.parts else None
        return replace(block, parts=[]), group_of(rows) if rows else None

    writer = ParquetWriter(stream)
    before = 0
    for block, group in over_subfields(source, make, threads):
        tell(block)
        if group is not None:
            writer.add(group, before)
        before += block.records
        del block, group  # before the next one is there
    writer.close()
    return writer.rows

"""Columns of records as Arrow tables, and every subfield as Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from techproc.errors import MissingExtra
from techproc.marc.columns import Bytes, scan, scan_subfields

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
    chunks: list[list[Any]] = [[] for _ in paths]
    for block in scan(source, paths, threads=threads):
        for held, triples in zip(chunks, block.parts, strict=True):
            for values, ends, counts in triples:
                size = len(ends) // 4 - 1
                buffers = [None, pa.py_buffer(ends), pa.py_buffer(values)]
                strings = pa.StringArray.from_buffers(size, *buffers[1:])
                rows = len(counts) // 4 - 1
                held.append(
                    pa.Array.from_buffers(
                        pa.list_(pa.string()),
                        rows,
                        [None, pa.py_buffer(counts)],
                        children=[strings],
                    )
                )
    kind = pa.list_(pa.string())
    return pa.table(
        {path: pa.chunked_array(held, kind) for path, held in zip(paths, chunks, strict=True)}
    )


def subfield_batches(source: str | Path | BinaryIO, *, threads: int = 1) -> Iterator[Any]:
    """Yield every subfield of an ISO 2709 source as `pyarrow.RecordBatch`es.

    The columns are record and field (numbers from 0), tag, indicators, code (blank for a control
    field) and value; rows stand in the order of the file.
    """
    pa = _pyarrow()
    import numpy as np  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    names = ["record", "field", "tag", "indicators", "code", "value"]
    before = 0

    def labels(buffer: Bytes, width: int, size: int) -> Any:
        array = pa.Array.from_buffers(pa.binary(width), size, [None, pa.py_buffer(buffer)])
        return pc.cast(array.dictionary_encode(), pa.dictionary(pa.int32(), pa.string()))

    for block in scan_subfields(source, threads=threads):
        for (record, field, tags, indicators, codes, ends, values), first in block.parts:
            size = len(record) // 4
            numbers = np.frombuffer(record, np.int32) + np.int32(before + first)
            yield pa.record_batch(
                [
                    pa.array(numbers),
                    pa.array(np.frombuffer(field, np.int32)),
                    labels(tags, 3, size),
                    labels(indicators, 2, size),
                    labels(codes, 1, size),
                    pa.StringArray.from_buffers(size, pa.py_buffer(ends), pa.py_buffer(values)),
                ],
                names=names,
            )
        before += block.records


def write_subfields(source: str | Path | BinaryIO, stream: BinaryIO, *, threads: int = 1) -> int:
    """Write every subfield of an ISO 2709 source as Parquet; return how many rows there are."""
    pa = _pyarrow()
    import pyarrow.parquet as pq  # noqa: PLC0415

    label = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [
            ("record", pa.int32()),
            ("field", pa.int32()),
            ("tag", label),
            ("indicators", label),
            ("code", label),
            ("value", pa.string()),
        ]
    )
    rows = 0
    with pq.ParquetWriter(
        stream,
        schema,
        compression="snappy",
        use_dictionary=["tag", "indicators", "code"],
        write_statistics=False,
    ) as writer:
        for batch in subfield_batches(source, threads=threads):
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows

"""Every subfield of many records as rows, in numpy: nothing in Python for any single record.

>>> from techproc.marc.rows import scan_rows
>>> for rows in scan_rows("tests/fixtures/forms/sample.mrc"):
...     titles = np.flatnonzero((rows.tags == b"245") & (rows.codes == b"a"))
...     print(len(titles), rows.value(titles[0]))
5 Ailao Shan sen lin sheng tai xi tong yan jiu =
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np

from techproc.marc.columns import Bytes, SubfieldBlock, scan_subfields

__all__ = ["Rows", "rows_of", "scan_rows"]

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"


@dataclass(frozen=True, slots=True)
class Rows:
    """Subfields and control fields that follow each other, a row for each.

    `record` and `field` are numbers from 0 (int32): of the record in the input, of the field in
    its record. `tags` (S3), `indicators` (S2) and `codes` (S1) are bytes, blank where a control
    field has none. Row i has the UTF-8 bytes `values[ends[i]:ends[i + 1]]` (int32).
    """

    record: Array
    field: Array
    tags: Array
    indicators: Array
    codes: Array
    ends: Array
    values: Bytes

    def __len__(self) -> int:
        return len(self.record)

    def value(self, row: int | np.integer[Any]) -> str:
        """Return the value of one row."""
        return str(self.values[self.ends[row] : self.ends[int(row) + 1]], "utf-8")


def scan_rows(
    source: str | Path | BinaryIO,
    *,
    threads: int = 1,
    tell: Callable[[SubfieldBlock], None] = lambda block: None,
) -> Iterator[Rows]:
    """Yield every subfield and control field of an ISO 2709 source, some records at a time.

    What could not be read as a record has no rows; `tell` is given each block as it was scanned,
    with what was noticed and what was rejected. Raises InputError for a source that is missing or
    not ISO 2709.
    """
    before = 0
    for block in scan_subfields(source, threads=threads):
        tell(block)
        if block.parts:
            rows = rows_of(block)
            yield replace(rows, record=rows.record + np.int32(before)) if before else rows
        before += block.records


def rows_of(block: SubfieldBlock) -> Rows:
    """Return the rows of a block, which has some; records are numbered from its first."""
    parts = [
        Rows(
            _later(np.frombuffer(record, np.int32), first),
            np.frombuffer(field, np.int32),
            np.frombuffer(tags, "S3"),
            np.frombuffer(indicators, "S2"),
            np.frombuffer(codes, "S1"),
            np.frombuffer(ends, np.int32),
            values,
        )
        for (record, field, tags, indicators, codes, ends, values), first in block.parts
    ]
    if len(parts) == 1:
        return parts[0]
    # More than one could count: all in one again.
    sizes = np.concatenate([np.diff(part.ends) for part in parts])
    return Rows(
        np.concatenate([part.record for part in parts]),
        np.concatenate([part.field for part in parts]),
        np.concatenate([part.tags for part in parts]),
        np.concatenate([part.indicators for part in parts]),
        np.concatenate([part.codes for part in parts]),
        np.concatenate([np.zeros(1, np.int32), np.cumsum(sizes, dtype=np.int32)]),
        b"".join(part.values for part in parts),
    )


def _later(records: Array, first: int) -> Array:
    return records + np.int32(first) if first else records

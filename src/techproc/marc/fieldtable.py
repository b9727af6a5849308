"""Records as a CSV table, a row a field: the fields layout of `techproc.marc.tables`, as a form.

`record,control,tag,ind1,ind2,content`, guarded for Excel. Each record begins with its row LDR, and
no row has a line break in it, so that the table is read as it streams.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import pymarc

from techproc.findings import Finding
from techproc.marc._textrecords import Draft, RefusedError, gather
from techproc.marc.carrying import is_control, loss, unspellable
from techproc.marc.forms import Form, WriteOptions
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.mnemonics import protect
from techproc.marc.sheets import CsvWriter, unguard
from techproc.marc.tables import FIELD_COLUMNS, add_row, record_rows

__all__ = ["FORM"]

_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?"?record"?([,;\t])"?control"?\1"?tag"?\1')


def sniff(head: bytes) -> bool:
    """Return True when the input begins with the header of a table of fields."""
    return _HEAD.match(head) is not None


class _Table:
    """What is known of a table while it is read: its columns and what parts them."""

    def __init__(self) -> None:
        self._delimiter = ","
        self._columns: list[str] = []
        self._begun = False

    def starts(self, line: bytes) -> bool:
        """Say whether a line is the LDR of another record than the first."""
        if b"LDR" not in line or (self._columns and self._row(line.decode("latin-1")) is None):
            return False
        delimiters = self._delimiter if self._columns else ",;\t"
        if not any("LDR" in _cells(line.decode("latin-1"), each)[:8] for each in delimiters):
            return False
        # The header stands with the first record.
        first, self._begun = not self._begun, True
        return not first

    def _row(self, line: str) -> dict[str, str] | None:
        cells = _cells(line, self._delimiter)
        if not cells or len(cells) > len(self._columns):
            return None
        cells += [""] * (len(self._columns) - len(cells))
        return dict(zip(self._columns, map(unguard, cells), strict=True))

    def parse(self, lines: list[str]) -> Draft:
        """Return the record of a run of rows; raises RefusedError when they are none."""
        header = _HEAD.match(lines[0].encode(errors="replace"))
        if header:
            self._delimiter = header.group(1).decode()
            self._columns = [name.strip('"') for name in lines[0].split(self._delimiter)]
            lines = lines[1:]
        draft = Draft()
        rows = []
        for line in lines:
            row = self._row(line)
            if row is None or not {"tag", "content"} <= set(row):
                raise RefusedError("table.row", f"{line[:40]!r} is no row of a table of fields")
            rows.append(row)
        if sum(row["tag"] == "LDR" for row in rows) != 1:
            raise RefusedError("marc.no-leader", "a record has one row LDR")
        numbers = {row["record"] for row in rows if row.get("record")}
        if len(numbers) > 1:
            raise RefusedError(
                "table.number",
                f"rows of records {', '.join(sorted(numbers))} without a row LDR each",
            )
        for row in rows:
            add_row(row, draft)
        return draft


def _cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line, none where it is no row of a table."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Loaded | Quarantined]:
    """Yield a record or a quarantined piece for each run of rows."""
    table = _Table()
    return gather(stream, options, "csv", table.starts, table.parse)


class Writer:
    """Writes a header and a row a field."""

    def __init__(self, stream: BinaryIO, _options: WriteOptions) -> None:
        self._csv = CsvWriter(stream, FIELD_COLUMNS, guarded=True)
        self._number = 0

    def write(self, record: pymarc.Record) -> tuple[Finding, ...]:
        """Write the rows of one record."""
        self._number += 1
        for row in record_rows(record, self._number):
            self._csv.write(row)
        return ()

    def finish(self) -> None:
        """Hand what is buffered to the stream."""
        self._csv.finish()


def losses(record: pymarc.Record) -> Iterable[Finding]:
    """Yield a finding for what would come back changed."""
    yield from unspellable(record, "csv")
    for field in record.fields:
        data = field.control_field and not is_control(field.tag)
        if data and (field.tag.isdigit() or protect(field.data or "")[:1] in ("", "$")):
            yield loss("csv", field.tag, "text would come back as indicators and subfields")


FORM = Form(
    name="csv",
    title="a CSV table with a row a field (.csv)",
    suffixes=(".csv",),
    sniff=sniff,
    read=read,
    write=Writer,
    losses=losses,
)

"""Tables on disk: CSV, XLSX and Parquet, written and read as rows of text, safe from Excel.

In CSV a value or a column's name that Excel would change (978…, 001, 1-2, March 1978, =A1) is
written as the formula `="…"`, which Excel shows and keeps as the text within; XLSX cells and Parquet
columns are text by type. What comes back changed all the same (`9.78031E+12`) is recognised by
`techproc.lists.mangled`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from techproc.errors import DataLossRefused, InputError, MissingExtra
from techproc.files import explain_os_error
from techproc.lists import separator_named_by

__all__ = [
    "KINDS",
    "CsvWriter",
    "guard",
    "kind_of",
    "read_rows",
    "row_writer",
    "unguard",
]

KINDS = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}
_CELL_MOST = 32_767  # characters that an Excel cell holds
_TEXT_MOST = 255  # characters that a text within a formula holds
_FORMULA_MOST = 8_192  # characters of a formula
_BATCH = 2_000

# What a spreadsheet program takes for a number, date, time, fraction or formula when it opens a CSV
# file, and would lose blanks or digits of. Months are those of the languages of western Europe, by
# how they begin, for the program reads dates in the language of its user.
_MONTH = (
    "jan|ene|gen|f[eé][bv]|m[aä]r|mrt|a[pbv]r|ma[iyg]|mei|ju[nlig]|gi?u|lug|a[uoû]|ago|"
    "sep|set|o[ckt]t|out|nov|d[eéi][cz]"
)
_ENDANGERED = re.compile(
    r"[=+\-@\t].*| .*|.* |0[0-9]+|[0-9]{12,}|[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+|(?i:true|false)|"
    r"(?![0-9]+\Z)(?=[^0-9]{,16}[0-9])"
    rf"(?i:[0-9\s.,:;/%$£€¥()'’\-]|(?<![^\W\d_])(?:{_MONTH})[^\W\d_]*|(?<=[0-9] )[ap]m?\b)+|"
    rf"(?i:{_MONTH})[^\W\d_]*",
    re.DOTALL,
)
_PIECE = r'"(?:[^"]|"")*"|CHAR\(10\)'
_GUARDED = re.compile(rf"=(?:{_PIECE})(?:&(?:{_PIECE}))*")
_PIECES = re.compile(_PIECE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")


class RowWriter(Protocol):
    """Writes rows of text under a header."""

    def write(self, row: Sequence[str]) -> None:
        """Write one row."""

    def finish(self) -> None:
        """Write what stands after the last row."""

    def abandon(self) -> None:
        """Let go of what is held, after an error; what was written is no table."""


def kind_of(path: str | Path) -> str:
    """Return csv, xlsx or parquet by a file's name; InputError for others."""
    suffix = Path(path).suffix.lower()
    if suffix not in KINDS:
        raise InputError(f"{path}: a table is {', '.join(KINDS)}; name the file so")
    return KINDS[suffix]


def guard(text: str) -> str:
    """Return a CSV value that Excel leaves alone; raises DataLossRefused where none could be.

    >>> guard("9780306406157"), guard("Title"), guard("007")
    ('="9780306406157"', 'Title', '="007"')
    """
    if not _ENDANGERED.fullmatch(text) and not _GUARDED.fullmatch(text):
        return text
    pieces = []
    for line in text.split("\n"):
        parts = (line[at : at + _TEXT_MOST] for at in range(0, len(line), _TEXT_MOST))
        pieces += ["CHAR(10)", *('"' + part.replace('"', '""') + '"' for part in parts)]
    formula = "=" + "&".join(pieces[1:])
    if len(formula) <= _FORMULA_MOST:
        return formula
    if not text.startswith(("=", "+", "-", "@")):
        return text  # too long to be a number or a date
    raise DataLossRefused(
        f"{text[:30]!r}…: Excel would take this for a formula, and it is too long to be "
        "guarded in CSV; write XLSX or Parquet"
    )


def unguard(text: str) -> str:
    """Return what `guard` was given."""
    if not _GUARDED.fullmatch(text):
        return text
    return "".join(
        "\n" if piece == "CHAR(10)" else piece[1:-1].replace('""', '"')
        for piece in _PIECES.findall(text)
    )


class CsvWriter:
    """Writes CSV; `guarded`: for Excel, with a byte order mark."""

    def __init__(self, stream: BinaryIO, header: Sequence[str], guarded: bool) -> None:
        # The byte order mark is how Excel knows UTF-8.
        encoding = "utf-8-sig" if guarded else "utf-8"
        self._text = io.TextIOWrapper(stream, encoding=encoding, newline="", write_through=True)
        self._csv = csv.writer(self._text, lineterminator="\r\n")
        self._guard = guard if guarded else str
        self.write(header)

    def write(self, row: Sequence[str]) -> None:
        """Write one row."""
        self._csv.writerow([self._guard(cell) for cell in row])

    def finish(self) -> None:
        """Let go of the stream, which stays open."""
        self._text.flush()
        self._text.detach()

    abandon = finish


class _XlsxWriter:
    def __init__(self, stream: BinaryIO, header: Sequence[str]) -> None:
        openpyxl = _extra("openpyxl", "xlsx")
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - an extra

        self._cell = WriteOnlyCell
        self._stream = stream
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("records")
        self._sheet.freeze_panes = "A2"
        self.write(header)

    def write(self, row: Sequence[str]) -> None:
        cells = []
        for text in row:
            if len(text) > _CELL_MOST:
                raise DataLossRefused(
                    f"{text[:30]!r}… has {len(text)} characters, an Excel cell holds {_CELL_MOST}; "
                    "write CSV or Parquet"
                )
            if _NOT_XML.search(text):
                raise DataLossRefused(
                    f"{text[:30]!r} has a character that XLSX cannot hold; write CSV or Parquet"
                )
            cell = self._cell(self._sheet, value=text)
            cell.data_type, cell.number_format = "s", "@"  # text, also what begins with =
            cells.append(cell)
        self._sheet.append(cells)

    def finish(self) -> None:
        self._book.save(self._stream)

    def abandon(self) -> None:
        self._book.save(io.BytesIO())  # openpyxl's way of removing its temporary files


class _ParquetWriter:
    def __init__(self, stream: BinaryIO, header: Sequence[str]) -> None:
        self._arrow = _extra("pyarrow", "columns")
        parquet = _extra("pyarrow.parquet", "columns")
        self._schema = self._arrow.schema([(name, self._arrow.string()) for name in header])
        self._file = parquet.ParquetWriter(stream, self._schema, compression="zstd")
        self._rows: list[Sequence[str]] = []

    def write(self, row: Sequence[str]) -> None:
        self._rows.append(row)
        if len(self._rows) == _BATCH:
            self._flush()

    def _flush(self) -> None:
        columns = [list(column) for column in zip(*self._rows, strict=True)]
        arrays = [self._arrow.array(column, self._arrow.string()) for column in columns]
        if arrays:
            self._file.write_batch(self._arrow.record_batch(arrays, schema=self._schema))
        self._rows = []

    def finish(self) -> None:
        self._flush()
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


@contextmanager
def row_writer(
    kind: str, stream: BinaryIO, header: Sequence[str], *, guarded: bool = True
) -> Iterator[RowWriter]:
    """Give a writer of rows of a kind; the table is whole when the block ends without an error.

    `guarded`: CSV that Excel may open. The stream stays open. Raises MissingExtra for XLSX without
    openpyxl or Parquet without pyarrow.
    """
    writer: RowWriter
    if kind == "csv":
        writer = CsvWriter(stream, header, guarded)
    elif kind == "xlsx":
        writer = _XlsxWriter(stream, header)
    else:
        writer = _ParquetWriter(stream, header)
    try:
        yield writer
    except BaseException:
        writer.abandon()
        raise
    writer.finish()


def _extra(module: str, extra: str) -> Any:
    try:
        return __import__(module, fromlist=["_"])
    except ImportError:
        raise MissingExtra(
            f"{module} is needed for this kind of table; pip install 'techproc[{extra}]'"
        ) from None


def read_rows(path: str | Path) -> Iterator[dict[str, str]]:
    """Yield each row of a table as a mapping from its header; every cell is text.

    Raises InputError for a file that is missing, no table, or has a header that says a name twice.
    """
    try:
        with (
            Path(path).open("rb") as stream,
            closing(_RAW_ROWS[kind_of(path)](cast(BinaryIO, stream), path)) as rows,
        ):
            header = next(rows, None)
            if not header or not any(header):
                raise InputError(f"{path}: the first row should name the columns; it is empty")
            if len(set(header)) < len(header):
                raise InputError(f"{path}: the first row names a column twice")
            for number, row in enumerate(rows, 2):
                if not any(row):
                    continue
                if len(row) > len(header) and any(row[len(header) :]):
                    raise InputError(f"{path}: row {number} has more cells than there are columns")
                filled = [*row, *[""] * (len(header) - len(row))]
                yield dict(zip(header, filled, strict=False))
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error


def _csv_rows(stream: BinaryIO, path: str | Path) -> Generator[list[str]]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        head = text.read(4096)
        text.seek(0)
        # Excel writes the list separator of its locale.
        first = head.partition("\n")[0]
        named = separator_named_by(first)
        if named:
            text.readline()
        delimiter = named or max(",;\t", key=first.count)
        csv.field_size_limit(1 << 24)
        # Strictly, so that an open quotation mark does not take in the rows after it unseen.
        for row in csv.reader(text, delimiter=delimiter, strict=True):
            yield [unguard(cell) for cell in row]
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8; save it in Excel as “CSV UTF-8”") from None
    except csv.Error as error:
        raise InputError(f"{path}: no CSV file: {error}") from None
    finally:
        text.detach()


def _xlsx_rows(stream: BinaryIO, path: str | Path) -> Generator[list[str]]:
    openpyxl = _extra("openpyxl", "xlsx")
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
    except Exception as error:  # zip, XML and key errors of many kinds
        raise InputError(f"{path}: no XLSX file: {error}") from error
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_cell_text(cell) for cell in row]
    finally:
        book.close()


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _parquet_rows(stream: BinaryIO, path: str | Path) -> Generator[list[str]]:
    parquet = _extra("pyarrow.parquet", "columns")
    arrow = _extra("pyarrow", "columns")
    try:
        file = parquet.ParquetFile(stream)
    except arrow.ArrowException as error:
        raise InputError(f"{path}: no Parquet file: {error}") from error
    yield list(file.schema_arrow.names)
    for batch in file.iter_batches(_BATCH):
        columns: Iterable[list[object]] = (column.to_pylist() for column in batch.columns)
        for row in zip(*columns, strict=True):
            yield [_cell_text(cell) for cell in row]


_RAW_ROWS = {"csv": _csv_rows, "xlsx": _xlsx_rows, "parquet": _parquet_rows}

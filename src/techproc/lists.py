"""Lists as people keep them: tables saved from a spreadsheet, and text files of a number a line.

What is settled here holds for every command that takes a list: encoding, the mark between cells,
quotation marks, names of columns. Excel saves a table as UTF-8 with a byte order mark, as
Windows-1252 or as UTF-16 ("Unicode text"), with the list separator of its locale, and may put a
line `sep=;` first.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.findings import Finding, Severity

__all__ = [
    "BARCODE_COLUMN",
    "ISBN_COLUMN",
    "cell_of",
    "column_values",
    "columns_of",
    "decode_list",
    "heading",
    "list_rows",
    "mangled",
    "name_of_list",
    "read_bytes",
    "separator_named_by",
    "too_many_cells",
    "unused_columns",
]

BARCODE_COLUMN: Final = ("barcode", "item barcode", "itembarcode", "item id", "itemid")
ISBN_COLUMN: Final = ("isbn", "isbn 13", "isbn 10", "isbn13", "isbn10", "ean", "ean13")

_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"')
# Excel's own first line, which names the mark between cells.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
# What a spreadsheet keeps as text in spite of its digits: ="9780306406157".
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
# What a spreadsheet leaves of a long number: 9.78E+12, 9,78031E+12.
_MANGLED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2}|[0-9][.,][0-9]+[eE][0-9]{2}")
_NO_TEXT = "this is no text file; name a list saved as CSV or as text"
_LARGEST_CELL = 1 << 20


def name_of_list(source: str | Path) -> str:
    """Return what to call a list in messages; "-" is standard input."""
    return "standard input" if str(source) == "-" else str(source)


def read_bytes(source: str | Path) -> bytes:
    """Return the bytes of a list, "-" being standard input; raises InputError where there are none."""
    try:
        return sys.stdin.buffer.read() if str(source) == "-" else Path(source).read_bytes()
    except OSError as error:
        raise InputError(explain_os_error(source, error)) from error


def decode_list(data: bytes, name: str) -> tuple[str, tuple[Finding, ...]]:
    """Return the text of a list, and a finding where its encoding is a guess.

    UTF-8 with or without byte order mark and UTF-16 with it are sure; UTF-16 without it and
    Windows-1252 are guesses. Raises InputError for bytes that are empty or no text.

    >>> decode_list(b"\\xef\\xbb\\xbfQA76", "list.txt")
    ('QA76', ())
    >>> decode_list("É".encode("cp1252"), "list.txt")[1][0].rule
    'list.encoding'
    """
    text, guess = _decoded(data, name)
    if "\0" in text or (guess and any(char < "\t" for char in text)):
        raise InputError(f"{name}: {_NO_TEXT}")
    if not text.strip():
        raise InputError(f"{name}: the list is empty")
    return text, guess


def _decoded(data: bytes, name: str) -> tuple[str, tuple[Finding, ...]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: the UTF-16 text is damaged ({error.reason})") from error
    if order := _utf16_order(data):
        try:
            return data.decode(order), (_guess(name, 1, "UTF-16 without a byte order mark"),)
        except UnicodeDecodeError:
            pass
    if b"\0" in data:
        raise InputError(f"{name}: {_NO_TEXT}")
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise InputError(
                f"{name}, line {line}: neither UTF-8 nor Windows-1252; save the list as UTF-8"
            ) from error
        return text, (_guess(name, line, "Windows-1252"),)


def _utf16_order(data: bytes) -> str:
    """Return the codec of text in a Western script that is UTF-16 without saying so, or ""."""
    head = data[:4096]
    if len(data) % 2 or b"\0" not in head:
        return ""
    low, high = head[::2], head[1::2]
    if b"\0" not in low and high.count(0) * 2 > len(high):
        return "utf-16-le"
    return "utf-16-be" if b"\0" not in high and low.count(0) * 2 > len(low) else ""


def _guess(name: str, line: int, encoding: str) -> Finding:
    return Finding(
        rule="list.encoding",
        severity=Severity.WARNING,
        message=f"not UTF-8 (line {line}); read as {encoding}",
        file=name,
        record=line,
        confidence=0.9,
        fix="look at the accented letters; save the list as UTF-8 to be sure",
    )


def separator_named_by(line: str) -> str:
    """Return the mark between cells that Excel's own first line names; "" for any other line.

    >>> separator_named_by("sep=;"), separator_named_by("isbn;title")
    (';', '')
    """
    said = _SEPARATOR_LINE.fullmatch(line)
    return said[1] if said else ""


def list_rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of the lines that hold anything; the first names the columns.

    Comma, semicolon, tab or bar stands between cells: the one of which the first line has most. A
    quotation mark within a cell is taken as it stands, as long as the cell ends on its line. Raises
    InputError where a mark that opens a cell runs over the lines that follow: they would be lost in
    it.

    >>> list(list_rows('sep=;\\nisbn;title\\n="0306406152";"A" is for Alibi\\n', "list.csv"))
    [(2, ['isbn', 'title']), (3, ['0306406152', 'A is for Alibi'])]
    """
    csv.field_size_limit(_LARGEST_CELL)
    lines = list(io.StringIO(text, newline=""))
    begin = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    said = separator_named_by(lines[begin]) if begin < len(lines) else ""
    begin += bool(said)
    first = _QUOTED.sub("", next((line for line in lines[begin:] if line.strip()), ""))
    delimiter = said or max(_DELIMITERS, key=first.count)
    reader = csv.reader(iter(lines[begin:]), delimiter=delimiter, strict=True)
    while True:
        line = begin + reader.line_num
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if begin + reader.line_num > line + 1:
                raise InputError(
                    f"{name}, line {line + 1}: a quotation mark opens a cell that does not end as "
                    "one; close it, or double the marks within the cell"
                ) from error
            row = _sloppy(lines[line], delimiter, f"{name}, line {line + 1}")
        if any(cell.strip() for cell in row):
            yield line + 1, [_KEPT_AS_TEXT.sub(r"\1", cell.strip()) for cell in row]


def _sloppy(line: str, delimiter: str, place: str) -> list[str]:
    """Return the cells of one line whose quotation marks are not as CSV has them."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error as error:
        raise InputError(f"{place}: not a readable table ({error})") from error


def heading(cell: str) -> str:
    """Return the name of a column as it is compared: case, hyphens and blanks do not matter.

    >>> heading(" ISBN-13: "), heading("call_number")
    ('isbn 13', 'call number')
    """
    return re.sub(r"[\s_-]+", " ", cell.casefold()).strip(" :")


def columns_of(
    header: Sequence[str], names: Mapping[str, Sequence[str]]
) -> dict[str, tuple[int, ...]]:
    """Return where each column that is known by any of its names stands; it may stand twice.

    >>> columns_of(["ISBN-10", "Titel", "ISBN-13"], {"isbn": ISBN_COLUMN, "title": ("titel",)})
    {'isbn': (0, 2), 'title': (1,)}
    """
    known = {alias: column for column, aliases in names.items() for alias in aliases}
    found: dict[str, tuple[int, ...]] = {}
    for position, cell in enumerate(header):
        if column := known.get(heading(cell)):
            found[column] = (*found.get(column, ()), position)
    return found


def cell_of(row: Sequence[str], positions: Sequence[int]) -> str:
    """Return the first cell of a column that holds anything."""
    return next((row[at] for at in positions if at < len(row) and row[at]), "")


def column_values(text: str, name: str, names: Sequence[str]) -> list[str]:
    """Return what stands in a column of a list, in order; of the first where no header names it.

    >>> column_values("title;ISBN-13\\nEmma;0306406152\\n", "list.csv", ISBN_COLUMN)
    ['0306406152']
    >>> column_values("0306406152\\n\\n0140449132\\n", "list.txt", ISBN_COLUMN)
    ['0306406152', '0140449132']
    """
    rows = [row for _, row in list_rows(text, name)]
    positions = columns_of(rows[0], {"wanted": names}).get("wanted") if rows else None
    cells = (cell_of(row, positions or (0,)) for row in rows[1 if positions else 0 :])
    return [cell for cell in cells if cell]


def mangled(text: str) -> bool:
    """Return True for a number in a spreadsheet's scientific notation, whose digits are gone.

    >>> mangled("9.78031E+12"), mangled("9780306406157")
    (True, False)
    """
    return _MANGLED.fullmatch(text.strip()) is not None


def too_many_cells(row: Sequence[str], header: Sequence[str]) -> Finding | None:
    """Return a finding when a line has more cells than there are columns: one of them was torn."""
    if not any(row[len(header) :]):
        return None
    return Finding(
        rule="list.cells",
        message=f"{len(row)} cells under {len(header)} headings",
        fix="put a cell that holds the mark between cells in quotation marks",
    )


def unused_columns(
    header: Sequence[str], columns: Mapping[str, Sequence[int]], name: str
) -> Finding | None:
    """Return a finding that names the headings under which nothing was read.

    >>> unused_columns(["title", "edtion"], {"title": (0,)}, "list.csv").message
    'columns not used: edtion'
    """
    used = {at for positions in columns.values() for at in positions}
    unused = [cell for at, cell in enumerate(header) if at not in used and cell]
    if not unused:
        return None
    return Finding(
        rule="list.column",
        severity=Severity.INFO,
        message=f"columns not used: {', '.join(unused)}",
        file=name,
    )

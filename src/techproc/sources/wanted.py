"""The ISBNs to look up, read from a list as people keep it: a text file or a CSV with a header."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from techproc.errors import InputError
from techproc.files import explain_os_error

__all__ = ["read_isbns"]

_HEADINGS = ("isbn", "isbn13", "isbn-13", "isbn_13", "isbn10", "isbn-10", "ean")


def read_isbns(source: str | Path) -> list[str]:
    """Return the ISBNs of a list, as they stand there and in order; "-" is standard input.

    One a line, or a table (comma, semicolon or tab) whose first row names a column "isbn"; without
    such a row the first column is taken. Empty lines and those that begin with # are left out.
    Raises InputError for a file that is missing, not text, or holds no ISBN.
    """
    name = "standard input" if str(source) == "-" else str(source)
    try:
        data = sys.stdin.buffer.read() if str(source) == "-" else Path(source).read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(explain_os_error(source, error)) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not a text file in UTF-8; save the list as UTF-8") from error
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise InputError(f"{name}: it holds no ISBNs")
    delimiter = max(",;\t", key=lines[0].count)
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    headings = [cell.strip().lower() for cell in rows[0]]
    column = next((headings.index(h) for h in _HEADINGS if h in headings), None)
    if column is not None:
        rows = rows[1:]
    values = [row[column or 0].strip() for row in rows if len(row) > (column or 0)]
    wanted = [value for value in values if value]
    if not wanted:
        raise InputError(f"{name}: it holds no ISBNs")
    return wanted

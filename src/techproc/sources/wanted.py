"""The ISBNs to look up, read from a list as people keep it: a text file or a CSV with a header."""

from __future__ import annotations

from pathlib import Path

from techproc.errors import InputError
from techproc.lists import ISBN_COLUMN, column_values, decode_list, name_of_list, read_bytes

__all__ = ["read_isbns"]


def read_isbns(source: str | Path) -> list[str]:
    """Return the ISBNs of a list, as they stand there and in order; "-" is standard input.

    One a line, or a table whose first row names a column "isbn"; without such a row the first
    column is taken. Empty lines and those that begin with # are left out. Raises InputError for a
    file that is missing, not text, or holds no ISBN.
    """
    name = name_of_list(source)
    text, _ = decode_list(read_bytes(source), name)  # a guess at accented letters moves no digit
    told = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    if wanted := column_values(told, name, ISBN_COLUMN):
        return wanted
    raise InputError(f"{name}: it holds no ISBNs")

"""Cutter-Sanborn author numbers from a table that the library brings.

No table ships with the package: the three-figure table of the 1890s is in the public domain, its
revision of 1969 is not, and no transcription of the former could be had whose edition is certain.
A library that owns a table names its file in the policy (`classify.sanborn_table`).
"""

from __future__ import annotations

import bisect
import csv
from dataclasses import dataclass
from pathlib import Path

from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.text import fold

__all__ = ["SanbornTable"]


@dataclass(frozen=True, slots=True)
class SanbornTable:
    """A table of name beginnings and their numbers, in filing order.

    >>> table = SanbornTable.of([("Smith, J", "648"), ("Smi", "643"), ("Sno", "673")])
    >>> table.number("Smith, Adam"), table.number("Smith, Mary"), table.number("Snow")
    ('S643', 'S648', 'S673')
    """

    names: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, rows: list[tuple[str, str]]) -> SanbornTable:
        """Return a table of (name, number) rows, in whatever order they come."""
        ordered = sorted((_filing(name), number) for name, number in rows)
        return cls(tuple(name for name, _ in ordered), tuple(number for _, number in ordered))

    @classmethod
    def load(cls, path: str | Path) -> SanbornTable:
        """Return the table of a CSV or tab-separated file with a name and a number in each line.

        Raises InputError for a file that cannot be read or has a line that is neither.
        """
        try:
            text = Path(path).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = explain_os_error(path, error) if isinstance(error, OSError) else str(error)
            raise InputError(f"{path}: {reason}") from error
        delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
        rows = []
        for place, row in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), 1):
            cells = [cell.strip() for cell in row if cell.strip()]
            if not cells or (place == 1 and not any(c.isdigit() for c in cells[-1])):
                continue  # blank, or the head of the columns
            digits = cells[-1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if len(cells) < 2 or not digits.isdigit():
                raise InputError(f"{path}: line {place} is not a name and a number: {row}")
            rows.append((", ".join(cells[:-1]), digits))
        if not rows:
            raise InputError(f"{path}: the table is empty")
        return cls.of(rows)

    def number(self, text: str) -> str:
        """Return the letter and number of a heading: those of the last name not after it.

        Raises ValueError when the heading begins with no Latin letter or before the table's first
        name of its letter.
        """
        name = _filing(text)
        if not name or not "a" <= name[0] <= "z":
            raise ValueError(f"{text!r} does not begin with a Latin letter; romanise it first")
        at = bisect.bisect_right(self.names, name) - 1
        if at < 0 or self.names[at][0] != name[0]:
            raise ValueError(f"the table has nothing for {text!r}")
        return name[0].upper() + self.numbers[at]


def _filing(name: str) -> str:
    """Fold a name so that a surname files before the same surname with a forename."""
    return fold(name)

"""How many records a file is likely to hold, for the display of progress."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

__all__ = ["expected_records"]


def expected_records(paths: Iterable[str | Path]) -> int | None:
    """Return the number of records in MARC files, or None where only reading them would tell.

    Records of plain ISO 2709 are counted by their terminators; other forms, compressed files and
    standard input (``-``) are not looked into. Raises OSError for a file that cannot be opened.
    """
    total = 0
    for path in paths:
        if path == "-":
            return None
        with Path(path).open("rb") as stream:
            if not stream.read(5).isdigit():
                return None
            stream.seek(0)
            while block := stream.read(1 << 20):
                total += block.count(b"\x1d")
    return total

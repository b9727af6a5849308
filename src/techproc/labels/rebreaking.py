"""Lines of a spine broken again, or joined, when the label is too narrow or too low for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Line", "joined", "narrowed"]

# Where a line that is too wide may be broken again, the best first.
_SECONDARY = (
    re.compile(r"(?<=\S)[ ]+(?=\S)"),
    re.compile(r"(?<=\w)(?=\.\d)"),
    re.compile(r"(?<=\w)(?=\.[^\W\d_])"),
    re.compile(r"(?<=[-/:,])(?=\w)"),
    re.compile(r"(?<=[^\W\d_])(?=\d{3})|(?<=\d)(?=[^\W\d_]{2})"),
    re.compile(r"(?<=\d{3})(?=\d{2})"),
)


class Line(NamedTuple):
    """One printed line, and the pieces of the stored text it stands for (start, end)."""

    text: str
    pieces: tuple[tuple[int, int], ...] = ()


def narrowed(
    line: Line, call_number: str, limit: float, measure: Callable[[str], float]
) -> Iterator[Line]:
    """Yield a line in pieces that are no wider than `limit`, where it has places to break at."""
    if measure(line.text) <= limit:
        yield line
        return
    for points in _places(line, call_number):
        fitting = [span for span in points if measure(line.text[: span[0]]) <= limit]
        if not points:
            continue
        # The last place that leaves a first line that fits; when none does, the first place.
        start, end = fitting[-1] if fitting else points[0]
        first, rest = _cut(line, call_number, start, end)
        yield from narrowed(first, call_number, limit, measure)
        yield from narrowed(rest, call_number, limit, measure)
        return
    yield line


def _places(line: Line, call_number: str) -> Iterator[list[tuple[int, int]]]:
    """Yield the places where a line may be broken, the best kind first: (end, next beginning)."""
    blanks, *others = _SECONDARY
    yield [match.span() for match in blanks.finditer(line.text)]
    yield list(_between_parts(line, call_number))
    for pattern in others:
        yield [match.span() for match in pattern.finditer(line.text)]


def _between_parts(line: Line, call_number: str) -> Iterator[tuple[int, int]]:
    at = 0
    for start, end in line.pieces[:-1]:
        wanted = sum(not character.isspace() for character in call_number[start:end])
        while wanted:
            wanted -= not line.text[at].isspace()
            at += 1
        rest = line.text[at:]
        yield at, at + len(rest) - len(rest.lstrip())


def _cut(line: Line, call_number: str, start: int, end: int) -> tuple[Line, Line]:
    """Return a line as two, the characters from `start` to `end` (blanks) being the break."""
    shown = sum(not character.isspace() for character in line.text[:start])
    left: list[tuple[int, int]] = []
    right: list[tuple[int, int]] = []
    for a, b in line.pieces:
        at = a
        while at < b and shown:
            shown -= not call_number[at].isspace()
            at += 1
        if at > a:
            left.append((a, at))
        if at < b:
            right.append((at, b))
    return Line(line.text[:start], tuple(left)), Line(line.text[end:], tuple(right))


def joined(
    lines: list[Line], limit: float | None, max_lines: int, measure: Callable[[str], float]
) -> list[Line]:
    """Return fewer lines: neighbours share one, the narrowest pair first, while they fit."""
    lines = list(lines)
    while len(lines) > max_lines:
        widths = [(measure(f"{a.text} {b.text}"), at) for at, (a, b) in enumerate(pairwise(lines))]
        pairs = [pair for pair in widths if limit is None or pair[0] <= limit]
        if not pairs:
            return lines
        at = min(pairs)[1]
        a, b = lines[at], lines[at + 1]
        lines[at : at + 2] = [Line(f"{a.text} {b.text}", a.pieces + b.pieces)]
    return lines

"""What a label is made of once it is laid out: lines of text and rows of bars in their places.

Lengths are points, the origin is the lower left of the page or label, as PDF has it. The PDF and
the thermal printer's raster are both made from these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from typing import NamedTuple

from techproc.findings import Finding
from techproc.labels.pdf import MM, number
from techproc.labels.shaping import GlyphLine, Shaper
from techproc.labels.stock import Region, Stock

__all__ = ["Box", "Drawn", "Mark", "PlacedBars", "PlacedLine", "operators", "outline", "within"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: lower left corner, width and height."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, across: float, down: float) -> Box:
        """Return the box without a margin left and right, above and below."""
        return Box(self.x + across, self.y + down, self.width - 2 * across, self.height - 2 * down)


_LINE = b"%b 0 0 %b %.3f %.3f Tm %b\n"


class PlacedLine(NamedTuple):
    """A line of glyphs with the left end of its baseline and its size.

    A tuple, since there are five to a label and frozen dataclasses take twice as long to make.
    """

    line: GlyphLine
    x: float
    y: float
    size: float
    shaper: Shaper


@dataclass(frozen=True, slots=True)
class PlacedBars:
    """Bars in whole dots of the device: widths by turns from a left edge, and their extent.

    `taller` bars (by their place in `widths`) reach `extra` dots further down. For a
    two-dimensional code `rows` holds the modules (`True` is black) and `widths` is empty.
    """

    widths: tuple[int, ...]
    left: int
    bottom: int
    height: int
    dot: float
    taller: tuple[int, ...] = ()
    extra: int = 0
    rows: tuple[tuple[bool, ...], ...] = ()
    module: int = 1

    def rectangles(self) -> list[tuple[int, int, int, int]]:
        """Return the black rectangles as left, bottom, width, height in dots."""
        if self.rows:
            return list(self._squares())
        edges = [self.left, *accumulate(self.widths, initial=self.left)][1::2]
        if not self.taller:
            return list(
                zip(edges, repeat(self.bottom), self.widths[::2], repeat(self.height), strict=False)
            )
        longer = {at // 2 for at in self.taller}
        return [
            (edge, self.bottom - self.extra, width, self.height + self.extra)
            if at in longer
            else (edge, self.bottom, width, self.height)
            for at, (edge, width) in enumerate(zip(edges, self.widths[::2], strict=True))
        ]

    def _squares(self) -> Iterable[tuple[int, int, int, int]]:
        top = self.bottom + self.height
        for at, row in enumerate(self.rows):
            start = None
            for column, black in enumerate((*row, False)):
                if black and start is None:
                    start = column
                elif not black and start is not None:
                    yield (
                        self.left + start * self.module,
                        top - (at + 1) * self.module,
                        (column - start) * self.module,
                        self.module,
                    )
                    start = None


Mark = PlacedLine | PlacedBars


@dataclass(frozen=True, slots=True)
class Drawn:
    """What laying out a label came to; with an error among the findings there are no marks."""

    marks: tuple[Mark, ...] = ()
    findings: tuple[Finding, ...] = ()


def operators(marks: Iterable[Mark]) -> bytes:
    """Return the PDF operators that draw marks."""
    text: list[bytes | float] = []
    bars = []
    for mark in marks:
        if isinstance(mark, PlacedLine):
            line, x, y, size, _ = mark
            scale = number(size)
            text += (scale, scale, x, y, line.operators)
        else:
            bars.append(_bar_operators(mark))
    lines = (_LINE * (len(text) // 5)) % tuple(text)
    return b"".join([b"BT ", lines, b"ET\n", *bars])


def _bar_operators(bars: PlacedBars) -> bytes:
    """Return bars as rectangles, in a space whose unit is a dot."""
    found = bars.rectangles()
    rows = (b"%d %d %d %d re\n" * len(found)) % tuple(chain.from_iterable(found))
    return b"q %.6f 0 0 %.6f 0 0 cm\n%bf Q\n" % (bars.dot, bars.dot, rows)


def within(box: Box, region: Region) -> Box:
    """Return the box of one label of a set."""
    return Box(
        box.x + region.x * MM,
        box.y + box.height - (region.y + region.height) * MM,
        region.width * MM,
        region.height * MM,
    )


def outline(box: Box, stock: Stock) -> bytes:
    """Return the operators for the edge of a label, or of the labels of a set."""
    radius = stock.radius * MM
    if not stock.regions:
        return _rounded(box, radius)
    return b"".join(_rounded(within(box, region), radius) for region in stock.regions)


def _rounded(box: Box, radius: float) -> bytes:
    x, y, w, h, r = box.x, box.y, box.width, box.height, radius
    if r <= 0:
        return b"%.3f %.3f %.3f %.3f re S\n" % (x, y, w, h)
    k = r * 0.4477  # what a Bézier curve leaves of the radius to look like a quarter circle
    points: Sequence[tuple[float, float]] = (
        (x + r, y), (x + w - r, y), (x + w - k, y), (x + w, y + k), (x + w, y + r),
        (x + w, y + h - r), (x + w, y + h - k), (x + w - k, y + h), (x + w - r, y + h),
        (x + r, y + h), (x + k, y + h), (x, y + h - k), (x, y + h - r),
        (x, y + r), (x, y + k), (x + k, y), (x + r, y),
    )  # fmt: skip
    curve = b"%b m %b l %b %b %b c %b l %b %b %b c %b l %b %b %b c %b l %b %b %b c s\n"
    return curve % tuple([b"%.3f %.3f" % point for point in points])

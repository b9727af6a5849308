"""Glyph outlines and bars as black dots: for thermal printers, and for previews.

A pixel is black when its centre lies inside an outline (non-zero winding), as PostScript printers
without hinting have it; at 203 dpi and above that is sharp enough for type of seven points.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from techproc.labels.marks import Mark, PlacedBars
from techproc.labels.shaping import Contour

__all__ = ["Dots", "rasterize", "write_png"]

Dots = np.ndarray[Any, np.dtype[np.bool_]]


def rasterize(marks: Iterable[Mark], width: float, height: float, dpi: int) -> Dots:
    """Return a label of so many points as rows of dots from the top, `True` for black."""
    columns, rows = round(width * dpi / 72), round(height * dpi / 72)
    dots: Dots = np.zeros((rows, columns), dtype=np.bool_)
    for mark in marks:
        if isinstance(mark, PlacedBars):
            _fill_bars(dots, mark, dpi)
            continue
        scale = mark.size * dpi / 72
        left, base = mark.x * dpi / 72, rows - mark.y * dpi / 72
        for contours in mark.shaper.outlines(mark.line.text):
            placed = [[(left + x * scale, base - y * scale) for x, y in c] for c in contours]
            _fill(dots, placed)
    return dots


def _fill_bars(dots: Dots, bars: PlacedBars, dpi: int) -> None:
    ratio = bars.dot * dpi / 72
    rows = dots.shape[0]
    for left, bottom, width, height in bars.rectangles():
        x, x_end = round(left * ratio), round((left + width) * ratio)
        y, y_end = rows - round((bottom + height) * ratio), rows - round(bottom * ratio)
        dots[max(y, 0) : y_end, max(x, 0) : x_end] = True


def _fill(dots: Dots, contours: list[Contour]) -> None:
    """Blacken the pixels whose centres the contours of one glyph wind around."""
    rows, columns = dots.shape
    crossings: dict[int, list[tuple[float, int]]] = {}
    for points in contours:
        previous = points[-1]
        for point in points:
            (x0, y0), (x1, y1) = previous, point
            previous = point
            if y0 == y1:
                continue
            turn = 1 if y1 > y0 else -1
            low, high = (y0, y1) if turn > 0 else (y1, y0)
            slope = (x1 - x0) / (y1 - y0)
            for row in range(max(math.ceil(low - 0.5), 0), min(math.ceil(high - 0.5), rows)):
                crossings.setdefault(row, []).append((x0 + (row + 0.5 - y0) * slope, turn))
    for row, found in crossings.items():
        winding = 0
        start = 0.0
        for x, turn in sorted(found):
            if winding == 0:
                start = x
            winding += turn
            if winding == 0:
                first, last = math.ceil(start - 0.5), math.ceil(x - 0.5)
                dots[row, max(first, 0) : max(min(last, columns), 0)] = True


def write_png(dots: Dots, dpi: int) -> bytes:
    """Return dots as a PNG file of one bit a pixel, with its resolution."""
    rows, columns = dots.shape
    packed = np.packbits(~dots, axis=1)
    lines = b"".join(b"\0" + row.tobytes() for row in packed)
    metre = round(dpi / 0.0254)

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", columns, rows, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1))
        + chunk(b"IDAT", zlib.compress(lines, 6))
        + chunk(b"IEND", b"")
    )

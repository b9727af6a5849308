"""Labels for Zebra printers in ZPL II: text as dots, so that every script is right, bars native.

A label is one `^XA … ^XZ`. Codabar, Code 39, Code 128, Interleaved 2 of 5 and EAN-13 are the
printer's own barcodes, exact on its dots; QR codes are dots too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import BinaryIO

import numpy as np

from techproc.findings import Finding
from techproc.labels.items import BarcodeLabel, Label
from techproc.labels.layout import Painter
from techproc.labels.marks import Box, Mark, PlacedBars
from techproc.labels.noticed import Noticed
from techproc.labels.pdf import MM
from techproc.labels.profiles import Profile
from techproc.labels.raster import Dots, rasterize
from techproc.labels.stock import Stock, stock_named
from techproc.labels.style import LabelStyle

__all__ = ["render_zpl"]


def render_zpl(
    labels: Iterable[Label],
    stock: Stock | str,
    stream: BinaryIO,
    *,
    style: LabelStyle | None = None,
    copies: int = 1,
    partial: bool = False,
    profiles: Mapping[str, Profile] | None = None,
) -> list[Finding]:
    """Write labels as ZPL for a printer of `style.barcode.dpi` and return what was noticed.

    One label is one page, whatever the stock's grid. Raises LabelError for a label that cannot be
    printed, unless `partial`.
    """
    stock = stock_named(stock) if isinstance(stock, str) else stock
    look = style or LabelStyle()
    painter = Painter(look, profiles)
    box = Box(0.0, 0.0, stock.width * MM, stock.height * MM)
    noticed = Noticed()
    for position, label in enumerate(labels, start=1):
        drawn = painter.draw(label, box, stock)
        noticed.take(position, label, drawn.findings)
        if drawn.marks:
            stream.write(_label(label, drawn.marks, box, look, copies))
    return noticed.finish(partial=partial)


def _label(
    label: Label, marks: tuple[Mark, ...], box: Box, style: LabelStyle, copies: int
) -> bytes:
    dpi = style.barcode.dpi
    native = [m for m in marks if isinstance(m, PlacedBars) and not m.rows]
    dots = rasterize([m for m in marks if m not in native], box.width, box.height, dpi)
    rows, columns = dots.shape
    parts = [f"^XA^PW{columns}^LL{rows}^LH0,0^CI28"]
    graphic = _graphic(dots)
    if graphic:
        parts.append(graphic)
    if isinstance(label, BarcodeLabel):
        parts += [_native(label, bars, rows, style) for bars in native]
    parts.append(f"^PQ{copies}^XZ\n")
    return "".join(parts).encode("ascii")


def _graphic(dots: Dots) -> str:
    """Return the dots as one `^GFA` field, cropped to what is black."""
    black_rows, black_columns = np.flatnonzero(dots.any(axis=1)), np.flatnonzero(dots.any(axis=0))
    if not len(black_rows):
        return ""
    top, bottom = int(black_rows[0]), int(black_rows[-1]) + 1
    left, right = int(black_columns[0]) // 8 * 8, int(black_columns[-1]) + 1
    packed = np.packbits(dots[top:bottom, left:right], axis=1)
    size, width = packed.size, packed.shape[1]
    return f"^FO{left},{top}^GFA,{size},{size},{width},{packed.tobytes().hex().upper()}^FS"


def _native(label: BarcodeLabel, bars: PlacedBars, rows: int, style: LabelStyle) -> str:
    """Return a barcode that the printer draws itself, without its own figures."""
    look = style.barcode
    symbology = label.symbology or look.symbology
    narrow = min(bars.widths)
    top = rows - bars.bottom - bars.height
    module = f"^FO{bars.left},{top}^BY{narrow},{look.ratio:.1f},{bars.height}"
    command = {
        "codabar": f"^BKN,N,{bars.height},N,N,{look.start},{look.stop}",
        "code39": f"^B3N,N,{bars.height},N,N",
        "code39mod43": f"^B3N,Y,{bars.height},N,N",
        "code128": f"^BCN,{bars.height},N,N,N,A",
        "itf": f"^B2N,{bars.height},N,N,N",
        "ean13": f"^BEN,{bars.height},N,N",
    }[symbology]
    value = label.value
    if symbology == "ean13":  # the printer works the check digit out
        value = value.replace("-", "").replace(" ", "")[:12]
    # ^FH lets characters that ZPL itself uses stand as hexadecimal.
    escaped = "".join(f"_{ord(c):02X}" if c in "^~_" or not c.isprintable() else c for c in value)
    return f"{module}{command}^FH^FD{escaped}^FS"

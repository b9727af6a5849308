"""Pages for setting up: a stock's outlines with its measures, and the calibration page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from techproc.labels.calibration import Calibration, marks
from techproc.labels.embedding import write_fonts
from techproc.labels.fonts import FontSet
from techproc.labels.marks import Box, outline
from techproc.labels.pdf import MM, PdfWriter
from techproc.labels.shaping import Shaper
from techproc.labels.stock import Stock

__all__ = ["render_calibration_page", "render_stock"]


def render_calibration_page(
    stream: BinaryIO,
    page_width: float,
    page_height: float,
    *,
    calibration: Calibration | None = None,
) -> None:
    """Write a page with four crosses to measure, in millimetres from the paper's edges.

    With a calibration the crosses are aimed, so that a second print shows whether it is right.
    """
    shaper = Shaper(FontSet(bold=False))
    parts = [b"0.25 w\n"]
    places = marks(page_width, page_height)
    for name, (x, y) in zip("ABCD", places, strict=True):
        at_x, at_y = (calibration or Calibration()).aim(x, y)
        px, py = at_x * MM, (page_height - at_y) * MM
        arm = 8 * MM
        parts.append(
            b"%.3f %.3f m %.3f %.3f l S %.3f %.3f m %.3f %.3f l S\n"
            % (px - arm, py, px + arm, py, px, py - arm, px, py + arm)
        )
        note = f"{name}   {x:g}, {y:g} mm"
        left = px + 3 if name in "AC" else px - 3 - shaper.line(note).width * 10
        parts.append(_text(shaper, note, left, py + 4, 10))
    middle = page_height / 2 * MM
    lines = (
        "Print this page at actual size (100 %), not fitted to the paper.",
        "Measure each cross to its centre, in millimetres: first from the left edge of the paper,",
        "then from the upper edge. With a true printer they stand where the numbers say.",
        "Then:   techproc labels calibrate --mark A=X,Y --mark B=X,Y --mark C=X,Y --mark D=X,Y",
    )
    for at, line in enumerate(lines):
        parts.append(_text(shaper, line, 30 * MM, middle - at * 16, 10))
    _finish(stream, parts, page_width, page_height, shaper=shaper, title="Calibration page")


def render_stock(stocks: Iterable[Stock], stream: BinaryIO) -> None:
    """Write the outlines of stocks, a page each, with their names and measures in the first label.

    Print one on plain paper and hold it against a sheet.
    """
    shaper = Shaper(FontSet(bold=False))
    writer = PdfWriter(stream, title="Label stock")
    resources = writer.reserve()
    for stock in stocks:
        parts = [b"q 0.35 w 0.45 G\n"]
        for number in range(1, stock.count + 1):
            x, y = stock.place(number)
            box = Box(
                x * MM,
                (stock.page_height - y - stock.height) * MM,
                stock.width * MM,
                stock.height * MM,
            )
            parts.append(outline(box, stock))
            if stock.count > 1:
                parts.append(_text(shaper, str(number), box.x + 3, box.y + 3, 6))
        parts.append(b"Q\n")
        x, y = stock.place(1)
        notes = (
            stock.key,
            f"{stock.width:g} × {stock.height:g} mm",
            f"{stock.columns} × {stock.rows}, from {stock.left:g}, {stock.top:g}",
            f"every {stock.pitch_x:g}, {stock.pitch_y:g}",
        )
        widest = max(shaper.line(note).width for note in notes)
        size = min(8.0, (stock.width * MM - 6) / widest, (stock.height * MM - 12) / 4.6)
        top = (stock.page_height - y) * MM - 3 - size
        for at, note in enumerate(notes):
            parts.append(_text(shaper, note, x * MM + 3, top - at * size * 1.2, size))
        writer.add_page(b"".join(parts), stock.page_width * MM, stock.page_height * MM, resources)
    writer.add(b"<< /Font << %b >> >>" % write_fonts(writer, shaper), resources)
    writer.finish()


def _text(shaper: Shaper, text: str, x: float, y: float, size: float) -> bytes:
    operators = shaper.line(text).operators
    return b"BT %.3f 0 0 %.3f %.3f %.3f Tm %bET\n" % (size, size, x, y, operators)


def _finish(
    stream: BinaryIO, parts: list[bytes], width: float, height: float, *, shaper: Shaper, title: str
) -> None:
    writer = PdfWriter(stream, title=title)
    resources = writer.reserve()
    writer.add_page(b"".join(parts), width * MM, height * MM, resources)
    writer.add(b"<< /Font << %b >> >>" % write_fonts(writer, shaper), resources)
    writer.finish()

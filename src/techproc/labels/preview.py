"""A picture of the first sheet, to look at before paper is used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import BinaryIO

from techproc.findings import Finding
from techproc.labels.calibration import Calibration
from techproc.labels.items import Label
from techproc.labels.layout import Painter
from techproc.labels.marks import Box, Mark, within
from techproc.labels.noticed import Noticed
from techproc.labels.pdf import MM
from techproc.labels.placing import Order, Placing
from techproc.labels.profiles import Profile
from techproc.labels.raster import Dots, rasterize, write_png
from techproc.labels.stock import Stock, stock_named
from techproc.labels.style import LabelStyle

__all__ = ["render_preview"]


def render_preview(
    labels: Iterable[Label],
    stock: Stock | str,
    stream: BinaryIO,
    *,
    style: LabelStyle | None = None,
    start: int = 1,
    skip: Collection[int] = (),
    copies: int = 1,
    order: Order = "rows",
    calibration: Calibration | None = None,
    outlines: bool = False,
    partial: bool = False,
    profiles: Mapping[str, Profile] | None = None,
) -> list[Finding]:
    """Write the first sheet as a PNG in the dots of `style.barcode.dpi`, and return its findings.

    The options are those of `render_sheet`. Labels after those that fill the sheet are not looked
    at. Raises LabelError for one on it that cannot be printed, unless `partial`, and for a job that
    cannot be.
    """
    stock = stock_named(stock) if isinstance(stock, str) else stock
    look = style or LabelStyle()
    placing = Placing(
        stock=stock, start=start, skip=skip, order=order, calibration=calibration or Calibration()
    )
    placing.check(copies)
    painter = Painter(look, profiles)
    places = placing.boxes()
    page, box = next(places)
    marks: list[Mark] = []
    noticed = Noticed()
    for position, label in enumerate(labels, start=1):
        if page:
            break
        for copy in range(copies):
            drawn = painter.draw(label, box, stock)
            if copy == 0:
                noticed.take(position, label, drawn.findings)
            if page or not drawn.marks:
                break
            marks += drawn.marks
            page, box = next(places)
    findings = noticed.finish(partial=partial)
    dpi = look.barcode.dpi
    width, height = stock.page_width * MM, stock.page_height * MM
    dots = rasterize(marks, width, height, dpi)
    if outlines:
        for number in range(1, stock.count + 1):
            whole = placing.box(number)
            for edge in [within(whole, region) for region in stock.regions] or [whole]:
                _draw_edge(dots, edge, dpi)
    stream.write(write_png(dots, dpi))
    return findings


def _draw_edge(dots: Dots, box: Box, dpi: int) -> None:
    """Blacken the edge of a label, a dot wide."""
    rows, columns = dots.shape
    left, right = (round(x * dpi / 72) for x in (box.x, box.x + box.width))
    top, bottom = (rows - round(y * dpi / 72) for y in (box.y + box.height, box.y))
    left, right = max(left, 0), min(right, columns - 1)
    top, bottom = max(top, 0), min(bottom, rows - 1)
    dots[[top, bottom], left : right + 1] = True
    dots[top : bottom + 1, [left, right]] = True

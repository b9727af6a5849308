"""A picture of the first sheet, to look at before paper is used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import BinaryIO, Literal

from techproc.errors import LabelError
from techproc.findings import Finding, Severity
from techproc.labels.items import Label
from techproc.labels.layout import Painter
from techproc.labels.marks import Box, Mark
from techproc.labels.pdf import MM
from techproc.labels.profiles import Profile
from techproc.labels.raster import rasterize, write_png
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
    order: Literal["rows", "columns"] = "rows",
    partial: bool = False,
    profiles: Mapping[str, Profile] | None = None,
) -> list[Finding]:
    """Write the first sheet as a PNG in the dots of `style.barcode.dpi`, and return its findings.

    Labels after those that fill the sheet are not looked at. Raises LabelError for one on it that
    cannot be printed, unless `partial`.
    """
    stock = stock_named(stock) if isinstance(stock, str) else stock
    look = style or LabelStyle()
    painter = Painter(look, profiles)
    places = [n for n in range(start, stock.count + 1) if n not in skip]
    marks: list[Mark] = []
    findings: list[Finding] = []
    for position, label in enumerate(labels, start=1):
        if not places:
            break
        x, y = stock.place(places[0], order)
        bottom = stock.page_height - y - stock.height
        box = Box(x * MM, bottom * MM, stock.width * MM, stock.height * MM)
        drawn = painter.draw(label, box, stock)
        findings += [replace(f, record=f.record or position) for f in drawn.findings]
        if not drawn.failed:
            marks += drawn.marks
            places.pop(0)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors and not partial:
        raise LabelError(f"{len(errors)} labels cannot be printed, so none is: {errors[0]}")
    dpi = look.barcode.dpi
    width, height = stock.page_width * MM, stock.page_height * MM
    stream.write(write_png(rasterize(marks, width, height, dpi), dpi))
    return findings

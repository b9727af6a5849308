"""Labels on their sheets as one PDF, written page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import BinaryIO

from techproc.findings import Finding
from techproc.labels.calibration import Calibration
from techproc.labels.embedding import write_fonts
from techproc.labels.items import Label
from techproc.labels.layout import Painter
from techproc.labels.marks import operators, outline
from techproc.labels.noticed import Noticed
from techproc.labels.pdf import MM, PdfWriter
from techproc.labels.placing import Order, Placing
from techproc.labels.profiles import Profile
from techproc.labels.stock import Stock, stock_named
from techproc.labels.style import LabelStyle

__all__ = ["render_sheet"]


def render_sheet(
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
    title: str = "",
) -> list[Finding]:
    """Write labels as a PDF and return what was noticed, item by item.

    The first sheet begins with label `start` and leaves out the numbers in `skip` (used ones);
    `copies` prints each label so often; `order` fills rows or columns first. `calibration` is the
    printer's; `outlines` draws the labels' edges, for a trial on plain paper. Pages are written as
    they fill, so memory does not grow with them.

    A label that cannot be printed (an error among its findings) stops the job with LabelError,
    which names the items, after all have been looked at; with `partial` the rest are printed
    instead. Nothing is ever cut or scaled to fit. Raises LabelError for an unknown stock too, and
    for a start, skip or copies that cannot be. No label at all makes a PDF of one empty page.
    """
    stock = stock_named(stock) if isinstance(stock, str) else stock
    placing = Placing(
        stock=stock, start=start, skip=skip, order=order, calibration=calibration or Calibration()
    )
    placing.check(copies)
    painter = Painter(style, profiles)
    sheet = _Sheet(PdfWriter(stream, title=title), placing, outlines)
    places = placing.boxes()
    page, box = next(places)
    noticed = Noticed()
    for position, label in enumerate(labels, start=1):
        for copy in range(copies):
            drawn = painter.draw(label, box, stock)
            if drawn.findings and copy == 0:
                noticed.take(position, label, drawn.findings)
            if not drawn.marks:  # it takes no place on the sheet
                break
            sheet.put(page, operators(drawn.marks))
            page, box = next(places)
    findings = noticed.finish(partial=partial)
    sheet.close(painter)
    return findings


class _Sheet:
    """The page that is being filled."""

    def __init__(self, writer: PdfWriter, placing: Placing, outlines: bool) -> None:
        self.writer = writer
        self.stock = placing.stock
        self.placing = placing
        self.outlines = outlines
        self.resources = writer.reserve()
        self.page = 0
        self.content: list[bytes] = []

    def put(self, page: int, content: bytes) -> None:
        """Take a label's content, writing the pages before the one it goes to."""
        while self.page < page:
            self._flush()
            self.page += 1
        self.content.append(content)

    def _flush(self) -> None:
        if self.outlines:
            self.content.append(self._outlines())
        width, height = self.stock.page_width * MM, self.stock.page_height * MM
        self.writer.add_page(b"".join(self.content), width, height, self.resources)
        self.content = []

    def _outlines(self) -> bytes:
        numbers = range(1, self.stock.count + 1)
        edges = [outline(self.placing.box(number), self.stock) for number in numbers]
        return b"q 0.25 w 0.6 G\n%bQ\n" % b"".join(edges)

    def close(self, painter: Painter) -> None:
        self._flush()
        fonts = [write_fonts(self.writer, shaper) for shaper in painter.shapers]
        self.writer.add(b"<< /Font << %b >> >>" % b" ".join(fonts), self.resources)
        self.writer.finish()

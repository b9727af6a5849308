"""Labels on their sheets as one PDF, written page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

from techproc.errors import LabelError
from techproc.findings import Finding, Severity
from techproc.labels.calibration import Calibration
from techproc.labels.embedding import write_fonts
from techproc.labels.items import Label
from techproc.labels.layout import Painter
from techproc.labels.marks import Box, operators, outline
from techproc.labels.pdf import MM, PdfWriter
from techproc.labels.profiles import Profile
from techproc.labels.stock import Stock, stock_named
from techproc.labels.style import LabelStyle

__all__ = ["render_sheet"]

_SHOWN = 10  # labels that an error names; the rest are counted


@dataclass(frozen=True, slots=True)
class _Cells:
    """The places that labels go to, page by page."""

    stock: Stock
    start: int
    skip: Collection[int]
    order: str

    def __iter__(self) -> Iterator[tuple[int, tuple[float, float]]]:
        page, number = 0, self.start
        while True:
            if number > self.stock.count:
                page, number = page + 1, 1
            if page or number not in self.skip:
                yield page, self.stock.place(number, self.order)
            number += 1


def render_sheet(
    labels: Iterable[Label],
    stock: Stock | str,
    stream: BinaryIO,
    *,
    style: LabelStyle | None = None,
    start: int = 1,
    skip: Collection[int] = (),
    copies: int = 1,
    order: Literal["rows", "columns"] = "rows",
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
    _check_job(stock, start, skip, copies)
    painter = Painter(style, profiles)
    writer = PdfWriter(stream, title=title)
    sheet = _Sheet(writer, stock, calibration or Calibration(), outlines)
    cells = iter(_Cells(stock, start, frozenset(skip), order))
    page, corner = next(cells)
    findings: list[Finding] = []
    failed = 0
    for position, label in enumerate(labels, start=1):
        for copy in range(copies):
            drawn = painter.draw(label, sheet.box_at(*corner), stock)
            if drawn.findings and copy == 0:
                findings += [replace(f, record=f.record or position) for f in drawn.findings]
            if drawn.failed:  # it takes no place on the sheet
                failed += 1
                break
            sheet.put(page, operators(drawn.marks))
            page, corner = next(cells)
    if failed and not partial:
        raise LabelError(_refusal(findings, failed))
    sheet.close(painter)
    return findings


def _check_job(stock: Stock, start: int, skip: Collection[int], copies: int) -> None:
    for finding in stock.check():
        if finding.severity is Severity.ERROR:
            raise LabelError(f"{finding.message}; {finding.fix}")
    if not 1 <= start <= stock.count:
        raise LabelError(f"there is no label {start} to start at: {stock.key} has {stock.count}")
    if len(set(skip)) >= stock.count:
        raise LabelError(f"all {stock.count} labels of the sheet are to be skipped")
    if beyond := sorted(n for n in skip if not 1 <= n <= stock.count):
        raise LabelError(f"there is no label {beyond[0]} to skip: {stock.key} has {stock.count}")
    if copies < 1:
        raise LabelError(f"{copies} copies cannot be printed")


def _refusal(findings: list[Finding], failed: int) -> str:
    errors = [str(f) for f in findings if f.severity is Severity.ERROR]
    more = f"\n… and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
    listed = "\n".join(errors[:_SHOWN])
    word = "label" if failed == 1 else "labels"
    return f"{failed} {word} cannot be printed, so none is:\n{listed}{more}"


class _Sheet:
    """The page that is being filled."""

    def __init__(
        self, writer: PdfWriter, stock: Stock, calibration: Calibration, outlines: bool
    ) -> None:
        self.writer = writer
        self.stock = stock
        self.calibration = calibration
        self.outlines = outlines
        self.resources = writer.reserve()
        self.page = 0
        self.content: list[bytes] = []

    def box_at(self, x: float, y: float) -> Box:
        """Return the box of the label whose upper left corner is to stand at (x, y) mm.

        A printer's turn and stretch move labels but do not turn or stretch what is on them: bars
        stay upright and on whole dots.
        """
        stock = self.stock
        half = stock.width / 2, stock.height / 2
        centre = self.calibration.aim(x + half[0], y + half[1])
        return Box(
            (centre[0] - half[0]) * MM,
            (stock.page_height - centre[1] - half[1]) * MM,
            stock.width * MM,
            stock.height * MM,
        )

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
        parts = [b"q 0.25 w 0.6 G\n"]
        for number in range(1, self.stock.count + 1):
            box = self.box_at(*self.stock.place(number))
            parts.append(outline(box, self.stock))
        parts.append(b"Q\n")
        return b"".join(parts)

    def close(self, painter: Painter) -> None:
        self._flush()
        fonts = [write_fonts(self.writer, shaper) for shaper in painter.shapers]
        self.writer.add(b"<< /Font << %b >> >>" % b" ".join(fonts), self.resources)
        self.writer.finish()

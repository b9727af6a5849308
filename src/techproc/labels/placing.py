"""Where labels go: which places of which sheets, in which order, and where on the paper each is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

from techproc.errors import LabelError
from techproc.findings import Severity
from techproc.labels.calibration import Calibration
from techproc.labels.marks import Box
from techproc.labels.pdf import MM
from techproc.labels.stock import Stock

__all__ = ["Order", "Placing"]

Order = Literal["rows", "columns"]
_TRUE = Calibration()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """The places of a job on its stock.

    The first sheet begins with label `start` and leaves out the numbers in `skip`; `order` fills
    rows or columns first; `calibration` is the printer's.
    """

    stock: Stock
    start: int = 1
    skip: Collection[int] = ()
    order: Order = "rows"
    calibration: Calibration = _TRUE

    def check(self, copies: int = 1) -> None:
        """Raise LabelError for a stock, start, skip or number of copies that cannot be."""
        stock, start, skip = self.stock, self.start, self.skip
        for finding in stock.check():
            if finding.severity is Severity.ERROR:
                raise LabelError(f"{finding.message}; {finding.fix}")
        if not 1 <= start <= stock.count:
            raise LabelError(
                f"there is no label {start} to start at: {stock.key} has {stock.count}"
            )
        if beyond := sorted(n for n in skip if not 1 <= n <= stock.count):
            raise LabelError(
                f"there is no label {beyond[0]} to skip: {stock.key} has {stock.count}"
            )
        if all(number in skip for number in range(start, stock.count + 1)):
            after = f" from {start} on" if start > 1 else ""
            raise LabelError(
                f"all {stock.count} labels of the sheet{after} are to be skipped; begin a new sheet"
            )
        if copies < 1:
            raise LabelError(f"{copies} copies cannot be printed")

    def boxes(self) -> Iterator[tuple[int, Box]]:
        """Yield page (from 0) and box of one place after the other, without end."""
        sheet = [(number, self.box(number)) for number in range(1, self.stock.count + 1)]
        for number, box in sheet:
            if number >= self.start and number not in self.skip:
                yield 0, box
        for page in count(1):
            for _, box in sheet:
                yield page, box

    def box(self, number: int) -> Box:
        """Return the box of label `number` of a page, counted in the order of filling.

        A printer's turn and stretch move labels but do not turn or stretch what is on them: bars
        stay upright and on whole dots.
        """
        stock = self.stock
        x, y = stock.place(number, self.order)
        half = stock.width / 2, stock.height / 2
        centre = self.calibration.aim(x + half[0], y + half[1])
        return Box(
            (centre[0] - half[0]) * MM,
            (stock.page_height - centre[1] - half[1]) * MM,
            stock.width * MM,
            stock.height * MM,
        )

"""What a printer does to a page, solved from a printed page that the user measures, and undone.

A printer shifts, stretches and turns what it prints by a little. From where the marks of the
calibration page really stand, `solve` finds offset, scale and skew; `Calibration.aim` gives the
place to print at so that the mark falls where it should.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from techproc.errors import LabelError

__all__ = ["Calibration", "marks", "solve"]

_INSET = 20.0  # mm from the page's edges to the marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A printer's offset (mm, right and down), scale (1 is true) and skew (degrees, clockwise)."""

    offset_x: float = 0.0
    offset_y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    skew: float = 0.0

    def lands(self, x: float, y: float) -> tuple[float, float]:
        """Return where the printer puts what is sent to (x, y), in mm from the upper left."""
        cos, sin = math.cos(math.radians(self.skew)), math.sin(math.radians(self.skew))
        x, y = x * self.scale_x, y * self.scale_y
        return self.offset_x + x * cos - y * sin, self.offset_y + x * sin + y * cos

    def aim(self, x: float, y: float) -> tuple[float, float]:
        """Return where to send what is to stand at (x, y): the inverse of `lands`.

        >>> Calibration(offset_x=1.0, scale_y=0.99).aim(11.0, 99.0)
        (10.0, 100.0)
        """
        if self == _TRUE:
            return x, y
        cos, sin = math.cos(math.radians(self.skew)), math.sin(math.radians(self.skew))
        x, y = x - self.offset_x, y - self.offset_y
        return (x * cos + y * sin) / self.scale_x, (y * cos - x * sin) / self.scale_y


_TRUE = Calibration()


def marks(page_width: float, page_height: float) -> tuple[tuple[float, float], ...]:
    """Return where the four crosses of the calibration page belong, in mm: A, B, C, D.

    A is at the upper left, B upper right, C lower left, D lower right.
    """
    right, bottom = page_width - _INSET, page_height - _INSET
    return ((_INSET, _INSET), (right, _INSET), (_INSET, bottom), (right, bottom))


def solve(
    page_width: float, page_height: float, measured: Sequence[tuple[float, float]]
) -> Calibration:
    """Return the calibration of a printer from where three or four of its marks stand.

    `measured` holds the distance of A, B, C (and D) from the page's left and upper edges in mm.
    Raises LabelError when fewer than three are given, or when one is over 10 mm out, which is a
    slip of the ruler or a page printed to fit.

    >>> solve(210, 297, [(21, 20), (191, 20), (21, 277)])
    Calibration(offset_x=1.0, offset_y=0.0, scale_x=1.0, scale_y=1.0, skew=0.0)
    """
    wanted = marks(page_width, page_height)
    if not 3 <= len(measured) <= 4:
        raise LabelError(f"{len(measured)} marks were measured; A, B and C are needed, D may be")
    for name, want, got in zip("ABCD", wanted, measured, strict=False):
        if max(abs(want[0] - got[0]), abs(want[1] - got[1])) > 10:
            raise LabelError(
                f"mark {name} at {got[0]:g}, {got[1]:g} mm is over 10 mm from {want[0]:g}, "
                f"{want[1]:g}; measure it again, and print at actual size"
            )
    import numpy as np  # noqa: PLC0415  only calibrating needs it

    rows = np.array([[x, y, 1.0] for x, y in wanted[: len(measured)]])
    target = np.array(measured, dtype=float)
    (a, d), (b, e), (tx, ty) = np.linalg.lstsq(rows, target, rcond=None)[0]
    # lands(x, y) = offset + turn · scale · (x, y); the two axes give the turn twice: the mean.
    skew = (math.atan2(d, a) + math.atan2(-b, e)) / 2
    return Calibration(
        offset_x=round(float(tx), 3),
        offset_y=round(float(ty), 3),
        scale_x=round(math.hypot(a, d), 5),
        scale_y=round(math.hypot(b, e), 5),
        skew=round(math.degrees(skew), 4) + 0.0,
    )

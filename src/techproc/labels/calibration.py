"""What a printer does to a page, solved from a printed page that the user measures, and undone.

A printer shifts, stretches and turns what it prints by a little. From where the marks of the
calibration page really stand, `solve` finds offset, scale and skew; `Calibration.aim` gives the
place to print at so that the mark falls where it should.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from techproc.config import name_hint, read_toml
from techproc.errors import ConfigError, LabelError

__all__ = ["Calibration", "as_toml", "load_calibration", "marks", "read_marks", "solve"]

_FARTHEST = 30.0  # mm that a printer may shift a page
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
        if not self.skew and self.scale_x == self.scale_y == 1.0:
            return x - self.offset_x, y - self.offset_y
        cos, sin = math.cos(math.radians(self.skew)), math.sin(math.radians(self.skew))
        x, y = x - self.offset_x, y - self.offset_y
        return (x * cos + y * sin) / self.scale_x, (y * cos - x * sin) / self.scale_y


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
        offset_x=round(float(tx), 3) + 0.0,
        offset_y=round(float(ty), 3) + 0.0,
        scale_x=round(math.hypot(a, d), 5),
        scale_y=round(math.hypot(b, e), 5),
        skew=round(math.degrees(skew), 4) + 0.0,
    )


def read_marks(texts: Iterable[str]) -> list[tuple[float, float]]:
    """Return measured marks from texts such as A=20.5,20.1, in the order A, B, C, D.

    Raises LabelError for one that is written otherwise, named twice or missing before another.

    >>> read_marks(["B=196,20", "A=20,20", "C=20,259.5"])
    [(20.0, 20.0), (196.0, 20.0), (20.0, 259.5)]
    """
    found: dict[str, tuple[float, float]] = {}
    for text in texts:
        name, _, place = text.partition("=")
        x, _, y = place.partition(",")
        name = name.strip().upper()
        try:
            measured = float(x), float(y)
            if not all(map(math.isfinite, measured)):
                raise ValueError
        except ValueError:
            raise LabelError(
                f"{text!r} is no mark; write NAME=X,Y in mm, such as A=20.5,20"
            ) from None
        if name not in ("A", "B", "C", "D") or name in found:
            raise LabelError(f"{text!r}: the marks are A, B, C and D, each once")
        found[name] = measured
    wanted = "ABCD"[: len(found)]
    if "".join(sorted(found)) != wanted:
        raise LabelError(f"the marks {', '.join(sorted(found))} were given; A, B and C are needed")
    return [found[name] for name in wanted]


def as_toml(calibration: Calibration) -> str:
    """Return a calibration as the TOML that `load_calibration` reads."""
    notes = {
        "offset_x": "mm that the printer shifts to the right",
        "offset_y": "mm that it shifts down",
        "scale_x": "how much it stretches across (1 is true)",
        "scale_y": "how much it stretches down",
        "skew": "degrees that it turns clockwise",
    }
    return "".join(
        f"{name} = {float(value)!r}  # {notes[name]}\n"
        for name, value in asdict(calibration).items()
    )


def load_calibration(path: str | Path) -> Calibration:
    """Return the calibration of a TOML file; raises ConfigError for a key or value that is none."""
    values = read_toml(path)
    known = {f.name for f in fields(Calibration)}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"{path}: unknown key {name}; {name_hint(name, sorted(known))}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ConfigError(f"{path}: {name} = {value!r} is not a number")
    found = Calibration(**values)
    near = abs(found.offset_x) < _FARTHEST and abs(found.offset_y) < _FARTHEST
    true = 0.9 < found.scale_x < 1.1 and 0.9 < found.scale_y < 1.1 and abs(found.skew) < 5
    if not (near and true):  # a value that is no number is neither
        raise ConfigError(f"{path}: no printer is that far out; measure the calibration page again")
    return found

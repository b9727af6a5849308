"""How labels look: type, margins, alignment, the measures of barcodes and of cards."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

__all__ = ["BarcodeStyle", "CardStyle", "LabelStyle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarcodeStyle:
    """The measures of a barcode, in millimetres.

    `x` is the width of the narrow bar, rounded to whole dots at `dpi`; 300 suits office printers,
    whose 600 and 1200 are multiples of it, and 203 most thermal printers. `ratio` is wide to narrow
    in Codabar, Code 39 and Interleaved 2 of 5. `quiet` is the least white on each side (None: ten
    modules, eleven for EAN-13; some library suppliers want 6.35 mm beside Codabar). `height` None
    fills the label, up to 13 mm.
    """

    symbology: str = "codabar"
    x: float = 0.25
    ratio: float = 2.5
    height: float | None = None
    quiet: float | None = None
    dpi: int = 300
    start: str = "A"
    stop: str = "B"
    text_size: float = 9.0
    caption_size: float = 7.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStyle:
    """How a catalogue card is set; sizes in points, lengths in millimetres.

    `indentions` are the three places where lines begin, from the card's left edge: those of a typed
    card, whose lines began at its ninth, thirteenth and fifteenth character, drawn closer for
    smaller type. `bottom` keeps type clear of the hole for the drawer's rod.
    """

    size: float = 9.0
    leading: float = 1.18
    indentions: tuple[float, float, float] = (22.0, 28.0, 32.0)
    left: float = 4.0
    right: float = 4.0
    top: float = 5.0
    bottom: float = 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStyle:
    """How the labels of a sheet look; sizes in points, lengths in millimetres.

    A spine label is set at `size`; one with long or many lines shrinks, but not below `floor`.
    """

    profile: str = "auto"
    size: float = 12.0
    floor: float = 7.0
    leading: float = 1.18
    align: Literal["left", "center"] = "left"
    valign: Literal["top", "middle"] = "middle"
    padding_x: float = 2.2
    padding_y: float = 1.5
    bold: bool = True
    fonts: tuple[Path, ...] = ()
    barcode: BarcodeStyle = field(default_factory=BarcodeStyle)
    card: CardStyle = field(default_factory=CardStyle)

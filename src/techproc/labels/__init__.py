"""Labels, printed right the first time: spines, barcodes, pockets, as PDF sheets and for rolls.

Plain items go in (`SpineLabel`, `BarcodeLabel`, `TextLabel`), a `Stock` says where they stand, and
`render_sheet` writes a PDF that is exact to a hundredth of a millimetre. Nothing here knows MARC.
"""

from techproc.labels.calibration import Calibration
from techproc.labels.items import BarcodeLabel, Label, SpineLabel, TextLabel
from techproc.labels.sheet import render_sheet
from techproc.labels.splitting import SplitLabel, split
from techproc.labels.stock import Stock, stock_named
from techproc.labels.style import BarcodeStyle, LabelStyle

__all__ = [
    "BarcodeLabel",
    "BarcodeStyle",
    "Calibration",
    "Label",
    "LabelStyle",
    "SpineLabel",
    "SplitLabel",
    "Stock",
    "TextLabel",
    "render_sheet",
    "split",
    "stock_named",
]

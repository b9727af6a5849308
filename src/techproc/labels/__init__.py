"""Labels, printed right the first time: spines, barcodes, pockets, cards, on sheets and rolls.

Plain items go in (`SpineLabel`, `BarcodeLabel`, `TextLabel`, `CatalogCard`), a `Stock` says where
they stand, and `render_sheet` writes a PDF that is exact to a hundredth of a millimetre. Nothing here knows MARC.
"""

from techproc.labels.calibration import Calibration
from techproc.labels.cards import card_faces
from techproc.labels.items import (
    BarcodeLabel,
    CatalogCard,
    Label,
    SpineLabel,
    TextLabel,
    Unprintable,
)
from techproc.labels.sheet import render_sheet
from techproc.labels.splitting import SplitLabel, split
from techproc.labels.stock import Stock, stock_named
from techproc.labels.style import BarcodeStyle, CardStyle, LabelStyle

__all__ = [
    "BarcodeLabel",
    "BarcodeStyle",
    "Calibration",
    "CardStyle",
    "CatalogCard",
    "Label",
    "LabelStyle",
    "SpineLabel",
    "SplitLabel",
    "Stock",
    "TextLabel",
    "Unprintable",
    "card_faces",
    "render_sheet",
    "split",
    "stock_named",
]

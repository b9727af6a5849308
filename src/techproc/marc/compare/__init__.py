"""Two loads of records side by side: aligned by identifier, compared by field."""

from techproc.marc.compare.alignment import Aligned, align
from techproc.marc.compare.loads import Compared, LoadComparison, compare_loads
from techproc.marc.compare.page import ComparisonPage
from techproc.marc.compare.shelf import Held, Shelf

__all__ = [
    "Aligned",
    "Compared",
    "ComparisonPage",
    "Held",
    "LoadComparison",
    "Shelf",
    "align",
    "compare_loads",
]

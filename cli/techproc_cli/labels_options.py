"""Options that the label commands share: where labels come from, type, bars, sheet."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = [
    "barcode_options",
    "card_options",
    "item_options",
    "kind_options",
    "new_number_options",
    "sheet_options",
    "type_options",
]

F = TypeVar("F", bound=Callable[..., Any])
_file = functools.partial(click.option, metavar="FILE", default=None)


def _option(*names: str, **settings: Any) -> Callable[[F], F]:
    """Return an option that shows its default, where that says anything."""
    return click.option(*names, show_default=settings.get("default") != "", **settings)


def _stack(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    def decorate(command: F) -> F:
        """Add the options to a command, in their order."""
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


item_options = _stack(
    _file("--marc", help="MARC records: their items."),
    _option(
        "--items",
        "item_profile",
        type=click.Choice(["koha", "evergreen", "plain"]),
        help="Local item fields to read.  [default: what the records have]",
    ),
    _option("--catalog", metavar="DB", help="The library's catalogue, for the following."),
    _file("--barcodes", help="Its items with the barcodes of a list, in its order; - is input."),
    _option(
        "--since", metavar="DAY", help="Its items acquired (or changed) since then: YYYY-MM-DD."
    ),
    _option(
        "--until", metavar="DAY", help="Its items acquired (or changed) until then: YYYY-MM-DD."
    ),
)
_field = _option("--field", default="", metavar="PATH", help="The number's field: 050$ab.")
_profile = _option("--profile", default="", help="Splitting profile.  [default: from the policy]")
kind_options = _stack(
    _field,
    _option(
        "--prefix-for",
        multiple=True,
        metavar="LOCATION=TEXT",
        help="Words above the number for a shelving location.",
    ),
    _option("--prefix", default="", help="Words above every number: REF."),
    _option("--suffix", default="", help="Words below every number."),
    _profile,
)
new_number_options = _stack(
    _option("--sequence", metavar="FIRST", help="New numbers from FIRST on, with Luhn digits."),
    _file("--ledger", help="New numbers from a range of this ledger (`labels ledger`)."),
    _option("--range", "range_name", metavar="NAME", help="Its range.  [default: items]"),
    _option("--count", type=click.IntRange(min=1), default=None, help="How many.  [default: 1]"),
    _option("--no-check-digit", is_flag=True, help="Count --sequence up without check digits."),
    _option("--caption", help="Line above the bars.  [default: from the policy]"),
)
type_options = _stack(
    _option(
        "--size",
        type=click.FloatRange(4, 72),
        default=12.0,
        help="Type size in points; long numbers are set smaller.",
    ),
    _option(
        "--floor",
        type=click.FloatRange(4, 72),
        help="Smallest type size.  [default: 7, or --size where that is less]",
    ),
    _option(
        "--align", type=click.Choice(["left", "center"]), default="left", help="Where lines stand."
    ),
    _option("--regular", is_flag=True, help="Regular instead of bold type."),
)
barcode_options = _stack(
    _option(
        "--symbology",
        type=click.Choice(["codabar", "code39", "code39mod43", "code128", "itf", "ean13", "qr"]),
        help="Kind of barcode.  [default: from the policy]",
    ),
    _option(
        "--x",
        "module",
        type=click.FloatRange(0.05, 2),
        default=0.25,
        help="Width of the narrow bar in mm, rounded to whole dots.",
    ),
    _option("--ratio", type=click.FloatRange(2, 3), default=2.5, help="Wide to narrow bars."),
    _option(
        "--height",
        type=click.FloatRange(2, 100),
        help="Height of the bars in mm.  [default: what the label has, to 13]",
    ),
    _option(
        "--quiet-zone",
        type=click.FloatRange(0, 30),
        help="White on each side in mm.  [default: 10 X]",
    ),
)


card_options = _stack(
    _option(
        "--cards",
        "kinds",
        default="main,title,added,subject,shelflist",
        metavar="KIND,…",
        help="Cards of the set to print.",
    ),
    _option(
        "--filing",
        type=click.Choice(["ala", "word", "record"]),
        default="ala",
        help="Order: ALA Filing Rules 1980, word by word, or each record's set together.",
    ),
    _option("--piles", is_flag=True, help="Fill sheets so that the cut stack's piles are filed."),
    _option("--every-thesaurus", is_flag=True, help="Subjects of all sources, not LCSH's alone."),
    _option("--lower-case", is_flag=True, help="Subject headings as written, not in capitals."),
    _option("--card-size", type=click.FloatRange(5, 14), default=9.0, help="Type size in points."),
    _field,
    _profile,
)


def sheet_options(section: str, *forms: str) -> Callable[[F], F]:
    """Return the options of a print job; `section` of the policy gives the stock by default."""
    return _stack(
        _option("--stock", help=f"Label stock; see `labels stocks`.  [default: {section}]"),
        _file("--stock-file", help="Further stock (TOML)."),
        _option("--glabels", metavar="FOLDER", help="Stock of an installed gLabels: its folder."),
        _file("--profiles", "profiles_file", help="Further splitting profiles (TOML)."),
        _option("--font", "fonts", multiple=True, metavar="FILE", help="A font to use first."),
        _option(
            "--start",
            type=click.IntRange(min=1),
            help="First label of the first sheet to print on.  [default: from the policy]",
        ),
        _option("--skip", default="", metavar="N,N…", help="Used labels of that sheet: 3,5-8."),
        _option("--copies", type=click.IntRange(min=1), default=1, help="Print each so often."),
        _option(
            "--order",
            type=click.Choice(["rows", "columns"]),
            default="rows",
            help="What fills first.",
        ),
        _file("--calibration", "calibration_file", help="The printer's (`labels calibrate`)."),
        _option("--outlines", is_flag=True, help="Draw the labels' edges, for a trial or to cut."),
        _option("--partial", is_flag=True, help="Print the rest when some cannot be printed."),
        _option(
            "--dpi",
            type=click.IntRange(72, 2400),
            default=300,
            help="Dots per inch of the printer: 203 for most thermal ones.",
        ),
        _option(
            "--format",
            "form",
            type=click.Choice(forms or ("pdf", "zpl", "csv", "png")),
            default="pdf",
            help="zpl for Zebra printers; csv for other programs; png for a look at the first sheet.",
        ),
        click.option(
            "-o",
            "--output",
            required=True,
            metavar="FILE",
            help="Write to FILE; - is standard output.",
        ),
    )

"""What the label commands share: options of sheet, type and bars, and the printing itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from techproc.files import atomic_output, explain_os_error
from techproc.findings import Finding, Severity
from techproc_cli.exits import EXIT_REJECTED

if TYPE_CHECKING:
    from techproc.config import BarcodeLabelPolicy, SpineLabelPolicy
    from techproc.labels import Label
    from techproc.labels.inputs import Kind
    from techproc.labels.profiles import Profile
    from techproc.labels.stock import Stock

__all__ = [
    "barcode_options",
    "binary_output",
    "emit_findings",
    "labels_from",
    "ledger_numbers",
    "new_numbers",
    "print_labels",
    "profiles_from",
    "records_of",
    "sheet_options",
    "stocks_from",
    "type_options",
]

F = TypeVar("F", bound=Callable[..., Any])


def _stack(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    def decorate(command: F) -> F:
        """Add the options to a command, in their order."""
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


type_options = _stack(
    click.option(
        "--size",
        type=click.FloatRange(4, 72),
        default=12.0,
        show_default=True,
        help="Type size in points; long numbers are set smaller.",
    ),
    click.option(
        "--floor",
        type=click.FloatRange(4, 72),
        default=7.0,
        show_default=True,
        help="Smallest type size.",
    ),
    click.option(
        "--align",
        type=click.Choice(["left", "center"]),
        default="left",
        show_default=True,
        help="Where lines stand on a label.",
    ),
    click.option("--regular", is_flag=True, help="Regular instead of bold type."),
    click.option(
        "--font",
        "fonts",
        multiple=True,
        metavar="FILE",
        help="A font file to use before the others.",
    ),
    click.option(
        "--profiles", "profiles_file", metavar="FILE", help="Further splitting profiles (TOML)."
    ),
)
barcode_options = _stack(
    click.option(
        "--symbology",
        type=click.Choice(["codabar", "code39", "code39mod43", "code128", "itf", "ean13", "qr"]),
        default=None,
        help="Kind of barcode.  [default: from the policy]",
    ),
    click.option(
        "--x",
        "module",
        type=click.FloatRange(0.05, 2),
        default=0.25,
        show_default=True,
        help="Width of the narrow bar in mm, rounded to whole dots.",
    ),
    click.option(
        "--ratio",
        type=click.FloatRange(2, 3),
        default=2.5,
        show_default=True,
        help="Wide to narrow bars.",
    ),
    click.option(
        "--height",
        type=click.FloatRange(2, 100),
        default=None,
        help="Height of the bars in mm.  [default: what the label has, to 13]",
    ),
    click.option(
        "--quiet-zone",
        type=click.FloatRange(0, 30),
        default=None,
        help="White on each side in mm.  [default: 10 X]",
    ),
    click.option(
        "--dpi",
        type=click.IntRange(72, 2400),
        default=300,
        show_default=True,
        help="Dots per inch of the printer: 203 for most thermal ones.",
    ),
)


def sheet_options(kind: str) -> Callable[[F], F]:
    """Return the options of a print job; `kind` names the section of the policy in their help."""
    return _stack(
        click.option(
            "--stock",
            default=None,
            help=f"Label stock; `labels stocks` lists them.  [default: {kind}.stock of the policy]",
        ),
        click.option("--stock-file", metavar="FILE", help="Further stock (TOML)."),
        click.option(
            "--glabels",
            metavar="FOLDER",
            help="Stock of an installed gLabels, by its template folder.",
        ),
        click.option(
            "--start",
            type=click.IntRange(min=1),
            default=None,
            help="First label of the first sheet to print on.  [default: from the policy]",
        ),
        click.option(
            "--skip",
            default="",
            metavar="N,N…",
            help="Labels of the first sheet that are used already: 3,5-8.",
        ),
        click.option(
            "--copies",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Print each label so often.",
        ),
        click.option(
            "--order",
            type=click.Choice(["rows", "columns"]),
            default="rows",
            show_default=True,
            help="What fills first.",
        ),
        click.option(
            "--calibration",
            "calibration_file",
            metavar="FILE",
            help="The printer's calibration (TOML of `labels calibrate`).",
        ),
        click.option(
            "--outlines", is_flag=True, help="Draw the labels' edges, for a trial on plain paper."
        ),
        click.option(
            "--partial", is_flag=True, help="Print the rest when some labels cannot be printed."
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice(["pdf", "zpl", "csv", "png"]),
            default="pdf",
            show_default=True,
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


def labels_from(source: str, kind: Kind) -> Iterator[Label]:
    """Yield the labels of a file or of standard input."""
    from techproc.errors import InputError  # noqa: PLC0415
    from techproc.labels.inputs import decode_list, read_labels  # noqa: PLC0415

    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise InputError(explain_os_error(source, error)) from error
    name = "standard input" if source == "-" else source
    yield from read_labels(decode_list(data, name), kind, name=name)


def records_of(path: str) -> Iterator[Any]:
    """Yield the records of a MARC file; a damaged one is said on standard error."""
    from techproc.marc import Loaded, read  # noqa: PLC0415

    for found in read(path):
        if isinstance(found, Loaded):
            yield found.record
        else:
            click.echo(str(found.finding), err=True)


def profiles_from(path: str | None) -> Mapping[str, Profile] | None:
    """Return the profiles of a file with the package's, or None for the package's alone."""
    if not path:
        return None
    from techproc.labels.profiles import load_profiles  # noqa: PLC0415

    return load_profiles(path)


def stocks_from(stock_file: str | None, glabels: str | None) -> dict[str, Stock]:
    """Return the stock that is known, with that of a file and of an installed gLabels."""
    from techproc.labels.stock import builtin_stock, load_stock  # noqa: PLC0415

    known = load_stock(stock_file) if stock_file else dict(builtin_stock())
    if glabels:
        from techproc.labels.glabels import read_glabels  # noqa: PLC0415

        stocks, findings = read_glabels(glabels)
        emit_findings(findings)
        known = {**stocks, **known}
    return known


def new_numbers(
    first: str, count: int, catalog: str | None, *, check_digit: bool = True
) -> list[str]:
    """Return numbers counted up from `first`; refused when an item of the catalogue has one."""
    from techproc.errors import LabelError  # noqa: PLC0415
    from techproc.labels.sequence import numbers  # noqa: PLC0415

    found = list(numbers(first, count, check_digit=check_digit))
    taken = _taken(catalog)
    if used := [number for number in found if taken(number)]:
        raise LabelError(
            f"{used[0]} is on an item of {catalog} already ({len(used)} of {count} are); "
            "begin at another number, or use a ledger, which passes over them"
        )
    return found


def ledger_numbers(
    path: str, name: str, count: int, catalog: str | None
) -> tuple[list[str], Callable[[], None]]:
    """Return the next numbers of a ledger's range, and what writes the ledger after them."""
    from techproc.errors import LabelError  # noqa: PLC0415
    from techproc.labels.sequence import read_ledger, write_ledger  # noqa: PLC0415

    ranges = read_ledger(path)
    if name not in ranges:
        raise LabelError(f"{path}: no range is called {name}; it has {', '.join(ranges)}")
    found, after = ranges[name].take(count, _taken(catalog))
    return found, lambda: write_ledger(path, {**ranges, name: after})


def _taken(catalog: str | None) -> Callable[[str], bool]:
    if not catalog:
        return lambda number: False
    from techproc.catalog import Catalog  # noqa: PLC0415

    opened = Catalog(catalog)
    return lambda number: bool(opened.by_barcode(number))


def print_labels(
    wanted: Iterable[Label],
    policy: SpineLabelPolicy | BarcodeLabelPolicy,
    *,
    output: str,
    force: bool,
    stock: str | None,
    stock_file: str | None,
    glabels: str | None,
    start: int | None,
    form: str,
    calibration_file: str | None,
    skip: str,
    profile: str = "",
    profiles_file: str | None = None,
    **options: Any,
) -> None:
    """Print labels to a file and leave with the exit code for what was found."""
    from techproc.labels import calibration as solving  # noqa: PLC0415
    from techproc.labels.stock import stock_named  # noqa: PLC0415

    style = _style(policy, profile, options)
    job = {
        "start": policy.start if start is None else start,
        "skip": _numbers(skip),
        "calibration": solving.load_calibration(calibration_file) if calibration_file else None,
        "profiles": profiles_from(profiles_file),
        **{key: options[key] for key in ("copies", "order", "outlines", "partial")},
    }
    sheet = stock_named(stock or policy.stock, stocks_from(stock_file, glabels))
    with binary_output(output, force=force) as stream:
        findings = _render(form, wanted, sheet, stream, style=style, job=job)
    if emit_findings(findings):
        raise click.exceptions.Exit(EXIT_REJECTED)


def _render(
    form: str,
    wanted: Iterable[Label],
    sheet: Stock,
    stream: Any,
    *,
    style: Any,
    job: dict[str, Any],
) -> list[Finding]:
    if form == "pdf":
        from techproc.labels import render_sheet  # noqa: PLC0415

        return render_sheet(wanted, sheet, stream, style=style, **job)
    if form == "zpl":
        from techproc.labels.zpl import render_zpl  # noqa: PLC0415

        keys: tuple[str, ...] = ("copies", "partial", "profiles")
        return render_zpl(wanted, sheet, stream, style=style, **{k: job[k] for k in keys})
    if form == "png":
        from techproc.labels.preview import render_preview  # noqa: PLC0415

        keys = ("start", "skip", "order", "partial", "profiles")
        return render_preview(wanted, sheet, stream, style=style, **{k: job[k] for k in keys})
    from techproc.labels.table import render_csv  # noqa: PLC0415

    keys = ("partial", "profiles", "copies")
    return render_csv(wanted, stream, style=style, **{key: job[key] for key in keys})


def _style(
    policy: SpineLabelPolicy | BarcodeLabelPolicy, profile: str, options: Mapping[str, Any]
) -> Any:
    from techproc.labels import BarcodeStyle, LabelStyle  # noqa: PLC0415

    bars = {}
    if "module" in options:
        bars = {
            "symbology": options["symbology"] or getattr(policy, "symbology", "codabar"),
            "x": options["module"],
            "ratio": options["ratio"],
            "height": options["height"],
            "quiet": options["quiet_zone"],
            "dpi": options["dpi"],
        }
    look: dict[str, Any] = {"barcode": BarcodeStyle(**bars)}
    if "size" in options:
        look |= {
            "size": options["size"],
            "floor": min(options["floor"], options["size"]),
            "align": options["align"],
            "bold": not options["regular"],
            "fonts": tuple(Path(font) for font in options["fonts"]),
        }
    return LabelStyle(profile=profile or "auto", **look)


def _numbers(text: str) -> frozenset[int]:
    """Return the numbers of a list such as 3,5-8."""
    found: set[int] = set()
    for piece in filter(None, text.replace(" ", "").split(",")):
        first, _, last = piece.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise click.UsageError(f"--skip {text}: write numbers and ranges, such as 3,5-8")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def emit_findings(findings: Iterable[Finding]) -> bool:
    """Say findings on standard error; return True when an error is among them."""
    failed = False
    for finding in findings:
        click.echo(str(finding), err=True)
        failed |= finding.severity is Severity.ERROR
    return failed


@contextmanager
def binary_output(output: str, *, force: bool) -> Iterator[BinaryIO]:
    """Yield a file that is whole or not there, or standard output for -."""
    if output == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with atomic_output(output, force=force) as stream:
            yield stream

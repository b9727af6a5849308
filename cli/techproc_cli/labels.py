"""`techproc labels`."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from techproc_cli.labels_job import (
    barcode_options,
    binary_output,
    emit_findings,
    labels_from,
    print_labels,
    profiles_from,
    sheet_options,
    type_options,
)
from techproc_cli.options import (
    config_option,
    emit_json,
    force_option,
    json_option,
    output_option,
    read_policy,
)

if TYPE_CHECKING:
    from techproc.labels import Label

__all__ = ["labels"]


@click.group()
def labels() -> None:
    """Print spine, barcode and pocket labels, exact to the stock, and split call numbers.

    \b
    Example:
      techproc labels spine "QH541.15.C6 C25 2012" --stock avery-5160 -o spines.pdf
    """


@labels.command()
@click.argument("call_numbers", nargs=-1, metavar="[CALLNUMBER]...")
@click.option(
    "--from", "source", metavar="FILE", help="A list or CSV of call numbers; - is standard input."
)
@click.option("--marc", metavar="FILE", help="MARC records; a label for each of their items.")
@click.option(
    "--items",
    type=click.Choice(["koha", "evergreen", "plain"]),
    help="Local item fields to read.  [default: what the records have]",
)
@click.option(
    "--field", default="", metavar="PATH", help="Read the number from this field, such as 050$ab."
)
@click.option(
    "--prefix-for",
    multiple=True,
    metavar="LOCATION=TEXT",
    help="Words above the number for a shelving location.",
)
@click.option("--prefix", default="", help="Words above every number: REF.")
@click.option("--suffix", default="", help="Words below every number.")
@click.option("--profile", default="", help="Splitting profile.  [default: from the policy]")
@type_options
@sheet_options("spine")
@config_option
@force_option
def spine(
    *,
    call_numbers: tuple[str, ...],
    source: str | None,
    marc: str | None,
    items: Any,
    field: str,
    prefix_for: tuple[str, ...],
    prefix: str,
    suffix: str,
    profile: str,
    config_file: str | None,
    **options: Any,
) -> None:
    """Print spine labels for call numbers, a list or CSV of them, or the items of MARC records.

    A number that does not fit is set smaller, then broken again, then refused; nothing is cut.

    \b
    Example:
      techproc labels spine "QH541.15.C6 C25 2012" "R220.3 H2793Z c.2" -o spines.pdf
      techproc labels spine --marc finished.mrc --start 7 -o spines.pdf
    """
    from dataclasses import replace  # noqa: PLC0415

    from techproc.labels import SpineLabel  # noqa: PLC0415

    policy = read_policy(config_file).spine
    found: Iterator[Label] = labels_from(source, "spine") if source else iter(())
    typed = (SpineLabel(call_number=number) for number in call_numbers)
    wanted: Iterable[Any] = itertools.chain(typed, found)
    if marc:
        from techproc.report.labelitems import spine_labels  # noqa: PLC0415
        from techproc_cli.labels_job import records_of  # noqa: PLC0415

        pairs = dict(_pair(text) for text in prefix_for)
        wanted = itertools.chain(
            wanted, spine_labels(records_of(marc), profile=items, field=field, prefixes=pairs)
        )
    elif items or field or prefix_for:
        raise click.UsageError("--items, --field and --prefix-for go with --marc")
    if not (call_numbers or source or marc):
        raise click.UsageError("give call numbers, --from FILE or --marc FILE")
    if prefix or suffix:
        wanted = (
            replace(label, prefix=label.prefix or prefix, suffix=label.suffix or suffix)
            if isinstance(label, SpineLabel)
            else label
            for label in wanted
        )
    print_labels(wanted, policy, profile=profile or policy.profile, **options)


@labels.command()
@click.argument("values", nargs=-1, metavar="[BARCODE]...")
@click.option(
    "--from", "source", metavar="FILE", help="A list or CSV of barcodes; - is standard input."
)
@click.option("--marc", metavar="FILE", help="MARC records; a label for each item with a barcode.")
@click.option(
    "--items",
    type=click.Choice(["koha", "evergreen", "plain"]),
    help="Local item fields to read.  [default: what the records have]",
)
@click.option(
    "--sequence", metavar="FIRST", help="New numbers from FIRST on, each with its Luhn digit."
)
@click.option(
    "--ledger", metavar="FILE", help="Take new numbers from a range of this ledger (JSON)."
)
@click.option(
    "--range", "range_name", default="items", show_default=True, help="Range of the ledger."
)
@click.option(
    "--catalog", metavar="DB", help="Pass over numbers that items of this catalogue have."
)
@click.option(
    "--count",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many new numbers.",
)
@click.option("--no-check-digit", is_flag=True, help="Count --sequence up without check digits.")
@click.option("--caption", default=None, help="Line above the bars.  [default: from the policy]")
@barcode_options
@sheet_options("barcode")
@config_option
@force_option
def barcode(
    *,
    values: tuple[str, ...],
    source: str | None,
    marc: str | None,
    items: Any,
    sequence: str | None,
    ledger: str | None,
    range_name: str,
    catalog: str | None,
    count: int,
    no_check_digit: bool,
    caption: str | None,
    config_file: str | None,
    **options: Any,
) -> None:
    """Print barcode labels: given numbers, a list of them, or new ones in sequence.

    Bars stand on whole dots of the printer; a label that is too narrow is refused with the width
    that is needed.

    \b
    Example:
      techproc labels barcode --sequence 31234000000016 --count 60 -o barcodes.pdf
      techproc labels barcode 31234000000016 --symbology code39 --x 0.19 -o one.pdf
    """
    from dataclasses import replace  # noqa: PLC0415

    from techproc.labels import BarcodeLabel  # noqa: PLC0415
    from techproc_cli import labels_job  # noqa: PLC0415

    policy = read_policy(config_file).barcode
    if (no_check_digit or count > 1) and not (sequence or ledger):
        raise click.UsageError("--count and --no-check-digit go with --sequence or --ledger")
    if not (values or source or marc or sequence or ledger):
        raise click.UsageError("give barcodes, --from, --marc, --sequence or --ledger")
    new: Iterable[str] = ()
    if sequence:
        new = labels_job.new_numbers(sequence, count, catalog, check_digit=not no_check_digit)
    after = None
    if ledger:
        taken, after = labels_job.ledger_numbers(ledger, range_name, count, catalog)
        new = itertools.chain(new, taken)
    wanted: Iterable[Any] = itertools.chain(
        (BarcodeLabel(value=value) for value in itertools.chain(values, new)),
        labels_from(source, "barcode") if source else (),
    )
    if marc:
        from techproc.report.labelitems import barcode_labels  # noqa: PLC0415

        wanted = itertools.chain(wanted, barcode_labels(labels_job.records_of(marc), profile=items))
    line = policy.caption if caption is None else caption
    if line:
        wanted = (
            replace(label, caption=label.caption or line)
            if isinstance(label, BarcodeLabel)
            else label
            for label in wanted
        )
    print_labels(wanted, policy, **options)
    if after is not None:
        after()  # the ledger moves on only when the labels are written


@labels.command()
@click.argument("source", metavar="FILE")
@click.option("--profile", default="", help="Splitting profile.  [default: from the policy]")
@type_options
@barcode_options
@sheet_options("spine")
@config_option
@force_option
def sheet(*, source: str, profile: str, config_file: str | None, **options: Any) -> None:
    """Print a CSV whose rows are spine, barcode and text labels mixed, in its order.

    The column `kind` says what a row is; `techproc labels sheet - < file.csv` reads a pipe.

    \b
    Example:
      techproc labels sheet labels.csv --stock avery-l7160 -o labels.pdf
    """
    policy = read_policy(config_file)
    options["symbology"] = options["symbology"] or policy.barcode.symbology
    print_labels(
        labels_from(source, "spine"),
        policy.spine,
        profile=profile or policy.spine.profile,
        **options,
    )


@labels.command()
@click.argument("call_numbers", nargs=-1, metavar="CALLNUMBER...")
@click.option(
    "--profile", default="auto", show_default=True, help="Splitting profile; --list shows them."
)
@click.option("--profiles", "profiles_file", metavar="FILE", help="Further profiles (TOML).")
@click.option("--prefix", default="", help="Words above the number.")
@click.option("--suffix", default="", help="Words below the number.")
@click.option("--width", type=click.IntRange(min=1), help="Characters a line may have.")
@click.option("--lines", type=click.IntRange(min=1), help="Lines the label may have.")
@click.option("--list", "list_profiles", is_flag=True, help="List the profiles and stop.")
@json_option
def split(
    *,
    call_numbers: tuple[str, ...],
    profile: str,
    profiles_file: str | None,
    prefix: str,
    suffix: str,
    width: int | None,
    lines: int | None,
    list_profiles: bool,
    as_json: bool,
) -> None:
    """Print the lines that call numbers break into, one a line; an empty line between numbers.

    \b
    Example:
      techproc labels split "QH541.15.C6 C25 2012" --profile lc
    """
    from techproc.labels import splitting  # noqa: PLC0415
    from techproc.labels.profiles import builtin_profiles  # noqa: PLC0415

    known = profiles_from(profiles_file)
    if list_profiles:
        for entry in (builtin_profiles() if known is None else known).values():
            click.echo(f"{entry.name:18}{entry.description}")
        return
    if not call_numbers:
        raise click.UsageError("give a call number, or - to read one a line from standard input")
    if call_numbers == ("-",):
        call_numbers = tuple([line.rstrip("\r\n") for line in sys.stdin if line.strip()])
    failed = False
    for at, number in enumerate(call_numbers):
        found = splitting.split(
            number,
            profile,
            prefix=prefix,
            suffix=suffix,
            max_width=width,
            max_lines=lines,
            profiles=known,
        )
        failed |= emit_findings(found.findings)
        if as_json:
            emit_json(
                [
                    {
                        "call_number": number,
                        "lines": list(found.lines),
                        "hidden": [{"offset": o, "text": t} for o, t in found.hidden],
                        "findings": [finding.as_json() for finding in found.findings],
                    }
                ]
            )
        else:
            click.echo(("\n" if at else "") + "\n".join(found.lines))
    if failed:
        raise click.exceptions.Exit(1)


@labels.command()
@click.option(
    "--page",
    type=click.Choice(["letter", "a4"]),
    default="letter",
    show_default=True,
    help="Paper.",
)
@click.option(
    "--mark",
    "measured",
    multiple=True,
    metavar="NAME=X,Y",
    help="Where mark A, B, C or D stands, in mm from the left and upper edge.",
)
@click.option(
    "--calibration",
    "calibration_file",
    metavar="FILE",
    help="Aim the crosses by this calibration, to check it.",
)
@output_option
@force_option
def calibrate(
    *,
    page: str,
    measured: tuple[str, ...],
    calibration_file: str | None,
    output: str,
    force: bool,
) -> None:
    """Print the calibration page, or solve a printer's offset, scale and skew from its marks.

    Without --mark a PDF page is written; with three or four marks the calibration (TOML) is.

    \b
    Example:
      techproc labels calibrate --page letter -o page.pdf
      techproc labels calibrate --mark A=20.5,20 --mark B=196.3,20 --mark C=20.5,259.4 > mine.toml
    """
    from techproc.labels import calibration as solving  # noqa: PLC0415
    from techproc.labels.trial import render_calibration_page  # noqa: PLC0415

    width, height = {"letter": (215.9, 279.4), "a4": (210.0, 297.0)}[page]
    if measured:
        found = solving.solve(width, height, solving.read_marks(measured))
        with binary_output(output, force=force) as stream:
            stream.write(solving.as_toml(found).encode("utf-8"))
        return
    aimed = solving.load_calibration(calibration_file) if calibration_file else None
    with binary_output(output, force=force) as stream:
        render_calibration_page(stream, width, height, calibration=aimed)


@labels.command()
@click.argument("keys", nargs=-1, metavar="[STOCK]...")
@click.option("--stock-file", metavar="FILE", help="Further stock (TOML).")
@click.option(
    "--glabels", metavar="FOLDER", help="Stock of an installed gLabels, by its template folder."
)
@click.option(
    "-o", "--output", default=None, metavar="FILE", help="Draw the stock's outlines as a PDF."
)
@force_option
@json_option
def stocks(
    *,
    keys: tuple[str, ...],
    stock_file: str | None,
    glabels: str | None,
    output: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """List the sheets and rolls that are known, or draw their outlines to hold against a sheet.

    \b
    Example:
      techproc labels stocks
      techproc labels stocks avery-5160 -o outlines.pdf
    """
    from techproc.labels.stock import stock_named  # noqa: PLC0415
    from techproc_cli.labels_job import stocks_from  # noqa: PLC0415

    known = stocks_from(stock_file, glabels)
    chosen = [stock_named(key, known) for key in keys] if keys else list(known.values())
    if output is not None:
        from techproc.labels.trial import render_stock  # noqa: PLC0415

        with binary_output(output, force=force) as stream:
            render_stock(chosen, stream)
    elif as_json:
        from techproc.labels.stock import as_json as stock_json  # noqa: PLC0415

        emit_json(stock_json(stock) for stock in chosen)
    else:
        for stock in chosen:
            size = f"{stock.width:g} × {stock.height:g} mm"
            grid = "roll" if stock.kind == "roll" else f"{stock.columns} × {stock.rows}"
            click.echo(f"{stock.key:20}{size:22}{grid:9}{stock.confidence:8}{stock.description}")


def _pair(text: str) -> tuple[str, str]:
    location, equals, prefix = text.partition("=")
    if not equals:
        raise click.UsageError(f"--prefix-for {text}: write LOCATION=TEXT")
    return location, prefix

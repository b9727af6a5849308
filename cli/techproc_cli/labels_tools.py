"""`techproc labels split`, `calibrate`, `stocks` and `ledger`: what is done before printing."""

from __future__ import annotations

import click

from techproc_cli.labels_job import binary_output, emit_findings, profiles_from, stocks_from
from techproc_cli.labels_sources import read_list
from techproc_cli.options import emit_json, force_option, json_option, output_option

__all__ = ["calibrate", "ledger", "split", "stocks"]


@click.command()
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
        call_numbers = tuple([line for line in read_list("-").splitlines() if line.strip()])
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


@click.command()
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


@click.command()
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


@click.command()
@click.argument("file", metavar="LEDGER")
@click.option(
    "--add",
    "added",
    metavar="NAME=FIRST-LAST",
    help="Add a range: 13 digits each, without the check digit.",
)
@json_option
def ledger(*, file: str, added: str | None, as_json: bool) -> None:
    """Show the ranges of barcode numbers of a ledger and what is left of them, or add one.

    A ledger says which numbers an institution has given out; `labels barcode --ledger` takes the
    next. It is made with its first range.

    \b
    Example:
      techproc labels ledger ledger.json --add items=3123400000001-3123400999999
      techproc labels ledger ledger.json
    """
    from techproc.labels import sequence  # noqa: PLC0415

    if added:
        name, _, numbers = added.partition("=")
        first, dash, last = numbers.partition("-")
        if not (name and dash):
            raise click.UsageError(f"--add {added}: write NAME=FIRST-LAST")
        ranges = sequence.add_range(file, name, first, last)
    else:
        ranges = sequence.read_ledger(file)
    if as_json:
        emit_json(
            {"name": name, "first": r.first, "last": r.last, "next": r.next, "left": r.left}
            for name, r in ranges.items()
        )
        return
    for name, values in ranges.items():
        click.echo(f"{name:20}{values.first}–{values.last}  {values.left} left, next {values.next}")

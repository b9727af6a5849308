"""`marc count` and `marc view`."""

from __future__ import annotations

import sys
from itertools import islice

import click

from techproc.marc import Loaded
from techproc.marc._jsonrecord import render_record
from techproc.marc.census import Census, take_census
from techproc.marc.control import control_number
from techproc.marc.fixed import code_name, view_fixed
from techproc.marc.linkage import vernacular_order
from techproc.marc.mrk import render
from techproc.marc.where import Where
from techproc_cli.marc_inputs import Inputs, input_options
from techproc_cli.options import emit_json, force_option, json_option

__all__ = ["count", "view"]


@click.command()
@input_options
@json_option
@force_option
def count(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    as_json: bool,
    force: bool,
) -> None:
    """Count records, rejects, encodings and types.

    \b
    Example:
      techproc marc count tests/fixtures/forms/sample.mrc --json
    """
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        census = take_census(inputs.everything())
        if as_json:
            emit_json([census.as_json()])
        else:
            _print_census(census)
        inputs.finish()


def _print_census(census: Census) -> None:
    click.echo(f"{census.read:>9} read")
    click.echo(f"{census.rejected:>9} rejected")
    for rule, number in census.by_reason.most_common():
        click.echo(f"{number:>9}   {rule}")
    for encoding, number in census.encodings.most_common():
        click.echo(f"{number:>9} in {encoding}")
    for code, number in census.types.most_common():
        click.echo(f"{number:>9} of type {code} ({code_name('LDR/06', code) or 'not defined'})")


@click.command()
@input_options
@click.option("--where", metavar="CONDITION", help="Only records for which CONDITION holds.")
@click.option(
    "--record", "number", type=click.IntRange(1), help="Only record number N of its file."
)
@click.option("-n", "--limit", type=click.IntRange(1), help="At most N records.")
@click.option("--vernacular", is_flag=True, help="Each 880 under the field that it belongs to.")
@click.option("--fixed", is_flag=True, help="Leader, 006, 007 and 008 by position, with meanings.")
@click.option("--json", "as_json", is_flag=True, help="One MARC-in-JSON object a line.")
@force_option
def view(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    where: str | None,
    number: int | None,
    limit: int | None,
    vernacular: bool,
    fixed: bool,
    as_json: bool,
    force: bool,
) -> None:
    """Show records as text: coloured on a terminal, .mrk in a pipe.

    \b
    Example:
      techproc marc view tests/fixtures/forms/sample.mrc --where 880 -n 1 --vernacular
    """
    condition = Where.parse(where) if where else None
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        shown = (
            item
            for item in inputs.records()
            if (number is None or item.number == number)
            and (condition is None or condition.matches(item.record))
        )
        for item in islice(shown, limit):
            if fixed:
                _show_fixed(item)
            else:
                _show(item, vernacular=vernacular, as_json=as_json)
        inputs.finish()


def _show_fixed(item: Loaded) -> None:
    click.echo(f"record {item.number} {control_number(item.record)}".rstrip())
    for value in view_fixed(item.record):
        if value.value.strip() or value.meaning:
            meaning = "not defined" if value.meaning is None else value.meaning
            obsolete = " (obsolete)" if value.obsolete else ""
            shown = value.value.replace(" ", "#")
            click.echo(
                f"  {value.path:<10} {shown:<6} {value.name}: {meaning}{obsolete}".rstrip(": ")
            )


def _show(item: Loaded, *, vernacular: bool, as_json: bool) -> None:
    if vernacular:
        item.record.fields = vernacular_order(item.record)
    if as_json:
        click.echo(render_record(item.record).encode() + b"\n", nl=False)
    elif sys.stdout.isatty():
        # Late, because rich takes long to import and a pipe has no use for it.
        from techproc_cli.marc_colours import print_record  # noqa: PLC0415

        print_record(item.record)
    else:
        click.echo(render(item.record).encode() + b"\n", nl=False)

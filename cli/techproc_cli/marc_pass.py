"""`marc convert`, `filter`, `split`, `join` and `sample`: records in, the same records out."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Literal

import click

from techproc.marc import Loaded, selection
from techproc.marc.path import FieldPath
from techproc.marc.where import Where
from techproc.marc.writing import LateOutput, ReadBack, oversize_path
from techproc_cli.marc_inputs import (
    Inputs,
    Reporter,
    form_for,
    input_options,
    output_stream,
    to_option,
)
from techproc_cli.options import force_option, output_option

__all__ = ["convert", "filter_records", "join", "sample", "split"]

lossy_option = click.option(
    "--lossy", is_flag=True, help="Go on where the form cannot carry all; each loss is reported."
)


def _pass_on(
    inputs: Inputs,
    items: Iterable[Loaded],
    output: str,
    form: str | None,
    *,
    force: bool,
    encoding: Literal["utf-8", "marc-8", "keep"] = "keep",
    unencodable: Literal["ncr", "refuse"] = "ncr",
    oversize: Literal["refuse", "split", "marcxml"] = "refuse",
    lossy: bool = False,
    read_back: bool = False,
) -> None:
    """Write records to the output in the form that is asked for, and say how many."""
    waiting = iter(items)
    first = next(waiting, None)  # so that the form they are read in is known
    chosen = form_for(form, output, inputs.form)
    reporter = Reporter()
    check = ReadBack(chosen, encoding) if read_back else None
    with output_stream(output, force=force) as stream, ExitStack() as stack:
        aside = None
        if oversize == "marcxml" and chosen == "iso2709":
            aside = LateOutput(stack, oversize_path(output), force=force)
        passing = selection.Passing(
            stream, chosen, encoding=encoding, unencodable=unencodable, oversize=oversize,
            aside=aside, lossy=lossy, check=check,
        )  # fmt: skip
        for item in chain([first] if first else [], waiting):
            reporter.add(passing.write(item))
        passing.close()
        inputs.spare(output)
        if check is not None:
            stream.flush()
            check.compare(stream.name, output)
    reporter.finish()
    click.echo(f"{passing.records} of {inputs.read} written as {chosen}", err=True)
    inputs.finish()


@click.command()
@input_options
@output_option
@to_option
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "marc-8", "keep"]),
    default="utf-8",
    show_default=True,
    help="Of ISO 2709; keep leaves each record as it is.",
)
@click.option(
    "--unencodable",
    type=click.Choice(["ncr", "refuse"]),
    default="ncr",
    show_default=True,
    help="What MARC-8 lacks: as &#x…; or refused.",
)
@click.option(
    "--oversize",
    type=click.Choice(["refuse", "split", "marcxml"]),
    default="refuse",
    show_default=True,
    help="Records or fields too long for ISO 2709: refused, divided between subfields where that "
    "is sound, or written to -o's name with .oversize.xml.",
)
@click.option(
    "--read-back", is_flag=True, help="Read the file and compare before it is put in place."
)
@lossy_option
@force_option
def convert(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    output: str,
    form: str | None,
    encoding: Literal["utf-8", "marc-8", "keep"],
    unencodable: Literal["ncr", "refuse"],
    oversize: Literal["refuse", "split", "marcxml"],
    read_back: bool,
    lossy: bool,
    force: bool,
) -> None:
    """Write records in another form or encoding.

    A record that the form cannot carry whole stops the work with exit code 5 and no output, unless
    --lossy is given.

    \b
    Example:
      techproc marc convert tests/fixtures/forms/sample.mrc --to mrk
    """
    if output == "-" and (read_back or oversize == "marcxml"):
        raise click.UsageError("--read-back and --oversize marcxml need a file: -o FILE")
    if read_back and (lossy or oversize == "split"):
        raise click.UsageError("what is lost or split does not read back; leave out --read-back")
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        _pass_on(
            inputs, inputs.records(), output, form, force=force, encoding=encoding,
            unencodable=unencodable, oversize=oversize, lossy=lossy, read_back=read_back,
        )  # fmt: skip


@click.command("filter")
@input_options
@click.option("--where", required=True, metavar="CONDITION", help="Which records; see field paths.")
@click.option("-v", "--invert", is_flag=True, help="The records for which it does not hold.")
@output_option
@to_option
@lossy_option
@force_option
def filter_records(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    where: str,
    invert: bool,
    output: str,
    form: str | None,
    lossy: bool,
    force: bool,
) -> None:
    """Keep the records for which a condition holds.

    \b
    Example:
      techproc marc filter tests/fixtures/forms/sample.mrc --where 'not 245$h' --to mrk
    """
    condition = Where.parse(where)
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        chosen = selection.select(inputs.records(), condition, invert=invert)
        _pass_on(inputs, chosen, output, form, force=force, lossy=lossy)


@click.command()
@input_options
@output_option
@to_option
@lossy_option
@force_option
def join(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    output: str,
    form: str | None,
    lossy: bool,
    force: bool,
) -> None:
    """Put the records of several files into one, in the order given.

    \b
    Example:
      techproc marc join tests/fixtures/forms/sample.mrc tests/fixtures/forms/sample.mrc --to ndjson
    """
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        _pass_on(inputs, inputs.records(), output, form, force=force, lossy=lossy)


@click.command()
@input_options
@click.option("-n", "--size", type=click.IntRange(1), required=True, help="How many records.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same records.")
@output_option
@to_option
@lossy_option
@force_option
def sample(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    size: int,
    seed: int,
    output: str,
    form: str | None,
    lossy: bool,
    force: bool,
) -> None:
    """Draw records at random, repeatably; they keep their order.

    \b
    Example:
      techproc marc sample tests/fixtures/forms/sample.mrc -n 2 --seed 7 --to mrk
    """
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        drawn = selection.sample(inputs.records(), size, seed)
        _pass_on(inputs, drawn, output, form, force=force, lossy=lossy)


@click.command()
@input_options
@click.option("--every", type=click.IntRange(1), metavar="N", help="N records to a file.")
@click.option("--by", "path", metavar="PATH", help="A file for each value of a field path.")
@click.option(
    "--out",
    "directory",
    required=True,
    metavar="DIR",
    help="Directory for the files; made if absent.",
)
@click.option("--name", help="How their names begin.  [default: the input's name]")
@to_option
@force_option
def split(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    every: int | None,
    path: str | None,
    directory: str,
    name: str | None,
    form: str | None,
    force: bool,
) -> None:
    """Divide records over several files, and print their names and counts.

    \b
    Example:
      techproc marc split tests/fixtures/forms/sample.mrc --by 008/35-37 --out by-language
    """
    if (every is None) == (path is None):
        raise click.UsageError("--every N or --by PATH is needed, and not both")
    by = FieldPath.parse(path) if path else None
    Path(directory).mkdir(parents=True, exist_ok=True)
    stem = Path(directory) / (
        name or ("records" if files[0] == "-" else Path(files[0]).name.split(".")[0])
    )
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        waiting = inputs.records()
        first = next(waiting, None)
        items = chain([first] if first else [], waiting)
        chosen = form_for(form, "-", inputs.form)
        if by is not None:
            made = selection.split_by(items, by, stem, chosen, force=force)
        else:
            made = selection.split_every(items, every or 1, stem, chosen, force=force)
        for target, records in made:
            click.echo(f"{records}\t{target}")
        inputs.finish()

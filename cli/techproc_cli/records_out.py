"""Records that were found: shown as a table, or written to a file or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import BinaryIO

import click
from pymarc import Record

from techproc.errors import NotEncodable, RecordTooLarge
from techproc.files import atomic_output
from techproc.marc import RecordWriter

__all__ = ["form_option", "print_table", "write_records"]

form_option = click.option(
    "--to",
    "form",
    default="iso2709",
    metavar="FORM",
    help="Form of the records (iso2709, marcxml, json, …).",
)


def write_records(named: Iterable[tuple[str, Record]], output: str, form: str, force: bool) -> int:
    """Write records, each told of by its name; return how many could not be written so."""
    unwritten = 0
    with ExitStack() as stack:
        stream: BinaryIO = sys.stdout.buffer
        if output != "-":
            stream = stack.enter_context(atomic_output(output, force=force))
        writer = stack.enter_context(RecordWriter(stream, form))
        for name, record in named:
            try:
                for finding in writer.write(record):
                    click.echo(str(finding.at(file=name)), err=True)
            except (RecordTooLarge, NotEncodable) as error:
                unwritten += 1
                click.echo(f"{name}: not written: {error}", err=True)
    if output == "-":
        sys.stdout.buffer.flush()
    return unwritten


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows as a table that fits the terminal; a column named "Points" holds numbers."""
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold", justify="right" if name == "Points" else "left")
    for row in rows:
        table.add_row(*map(Text, row))  # as text: a title may hold what rich takes for markup
    Console().print(table)

"""Records that were found, written to a file or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from typing import BinaryIO

import click
from pymarc import Record

from techproc.errors import NotEncodable, RecordTooLarge
from techproc.files import atomic_output
from techproc.marc import RecordWriter

__all__ = ["form_option", "write_records"]

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

"""`marc table`: records to a spreadsheet, changed cells back, and records out of a table."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import BinaryIO

import click

from techproc.errors import DataLossRefused
from techproc.files import atomic_output
from techproc.marc import Loaded, RecordWriter, selection
from techproc.marc.arrow import write_subfields
from techproc.marc.patch import RecordPatch, content_of, patch_between
from techproc.marc.patchfile import end_line, header_line, patch_line
from techproc.marc.path import FieldPath
from techproc.marc.sheets import kind_of, read_rows, row_writer
from techproc.marc.tables import (
    FIELD_COLUMNS,
    Change,
    apply_change,
    changes,
    field_rows,
    path_columns,
    path_rows,
    records_from,
)
from techproc_cli.exits import EXIT_FINDINGS, EXIT_REJECTED
from techproc_cli.groups import CommandGroup
from techproc_cli.marc_inputs import (
    Inputs,
    Reporter,
    form_for,
    input_options,
    output_stream,
    to_option,
)
from techproc_cli.options import emit_json, force_option, json_option, output_option

__all__ = ["table"]

_USUAL = ("020$a", "100$a", "245$a", "245$b", "260$b", "264$b", "008/07-10", "008/35-37")


@click.group(cls=CommandGroup)
def table() -> None:
    """Records to a spreadsheet, and changed cells back.

    \b
    Example:
      techproc marc table export tests/fixtures/forms/sample.mrc -c '020$a' -c '245$a'
    """


@table.command()
@input_options
@click.option(
    "-c", "--column", "columns", multiple=True, metavar="PATH", help="A field path; repeat."
)
@click.option(
    "--layout",
    type=click.Choice(["paths", "fields", "subfields"]),
    default="paths",
    show_default=True,
    help="A row a record with chosen paths; a row a field with all there is; a row a subfield, "
    "for analysis (ISO 2709 to Parquet, fast).",
)
@click.option("--plain", is_flag=True, help="CSV as other programs like it, not guarded for Excel.")
@output_option
@force_option
def export(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    columns: tuple[str, ...],
    layout: str,
    plain: bool,
    output: str,
    force: bool,
) -> None:
    """Write records as a table: CSV, XLSX or Parquet, by the name given to -o.

    \b
    Example:
      techproc marc table export tests/fixtures/forms/sample.mrc -c '245$a' -o titles.xlsx
    """
    if layout != "paths" and columns:
        raise click.UsageError(f"--layout {layout} takes no columns: it has all of the record")
    if layout != "fields" and len(files) > 1:
        raise click.UsageError("one FILE, so that rows find their records; join them first")
    if layout == "subfields":
        inputs = Inputs(files, source_form, assume, rejects, force=force)
        _export_subfields(files[0], inputs, output, force=force)
        return
    paths = [FieldPath.parse(text) for text in columns or _USUAL]
    header = path_columns(paths) if layout == "paths" else list(FIELD_COLUMNS)
    kind = "csv" if output == "-" else kind_of(output)
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        items = _renumbered(inputs) if layout == "fields" else inputs.records()
        rows = path_rows(items, paths) if layout == "paths" else field_rows(items)
        count = 0
        with (
            _table_stream(output, force=force) as stream,
            row_writer(kind, stream, header, guarded=not plain) as writer,
        ):
            for row in rows:
                writer.write(row)
                count += 1
        click.echo(f"{count} rows of {inputs.read} records", err=True)
        inputs.finish()


def _export_subfields(file: str, inputs: Inputs, output: str, *, force: bool) -> None:
    """Write every subfield of one file as Parquet, without a Python object per record."""
    if inputs.instructed or output == "-" or kind_of(output) != "parquet":
        raise click.UsageError(
            "--layout subfields goes from ISO 2709, as it is, to a .parquet file named by -o; "
            "marc convert makes ISO 2709 of any form"
        )
    with inputs, atomic_output(output, force=force) as stream:
        threads = os.cpu_count() or 1
        rows = write_subfields(file, stream, threads=threads, tell=inputs.scanned)
    click.echo(f"{rows} rows of {inputs.read} records", err=True)
    inputs.finish()


def _renumbered(inputs: Inputs) -> Iterator[Loaded]:
    """Yield the records of several files numbered through."""
    for number, item in enumerate(inputs.records(), 1):
        yield replace(item, number=number)


def _table_stream(output: str, *, force: bool) -> AbstractContextManager[BinaryIO]:
    """Return the stream for a table; CSV may go to a terminal."""
    if output == "-":
        return nullcontext(sys.stdout.buffer)
    return atomic_output(output, force=force)


@table.command("apply")
@click.argument("sheet", metavar="TABLE")
@input_options
@output_option
@to_option
@click.option("--dry-run", is_flag=True, help="Show the changes; write nothing.")
@click.option("--partial", is_flag=True, help="Apply what can be applied, though not all can.")
@click.option(
    "--patch", metavar="FILE", help="Write the changes as a patch too, for marc patch to use."
)
@json_option
@force_option
def apply_table(
    *,
    sheet: str,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    output: str,
    form: str | None,
    dry_run: bool,
    partial: bool,
    patch: str | None,
    as_json: bool,
    force: bool,
) -> None:
    """Apply the changed cells of TABLE to the records of FILE, the file that it was made from.

    The changes are shown (--dry-run: only shown). When one of them cannot be applied, nothing is
    written and the exit code is 5, unless --partial is given.

    \b
    Example:
      techproc marc table apply titles.xlsx tests/fixtures/forms/sample.mrc --dry-run
    """
    reporter = Reporter()
    against = changed = 0
    shown_on_error = output == "-" and not dry_run
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        pairs = changes(inputs.records(), read_rows(sheet), file=sheet)
        first = next(pairs, None)
        with (
            _output(output, dry_run=dry_run, whole=not partial, force=force) as stream,
            _patch_writer(patch, inputs.form or "iso2709", force=force) as write_patch,
        ):
            passing = selection.Passing(stream, form_for(form, output, inputs.form), lossy=False)
            while first is not None:
                item, found, problems = first
                against += len(problems)
                reporter.add(problems)
                before = content_of(item.record) if patch and found else None
                for change in found:
                    _show_change(change, as_json=as_json, on_error=shown_on_error)
                    if patch or not dry_run:
                        apply_change(item.record, change)
                if before is not None:
                    write_patch(patch_between(item.number, before, content_of(item.record)))
                changed += bool(found)
                if not dry_run:
                    reporter.add(passing.write(item, changed=bool(found)))
                first = next(pairs, None)
            passing.close()
            reporter.finish()
            if against and not dry_run and not partial:
                raise DataLossRefused(
                    f"{against} of the changes cannot be applied; nothing was written. "
                    "Correct them, or --partial applies the others"
                )
            if not dry_run:
                inputs.spare(output)
        did = "would change" if dry_run else "changed"
        click.echo(f"{changed} of {inputs.read} records {did}", err=True)
        inputs.finish()
    if against:
        click.get_current_context().exit(EXIT_FINDINGS)


@contextmanager
def _patch_writer(
    path: str | None, form: str, *, force: bool
) -> Iterator[Callable[[RecordPatch], None]]:
    """Yield what writes the patch of a record to a file that appears whole; or does nothing."""
    if path is None:
        yield lambda made: None
        return
    count = 0
    with atomic_output(path, force=force) as stream:
        stream.write(header_line("marc table apply", form))

        def write(made: RecordPatch) -> None:
            nonlocal count
            count += 1
            stream.write(patch_line(made))

        yield write
        stream.write(end_line(count, None, None))


@contextmanager
def _output(output: str, *, dry_run: bool, whole: bool, force: bool) -> Iterator[BinaryIO]:
    """Yield the stream to write to; `whole`: standard output too gets all or, after an error, nothing."""
    if dry_run:
        yield io.BytesIO()
        return
    with output_stream(output, force=force) as stream:
        if output != "-" or not whole:
            yield stream
            return
        with tempfile.TemporaryFile() as made:
            yield made
            made.seek(0)
            shutil.copyfileobj(made, stream)


def _show_change(change: Change, *, as_json: bool, on_error: bool) -> None:
    if as_json and not on_error:
        emit_json([change.as_json()])
        return
    for before, after in zip(change.before, change.after, strict=True):
        if before != after:
            where = f"record {change.record} ({change.control}) {change.path}"
            click.echo(f"{where}\n- {before}\n+ {after}", err=on_error)


@table.command("import")
@click.argument("sheet", metavar="TABLE")
@output_option
@to_option
@force_option
def import_table(*, sheet: str, output: str, form: str | None, force: bool) -> None:
    """Make records of a table of the fields layout.

    \b
    Example:
      techproc marc table import fields.csv -o records.mrc
    """
    reporter = Reporter()
    rejected = 0
    with (
        output_stream(output, force=force) as stream,
        RecordWriter(stream, form_for(form, output, None)) as writer,
    ):
        for _, record, noticed in records_from(read_rows(sheet), file=sheet):
            reporter.add(noticed)
            if record is None:
                rejected += 1
            else:
                reporter.add(writer.write(record))
    reporter.finish()
    click.echo(f"{writer.records} records written, {rejected} rejected", err=True)
    if rejected:
        click.get_current_context().exit(EXIT_REJECTED)

"""`marc patch`: what was done to records, shown, applied and reversed."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import ExitStack
from typing import BinaryIO, cast

import click

from techproc.errors import DataLossRefused
from techproc.marc.fielddiff import Alike, FieldChange, RecordDiff
from techproc.marc.patch import Operation, Patcher, RecordPatch, reverse
from techproc.marc.patchfile import (
    Marker,
    PatchFile,
    end_line,
    header_line,
    patch_line,
    restore,
)
from techproc.marc.selection import Passing
from techproc.marc.source import open_sources
from techproc_cli.exits import EXIT_FINDINGS
from techproc_cli.groups import CommandGroup
from techproc_cli.marc_inputs import Inputs, Reporter, form_for, output_stream, to_option
from techproc_cli.options import emit_json, force_option, json_option, output_option

__all__ = ["patch", "show_patch"]


def _where(operation: Operation) -> tuple[int, bool]:
    """Return where an operation is shown: what goes, before what comes in its place."""
    place = operation.to if operation.at is None else operation.at
    return -1 if place is None else place, operation.before is None


def show_patch(made: RecordPatch, *, as_json: bool) -> None:
    """Print what a patch does to its record: a line a field, before and after."""
    if as_json:
        emit_json([made.as_json()])
        return
    from techproc_cli.marc_colours import print_changes  # noqa: PLC0415 (rich takes long)

    control = f" ({made.control})" if made.control else ""
    click.echo(f"record {made.record}{control}")
    changes = [
        FieldChange(
            "new" if o.before is None else "gone" if o.after is None else "changed",
            o.tag, o.before, o.after, o.at, o.to, Alike.CONTENT,
        )
        for o in sorted(made.operations, key=_where)
    ]  # fmt: skip
    print_changes(RecordDiff(tuple(changes)))


@click.group(cls=CommandGroup)
def patch() -> None:
    """Show, apply and reverse patches: what `marc edit` and `marc table apply` did to records.

    \b
    Example:
      techproc marc patch show edited.mrc.undo.jsonl.gz
    """


@patch.command()
@click.argument("file", metavar="PATCH")
@click.option("-n", "--limit", type=click.IntRange(1), help="At most N records.")
@json_option
def show(*, file: str, limit: int | None, as_json: bool) -> None:
    """Show what PATCH does, record by record.

    \b
    Example:
      techproc marc patch show edited.mrc.undo.jsonl.gz -n 3
    """
    opened = PatchFile(file)
    for number, made in enumerate(opened.patches(), 1):
        if limit is not None and number > limit:
            click.echo(f"… {opened.records - limit} more", err=True)
            break
        show_patch(made, as_json=as_json)
    click.echo(f"{opened.records} records, made by {opened.made_by}", err=True)


@patch.command("reverse")
@click.argument("file", metavar="PATCH")
@output_option
@force_option
def reverse_patch(*, file: str, output: str, force: bool) -> None:
    """Write the patch that undoes PATCH, record by record.

    \b
    Example:
      techproc marc patch reverse edited.mrc.undo.jsonl.gz -o redo.jsonl
    """
    opened = PatchFile(file)
    with output_stream(output, force=force) as stream:
        stream.write(header_line(f"{opened.made_by}, reversed", opened.form))
        for made in opened.patches():
            stream.write(patch_line(reverse(made)))
        stream.write(end_line(opened.records, None, None))


@patch.command()
@click.argument("file", metavar="PATCH")
@click.argument("records", metavar="RECORDS")
@output_option
@to_option
@click.option("--partial", is_flag=True, help="Apply what can be applied, though not all can.")
@force_option
def apply(
    *, file: str, records: str, output: str, form: str | None, partial: bool, force: bool
) -> None:
    """Apply PATCH to the file RECORDS.

    A patch that undoes an edit gives the file before it back byte for byte, when RECORDS is what
    the edit wrote. To any other file it is applied record by record: each that is what the patch
    expects. When there are some that are not, nothing is written and the exit code is 5, unless
    --partial is given.

    \b
    Example:
      techproc marc patch apply edited.mrc.undo.jsonl.gz edited.mrc -o before.mrc
    """
    opened = PatchFile(file)
    with ExitStack() as stack:
        source = records if records != "-" else _spooled(stack)
        if form is None and opened.applies_to is not None and _is_meant(opened, source):
            with open_sources(source) as inputs:
                stream = stack.enter_context(output_stream(output, force=force))
                changed = restore(opened, cast(BinaryIO, next(inputs)), stream)
            click.echo(f"{changed} records changed; every byte is as it was", err=True)
            return
        _apply_by_record(opened, source, output, form, partial=partial, force=force)


def _spooled(stack: ExitStack) -> str:
    """Return the name of a file with what standard input gives: it is read twice."""
    spool = tempfile.NamedTemporaryFile()  # noqa: SIM115 - closed by the stack
    stack.callback(spool.close)
    shutil.copyfileobj(sys.stdin.buffer, spool)
    spool.flush()
    return spool.name


def _is_meant(opened: PatchFile, source: str) -> bool:
    """Say whether a file is, to the byte, the one that a patch was made for."""
    mark = Marker()
    with open_sources(source) as inputs:
        for plain in inputs:
            while block := plain.read(1 << 20):
                mark.add(block)
    return mark.mark() == opened.applies_to


def _apply_by_record(
    opened: PatchFile, source: str, output: str, form: str | None, *, partial: bool, force: bool
) -> None:
    patcher = Patcher(opened.patches())
    reporter = Reporter()
    with Inputs((source,), None, None, None) as inputs, tempfile.TemporaryFile() as made:
        # Whether all can be applied is known in the end, and standard output cannot be taken back.
        passing: Passing | None = None
        for item in inputs.records():
            passing = passing or Passing(made, form_for(form, output, inputs.form))
            applied = patcher.apply(item.record)
            reporter.add(passing.write(item, changed=applied is not None))
        if passing is not None:
            passing.close()
        left = list(patcher.unused())
        reporter.add(left)
        if left and not partial:
            raise DataLossRefused(
                f"{len(left)} of {opened.records} patches found no record that is what they "
                "expect; nothing was written. --partial applies the others"
            )
        made.seek(0)
        with output_stream(output, force=force) as stream:
            shutil.copyfileobj(made, stream)
        reporter.finish()
        click.echo(f"{patcher.applied} of {inputs.read} records changed", err=True)
        inputs.finish()
    if left:
        click.get_current_context().exit(EXIT_FINDINGS)

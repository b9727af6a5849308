"""`techproc process`: the main job."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any

import click

from techproc.process import Progress, RunReport, process
from techproc_cli.exits import EXIT_REJECTED, EXIT_UNAVAILABLE
from techproc_cli.marc_inputs import Reporter
from techproc_cli.options import (
    config_option,
    emit_json,
    force_option,
    json_option,
    quiet_option,
    read_policy,
)
from techproc_cli.progress import progress_bar

__all__ = ["command"]


@click.command(name="process")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--out", "folder", required=True, metavar="DIR", help="Put the outputs here.")
@click.option(
    "--catalog",
    metavar="FILE",
    help="The library's catalogue: `catalog import` makes one; a MARC file will do.",
)
@click.option(
    "--source",
    "source_files",
    multiple=True,
    metavar="FILE",
    help="Copy from this MARC file; repeatable.",
)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="KEY",
    help="Ask this SRU target (see `sources list`); repeatable.",
)
@click.option("--openlibrary", is_flag=True, help="Ask Open Library too.")
@click.option("--offline", is_flag=True, help="Never touch the network.")
@config_option
@force_option
@json_option
@quiet_option
def command(
    inputs: tuple[str, ...],
    folder: str,
    catalog: str | None,
    source_files: tuple[str, ...],
    targets: tuple[str, ...],
    openlibrary: bool,
    offline: bool,
    config_file: str | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Catalogue what arrives: records to load and labels to stick, in one go.

    INPUT is a list of ISBNs (.csv, .tsv, .txt; the first line names the columns) or a MARC file in
    any form; - is MARC on standard input. Every arrival ends in records.mrc, in review.mrc with the
    reason, as a copy of a record that is there, or in rejects; the totals add up. report.html is
    the page to work from. Started again after an interruption, the run goes on where it was.

    \b
    Example:
      techproc process trolley.csv vendor.mrc --catalog catalogue.mrc \\
        --source copy-source.mrc --out out/
    """
    gc.set_threshold(50_000, 20, 20)  # a run makes many small values and few cycles
    policy = read_policy(config_file)
    asked = policy.sources
    policy = replace(
        policy,
        sources=replace(
            asked,
            offline=offline or asked.offline,
            openlibrary=openlibrary or asked.openlibrary,
            targets=targets or asked.targets,
        ),
    )
    with progress_bar(quiet=quiet) as show:
        report = process(
            inputs,
            folder,
            policy=policy,
            catalog=catalog,
            source_files=source_files,
            force=force,
            progress=lambda progress: show(progress.done, progress.total, _counts(progress)),
        )
    if as_json:
        emit_json([_as_json(report)])
    elif not quiet:
        _print(report)
    if report.unavailable:
        click.get_current_context().exit(EXIT_UNAVAILABLE)
    if report.tally.rejected:
        click.get_current_context().exit(EXIT_REJECTED)


def _counts(progress: Progress) -> str:
    tally = progress.tally
    return f"{tally.written} written, {tally.review} review, {tally.merged} copies, {tally.rejected} rejected"


def _as_json(report: RunReport) -> dict[str, Any]:
    totals = report.tally.as_json()
    del totals["skipped"]
    return {
        "totals": totals,
        "records": report.records,
        "matches": report.matches,
        "unavailable": report.unavailable,
        "findings": [finding.as_json() for finding in report.findings],
        "report": str(report.folder / "report.html"),
    }


def _print(report: RunReport) -> None:
    t = report.tally
    click.echo(
        f"read {t.read} = written {t.written} + review {t.review} "
        f"+ merged as copies {t.merged} + rejected {t.rejected}"
    )
    reporter = Reporter()
    reporter.add(report.findings)
    reporter.finish()
    click.echo(f"{report.records} records in {report.folder / 'records.mrc'}")
    click.echo(f"what needs a person first: {report.folder / 'report.html'}")

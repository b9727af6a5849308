"""`classify headings`: subject headings held against vocabularies and use."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import click

from techproc.classify.headings import (
    HeadingChecker,
    Vocabulary,
    build_vocabulary,
    headings_of,
    open_vocabulary,
)
from techproc.errors import MissingExtra
from techproc.findings import Severity
from techproc_cli import classify_headings_suggest
from techproc_cli.classify_headings_suggest import folder_option, index_folder
from techproc_cli.exits import leave_for_findings
from techproc_cli.groups import CommandGroup
from techproc_cli.marc_inputs import Inputs, input_options
from techproc_cli.options import emit_json, fail_on_option, force_option, json_option

__all__ = ["headings"]

_VOCABULARIES = ("lcsh", "fast")


@click.group(cls=CommandGroup)
def headings() -> None:
    """Check subject headings against LCSH and FAST, suggest them; offline.

    \b
    Example:
      techproc classify headings check examples/vendor.mrc
    """


for _command in (
    classify_headings_suggest.suggest,
    classify_headings_suggest.train,
    classify_headings_suggest.evaluate,
):
    headings.add_command(_command)


@headings.command()
@click.argument("vocabulary", type=str)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@folder_option
def index(*, vocabulary: str, files: tuple[str, ...], indexes: str | None) -> None:
    """Build the index of a vocabulary: lcsh, fast, or one of your own.

    Without files it is built from the installed package (extras `lcsh`, `fast`). Files are its
    wheel, CSV or JSON lines with id and subject, or MARC authority records, whose 4XX tell which
    forms are not used. The name is the code that $2 has; "lcsh" is second indicator 0.

    \b
    Example:
      techproc classify headings index local headings.csv
    """
    folder = index_folder(indexes)
    count = build_vocabulary(vocabulary.lower(), folder, files)
    click.echo(f"{count} headings of {vocabulary.lower()} indexed in {folder}", err=True)


@headings.command()
@input_options
@click.option(
    "--vocabulary",
    "names",
    multiple=True,
    metavar="CODE",
    help="Check against this one (lcsh, fast, or an index of your own); repeat. Without it, "
    "against those that are there.",
)
@folder_option
@fail_on_option
@json_option
@force_option
def check(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    names: tuple[str, ...],
    indexes: str | None,
    fail_on: str,
    as_json: bool,
    force: bool,
) -> None:
    """Check 6XX: main headings, subdivisions, places, indicators, $2 and $0.

    What is wrong is printed with the right form where there is a near one; nothing is changed.
    Names, jurisdictions and titles are in no vocabulary that is free, so only what follows them is
    checked.

    \b
    Example:
      techproc classify headings check examples/vendor.mrc --fail-on never
    """  # fmt: skip
    rules: Counter[str] = Counter()
    severities: Counter[Severity] = Counter()
    seen = 0
    with ExitStack() as stack:
        checker = HeadingChecker(_vocabularies(stack, names, index_folder(indexes)))
        inputs = stack.enter_context(Inputs(files, source_form, assume, rejects, force=force))
        for item in inputs.records():
            seen += len(headings_of(item.record))
            for finding in checker.check(item.record):
                rules[finding.rule] += 1
                severities[finding.severity] += 1
                placed = finding.at(record=item.number)
                if as_json:
                    emit_json([placed.as_json()])
                else:
                    click.echo(str(placed))
        summary = {
            "read": inputs.read, "rejected": inputs.rejected, "headings": seen,
            "vocabularies": sorted(checker.vocabularies), "rules": dict(rules.most_common()),
        }  # fmt: skip
        if as_json:
            emit_json([{"summary": summary}])
        told = ", ".join(f"{count} {rule}" for rule, count in rules.most_common()) or "nothing"
        click.echo(f"{seen} headings of {inputs.read} records: {told} found", err=True)
        inputs.finish()
    leave_for_findings(severities, fail_on)


def _vocabularies(stack: ExitStack, names: tuple[str, ...], folder: Path) -> dict[str, Vocabulary]:
    """Open the vocabularies named, or those that can be had; say which are not."""
    found: dict[str, Vocabulary] = {}
    for name in names or _VOCABULARIES:
        try:
            found[name.lower()] = stack.enter_context(open_vocabulary(name.lower(), folder))
        except MissingExtra as error:
            if names:
                raise
            click.echo(f"not checked against {name}: {error}", err=True)
    return found

"""`marc edit` and `marc recipes`: records edited by recipe, shown first if asked, undone if wished."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, cast

import click

from techproc.config import name_hint
from techproc.errors import ConfigError
from techproc.files import atomic_output
from techproc.findings import Finding, Severity
from techproc.marc import Quarantined
from techproc.marc.edit import Recipe, load_recipe, shipped_recipes, transformations
from techproc.marc.edit.run import EditReport, edit_file
from techproc.marc.patch import RecordPatch, reverse
from techproc.workers import usual_jobs
from techproc_cli.exits import EXIT_REJECTED, leave_for_findings
from techproc_cli.marc_inputs import (
    ASSUMED,
    FORMS,
    Reporter,
    form_for,
    jobs_option,
    output_stream,
    refuse_loss,
    to_option,
)
from techproc_cli.options import (
    emit_json,
    fail_on_option,
    force_option,
    json_option,
    output_option,
    quiet_option,
)

__all__ = ["edit", "recipes"]


class _Told:
    """Prints what is told of a file while it is edited, and keeps what is no record."""

    def __init__(
        self, kept: BinaryIO | None, *, show: bool, as_json: bool, limit: int | None
    ) -> None:
        self._kept = kept
        self._show = show
        self._as_json = as_json
        self._limit = limit
        self._shown = 0
        self._reporter = Reporter()
        self.severities: Counter[Severity] = Counter()

    def changed(self, undo: RecordPatch) -> None:
        """Show a change, up to the limit."""
        self._shown += 1
        if self._show and (self._limit is None or self._shown <= self._limit):
            from techproc_cli.marc_patch import show_patch  # noqa: PLC0415 (rich takes long)

            show_patch(reverse(undo), as_json=self._as_json)

    def found(self, findings: Iterable[Finding]) -> None:
        """Report findings."""
        findings = list(findings)
        self.severities.update(finding.severity for finding in findings)
        self._reporter.add(findings)

    def rejected(self, item: Quarantined) -> None:
        """Report bytes that are no record, and keep them."""
        self._reporter.add([item.finding])
        if self._kept is not None:
            self._kept.write(item.raw)

    def finish(self) -> None:
        """Say what was not listed."""
        self._reporter.finish()
        if self._show and self._limit is not None and self._shown > self._limit:
            click.echo(f"… {self._shown - self._limit} more changed records not shown", err=True)


def _settings(given: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            raise click.UsageError(f"--set {item}: write --set name=value")
        values[name.strip()] = value
    return values


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--recipe", "name", required=True, metavar="R", help="A shipped recipe's name, or a .toml file."
)
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A recipe's parameter.")
@output_option
@click.option(
    "--undo", metavar="FILE", help="The patch that undoes it; by default OUTPUT.undo.jsonl.gz."
)
@click.option("--no-undo", is_flag=True, help="Write no patch that undoes it.")
@click.option("--dry-run", is_flag=True, help="Show the changes; write nothing.")
@click.option(
    "-n", "--limit", type=click.IntRange(0), help="With --dry-run: show at most N changed records."
)
@click.option("--rejects", metavar="FILE", help="Keep the bytes that are no record in FILE.")
@click.option("--from", "source_form", type=click.Choice(FORMS), help="Form of the input.")
@to_option
@click.option("--assume", type=click.Choice(ASSUMED), help="Encoding, whatever it looks like.")
@jobs_option
@click.option("--once", is_flag=True, help="Do not check that a second run would change nothing.")
@fail_on_option
@json_option
@quiet_option
@force_option
def edit(
    *,
    file: str,
    name: str,
    given: tuple[str, ...],
    output: str,
    undo: str | None,
    no_undo: bool,
    dry_run: bool,
    limit: int | None,
    rejects: str | None,
    source_form: str | None,
    form: str | None,
    assume: str | None,
    jobs: int | None,
    once: bool,
    fail_on: str,
    as_json: bool,
    quiet: bool,
    force: bool,
) -> None:
    """Edit the records of FILE by a recipe; write a patch that undoes it.

    What no step touches keeps its bytes. `techproc marc patch apply` with the patch and the output
    gives FILE back byte for byte. `techproc marc recipes` lists the recipes there are.

    \b
    Example:
      techproc marc edit examples/vendor.mrc --recipe rda-upgrade --dry-run -n 2
    """
    recipe = load_recipe(name, _settings(given))
    if undo and no_undo:
        raise click.UsageError("--undo and --no-undo exclude each other")
    if not dry_run:
        if output == "-" and not undo and not no_undo:
            raise click.UsageError("to standard output: name the patch with --undo, or --no-undo")
        if output == "-" and as_json:
            raise click.UsageError("--json prints where the records would go; -o FILE")
    with ExitStack() as stack:
        kept = stack.enter_context(atomic_output(rejects, force=force)) if rejects else None
        told = _Told(kept, show=dry_run, as_json=as_json, limit=limit)
        patch = undo or f"{output}.undo.jsonl.gz"
        report = edit_file(
            file,
            recipe,
            None if dry_run else stack.enter_context(output_stream(output, force=force)),
            None if dry_run or no_undo else stack.enter_context(_packed(patch, force=force)),
            told,
            form=source_form,
            to=form or (None if output == "-" else form_for(None, output, "") or None),
            assume=assume,
            jobs=jobs or (1 if dry_run else usual_jobs()),
            twice=not once,
            show=dry_run,
            made_by=f"marc edit --recipe {recipe.name}",
        )
        if not dry_run and no_undo:  # else the patch has them
            refuse_loss(output, [file], report.rejected, rejects)
    told.finish()
    if as_json:
        emit_json([{"summary": report.as_json()}])
    if not quiet:
        _summarise(report, recipe, dry_run=dry_run)
        if report.changed and not dry_run and not no_undo:
            again = output if output != "-" else "the output"
            click.echo(f"{patch} undoes it: techproc marc patch apply {patch} {again}", err=True)
    _leave(report, told, fail_on)


def _leave(report: EditReport, told: _Told, fail_on: str) -> None:
    if report.rejected:
        click.get_current_context().exit(EXIT_REJECTED)
    leave_for_findings(map(Severity, told.severities), fail_on)


@contextmanager
def _packed(path: str, *, force: bool) -> Iterator[BinaryIO]:
    """Yield a file that appears whole, compressed where its name says so."""
    with atomic_output(path, force=force) as stream:
        if not path.endswith(".gz"):
            yield stream
            return
        # No time and no name in it: the same run gives the same file.
        with gzip.GzipFile("", "wb", compresslevel=1, fileobj=stream, mtime=0) as packed:
            yield cast(BinaryIO, packed)


def _summarise(report: EditReport, recipe: Recipe, *, dry_run: bool) -> None:
    did = "would change" if dry_run else "changed"
    others = [f"{report.unchanged} as they were"]
    others += [f"{report.refused} refused and left as they were"] if report.refused else []
    others += [f"{report.rejected} no records"] if report.rejected else []
    click.echo(f"{report.changed} of {report.read} records {did}, {', '.join(others)}", err=True)
    for step in recipe.steps:
        if report.steps[step.number]:
            click.echo(f"{report.steps[step.number]:>9}  step {step.number}: {step.text}", err=True)


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--transformations", "named", is_flag=True, help="List what `transform` can name.")
@json_option
def recipes(*, name: str | None, named: bool, as_json: bool) -> None:
    """List the shipped recipes; print the one that is named, to copy and change.

    \b
    Example:
      techproc marc recipes rda-upgrade
    """
    if named:
        for known in transformations().values():
            if as_json:
                emit_json(
                    [{"name": known.name, "summary": known.summary, "options": {**known.options}}]
                )
                continue
            click.echo(f"{known.name:<24} {known.summary}")
            for option, meaning in known.options.items():
                click.echo(f"{'':<24}   {option}: {meaning}")
        return
    shipped = shipped_recipes()
    if name is not None:
        if name not in shipped:
            raise ConfigError(f"no recipe is called {name}; {name_hint(name, shipped)}")
        click.echo(shipped[name], nl=False)
        return
    for each in shipped:
        recipe = load_recipe(each)
        if as_json:
            parameters = {p.name: p.help for p in recipe.parameters}
            emit_json([{"name": each, "title": recipe.title, "parameters": parameters}])
            continue
        click.echo(f"{each:<20} {recipe.title}")
        for parameter in recipe.parameters:
            click.echo(f"{'':<20}   --set {parameter.name}=…  {parameter.help}")

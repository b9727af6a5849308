"""`techproc fetch`: copy cataloguing alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click

from techproc.config import SourcePolicy
from techproc.findings import Finding, Severity
from techproc.sources import gather, opened_sources
from techproc.sources.choosing import Choice, choose, title_of
from techproc.sources.targets import find_targets, load_targets
from techproc.sources.wanted import read_isbns
from techproc_cli.exits import EXIT_OK, EXIT_REJECTED, EXIT_UNAVAILABLE
from techproc_cli.options import (
    config_option,
    emit_json,
    force_option,
    json_option,
    output_option,
    quiet_option,
    read_policy,
)
from techproc_cli.records_out import form_option, print_table, write_records
from techproc_cli.sources_search import targets_option

__all__ = ["fetch"]


@click.command()
@click.argument("isbns", nargs=-1, metavar="[ISBN]...")
@click.option("--from", "list_file", metavar="FILE", help="Read the ISBNs from FILE; - is stdin.")
@click.option(
    "--source",
    "files",
    multiple=True,
    metavar="FILE",
    help="Copy from this MARC file, directory or catalogue; repeatable.",
)
@click.option(
    "--target",
    "keys",
    multiple=True,
    metavar="KEY",
    help="Ask this SRU target (see `sources list`); repeatable.",
)
@targets_option
@click.option("--openlibrary", is_flag=True, help="Ask Open Library too.")
@click.option("--offline", is_flag=True, help="Never touch the network: files and kept answers.")
@click.option("--refresh", is_flag=True, help="Ask again for what is kept from earlier runs.")
@click.option(
    "--journal",
    metavar="FILE",
    help="Keep this run's answers in FILE: a killed run resumes, even with --refresh.",
)
@click.option(
    "--merge", "merged", is_flag=True, help="Add what the best record lacks from the others."
)
@form_option
@output_option
@config_option
@force_option
@json_option
@quiet_option
@click.option("-v", "--verbose", is_flag=True, help="Show findings of every severity.")
def fetch(
    isbns: tuple[str, ...],
    list_file: str | None,
    files: tuple[str, ...],
    keys: tuple[str, ...],
    targets_file: str | None,
    openlibrary: bool,
    offline: bool,
    refresh: bool,
    journal: str | None,
    merged: bool,
    form: str,
    output: str,
    config_file: str | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Fetch the best record for each ISBN from files, SRU targets and Open Library.

    On a terminal a table says what was chosen and why; in a pipe, or with -o, the records
    themselves go out. Sources are asked all at once; what they answered is kept, so that a second
    run asks only for what is new. Exit code 3: some ISBNs are not valid; 4: a source was
    unavailable.

    \b
    Example:
      techproc fetch 9780306406157 --target loc --target k10plus
      techproc fetch --from trolley.csv --source dump.mrc -o found.mrc
    """
    wanted = list(isbns) + (read_isbns(list_file) if list_file else [])
    if not wanted:
        raise click.UsageError("name at least one ISBN, or a list of them with --from")
    policy = read_policy(config_file)
    asked = _asked(policy.sources, keys, openlibrary, offline)
    if not (files or asked.targets or asked.openlibrary):
        raise click.UsageError("name a source: --source FILE, --target KEY or --openlibrary")
    targets = find_targets(asked.targets, load_targets(targets_file)) if asked.targets else []
    with opened_sources(asked, files, targets=targets, refresh=refresh, journal=journal) as sources:
        gathered = gather(wanted, sources)
    choices = list(choose(gathered, policy.choose, policy.library.language, merged=merged))
    unwritten = 0
    if as_json:
        emit_json(choice.as_json() for choice in choices)
    elif output == "-" and sys.stdout.isatty():
        print_table(_COLUMNS, _rows(choices))
    else:
        named = ((c.isbn, c.record) for c in choices if c.record is not None)
        unwritten = write_records(named, output, form, force)
    if not quiet:
        told = [*gathered.findings, *_about_records(choices)]
        told += [
            finding.at(file=choice.isbn)
            for choice in choices
            if choice.merged
            for finding in choice.merged.findings()
        ]
        for finding in told:
            if verbose or finding.severity is not Severity.INFO:
                click.echo(str(finding), err=True)
        click.echo(_summary(choices), err=True)
    invalid = any(f.rule == "sources.isbn-invalid" for f in gathered.findings)
    code = EXIT_REJECTED if invalid or unwritten else EXIT_OK
    raise click.exceptions.Exit(EXIT_UNAVAILABLE if gathered.unavailable else code)


def _asked(
    policy: SourcePolicy, keys: Sequence[str], openlibrary: bool, offline: bool
) -> SourcePolicy:
    """Lay the flags over the policy; a target named on the command line replaces its list."""
    return replace(
        policy,
        targets=tuple(keys) or policy.targets,
        openlibrary=openlibrary or policy.openlibrary,
        offline=offline or policy.offline,
    )


def _about_records(choices: Sequence[Choice]) -> Iterator[Finding]:
    """Yield what is noted of the records that go out: a conversion, and what it could not carry."""
    for choice in choices:
        givers = {part.source for part in choice.merged.taken} if choice.merged else set()
        for at, ranked in enumerate(choice.ranked):
            source = ranked.candidate.source
            if at == 0 or source in givers:
                for finding in ranked.candidate.findings:
                    yield finding.at(file=f"{choice.isbn} from {source}", record=None)


def _summary(choices: Sequence[Choice]) -> str:
    counts = {"found": 0, "not-found": 0, "unanswered": 0}
    for choice in choices:
        counts[choice.status] += 1
    return (
        f"{len(choices)} ISBNs: {counts['found']} found, {counts['not-found']} not found, "
        f"{counts['unanswered']} unanswered"
    )


_COLUMNS = ("ISBN", "Source", "Points", "Title", "Runners-up and why they lost")


def _rows(choices: Sequence[Choice]) -> Iterator[tuple[str, ...]]:
    for choice in choices:
        if not choice.ranked:
            said = "no answer from " + ", ".join(choice.silent) if choice.silent else "not found"
            yield choice.isbn, "—", "", said, ""
            continue
        best, *others = choice.ranked
        lost = "\n".join(f"{r.candidate.source} ({r.points:g}): {r.why_lost}" for r in others)
        source = best.candidate.source
        if choice.merged:
            givers = {p.source for p in choice.merged.taken} - {source}
            source = " + ".join([source, *sorted(givers)])
        yield choice.isbn, source, f"{best.points:g}", title_of(choice.record), lost

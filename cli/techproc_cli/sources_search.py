"""`techproc sources search` and `scan`: what a server holds, asked in one's own terms."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import click
from pymarc import Record

from techproc.config import SourcePolicy
from techproc.errors import SourceUnavailable
from techproc.findings import Finding, Severity
from techproc.marc.description import describe
from techproc.sources.cql import clause
from techproc.sources.opening import network_of
from techproc.sources.searching import Found, compose
from techproc.sources.searching import search as search_target
from techproc.sources.sru import SruClient
from techproc.sources.targets import Target, find_targets, load_targets
from techproc.sources.transport import Network
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

__all__ = ["scan", "search", "targets_option"]

targets_option = click.option(
    "--targets-file", metavar="FILE", help="Read your own targets from FILE."
)


@dataclass(slots=True)
class _Search:
    """Asks one target after the other, and remembers what went wrong."""

    network: Network
    targets: Sequence[Target]
    terms: dict[str, str]
    limit: int
    findings: list[Finding] = field(default_factory=list)
    hits: dict[str, int | None] = field(default_factory=dict)
    down: bool = False
    lost: int = 0

    def found(self) -> Iterator[tuple[Target, Found, Record]]:
        for target in self.targets:
            query = compose(target, **self.terms)
            self.hits[target.key] = 0
            try:
                for one in search_target(target, self.network, query, limit=self.limit or None):
                    self.hits[target.key] = one.count
                    self.findings += [f for f in one.findings if f.severity is not Severity.INFO]
                    if one.record is not None:
                        yield target, one, one.record
                    else:
                        self.lost += one.position > 0
            except SourceUnavailable as error:
                self.down = True
                del self.hits[target.key]
                self.findings.append(
                    Finding(
                        rule="sources.unavailable",
                        message=str(error),
                        severity=Severity.WARNING,
                        file=target.key,
                    )
                )


@click.command()
@click.argument("cql", required=False, default="", metavar="[CQL]")
@click.option("--title", default="", metavar="WORDS", help="Words of the title.")
@click.option("--author", default="", metavar="NAME", help="The author's name.")
@click.option("--lccn", default="", metavar="NUMBER", help="Library of Congress control number.")
@click.option("--issn", default="", metavar="NUMBER", help="ISSN.")
@click.option(
    "--target", "keys", multiple=True, metavar="KEY",
    help="Ask this target; repeatable. Without it, those of the policy.",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(min=0), default=20, show_default=True, metavar="N",
    help="Records from each target; 0 for all of the result.",
)  # fmt: skip
@targets_option
@form_option
@output_option
@config_option
@force_option
@json_option
@quiet_option
def search(
    cql: str,
    keys: tuple[str, ...],
    limit: int,
    targets_file: str | None,
    form: str,
    output: str,
    config_file: str | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    **terms: str,
) -> None:
    """Search targets by title and author, or by a query in CQL, for books without an ISBN.

    A query is checked before it is sent. On a terminal a table is shown; in a pipe, or with -o,
    the records themselves go out as MARC 21. Exit code 3: a record of the result did not come;
    4: a target was unavailable or refused the query.

    \b
    Example:
      techproc sources search --target loc --title "left hand of darkness" --author "Le Guin"
      techproc sources search --target k10plus 'pica.tit = jazz and pica.per = berendt' -o found.mrc
    """
    policy = read_policy(config_file).sources
    targets = _targets(keys, policy, targets_file)
    terms = {name: text for name, text in terms.items() if text.strip()}
    if not cql.strip() and not terms:
        raise click.UsageError("nothing to search for: give a query, --title, --author, …")
    with network_of(policy) as network:
        asked = _Search(network, targets, {"cql": cql, **terms}, limit)
        if as_json:
            emit_json(_as_json(*one) for one in asked.found())
        elif output == "-" and sys.stdout.isatty():
            print_table(_COLUMNS, _rows(asked.found()))
        else:
            named = ((f"{t.key} {one.position}", record) for t, one, record in asked.found())
            asked.lost += write_records(named, output, form, force)
    for finding in asked.findings:
        click.echo(str(finding), err=True)
    if not quiet:
        for key, count in asked.hits.items():
            click.echo(f"{key}: {'?' if count is None else count} hits", err=True)
    code = EXIT_REJECTED if asked.lost else EXIT_OK
    raise click.exceptions.Exit(EXIT_UNAVAILABLE if asked.down else code)


@click.command()
@click.argument("key", metavar="KEY")
@click.argument("term", metavar="TERM")
@click.option(
    "--index", default="", metavar="NAME", help="Index to look into; by default that of titles."
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Terms to show.",
)
@targets_option
@config_option
@json_option
def scan(
    key: str,
    term: str,
    index: str,
    limit: int,
    targets_file: str | None,
    config_file: str | None,
    as_json: bool,
) -> None:
    """Show the terms of an index of a target from a term on, with the records that hold each.

    \b
    Example:
      techproc sources scan loc darkness --index dc.title
    """
    policy = read_policy(config_file).sources
    (target,) = _targets((key,), policy, targets_file)
    named = index or target.title
    if not named:
        raise click.UsageError(f"{key}: its index of titles is not known; name one with --index")
    with network_of(policy) as network:
        terms = SruClient(target, network).scan(clause(named, term), size=limit)
    if as_json:
        emit_json({"term": t.value, "count": t.count} for t in terms)
        return
    for found in terms:
        click.echo(f"{found.count if found.count is not None else '?':>8}  {found.value}")


def _targets(keys: Sequence[str], policy: SourcePolicy, targets_file: str | None) -> list[Target]:
    names = tuple(keys) or policy.targets
    if not names:
        raise click.UsageError("name a target with --target (see techproc sources list)")
    return find_targets(names, load_targets(targets_file))


def _as_json(target: Target, found: Found, record: Record) -> dict[str, Any]:
    d = describe(record)
    return {
        "target": target.key,
        "position": found.position,
        "control": d.control or None,
        "title": " : ".join(part for part in (d.title, *d.parts, d.subtitle) if part),
        "authors": [name.text for name in d.creators],
        "edition": d.edition,
        "publisher": "; ".join(d.publishers),
        "date": d.date.text,
        "isbns": [i.digits for i in d.isbns if i.valid and not i.cancelled],
    }


_COLUMNS = ("Target", "Control no.", "Title", "Author", "Edition", "Date")


def _rows(found: Iterator[tuple[Target, Found, Record]]) -> Iterator[tuple[str, ...]]:
    for target, one, record in found:
        item = _as_json(target, one, record)
        author = item["authors"][0] if item["authors"] else ""
        yield (
            target.key, item["control"] or "", item["title"], author, item["edition"], item["date"],
        )  # fmt: skip

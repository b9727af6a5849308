"""`techproc sources`."""

from __future__ import annotations

import click

from techproc.sources.checking import Check, check_openlibrary, check_target
from techproc.sources.opening import network_of
from techproc.sources.openlibrary import OPEN_LIBRARY
from techproc.sources.targets import find_targets, load_targets, user_targets_file
from techproc_cli.exits import EXIT_UNAVAILABLE
from techproc_cli.groups import CommandGroup
from techproc_cli.options import config_option, emit_json, json_option, read_policy
from techproc_cli.sources_search import scan, search, targets_option

__all__ = ["sources"]


@click.group(cls=CommandGroup)
def sources() -> None:
    """List, check and search the servers that can be asked for records.

    \b
    Example:
      techproc sources list
    """


sources.add_command(search)
sources.add_command(scan)


@sources.command(name="list")
@targets_option
@json_option
def list_command(targets_file: str | None, as_json: bool) -> None:
    """List the SRU targets: ours, and your own.

    \b
    Example:
      techproc sources list --json | jq -r .key
    """
    targets = load_targets(targets_file)
    if as_json:
        emit_json(
            {
                "key": t.key,
                "name": t.name,
                "url": t.url,
                "version": t.version,
                "schema": t.schema,
                "isbn": t.isbn,
                "note": t.note,
            }
            for t in targets.values()
        )
        return
    width = max(map(len, targets))
    for target in targets.values():
        note = f" ({target.note})" if target.note else ""
        click.echo(f"{target.key:<{width}}  {target.name}{note}")
    click.echo(f"your own targets: {targets_file or user_targets_file()}", err=True)


@sources.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@targets_option
@click.option("--openlibrary", is_flag=True, help="Check Open Library too.")
@config_option
@json_option
def check(
    keys: tuple[str, ...],
    targets_file: str | None,
    openlibrary: bool,
    config_file: str | None,
    as_json: bool,
) -> None:
    """Put five questions to targets: are they there, and can their answers be trusted?

    Reachability and explain, an ISBN that they should hold, an index that does not exist, an ISBN
    of nothing: a server that answers everything is found out. Without KEY the targets of the
    policy are checked. Exit code 4 when one of them is not usable.

    \b
    Example:
      techproc sources check loc k10plus
    """
    policy = read_policy(config_file).sources
    names = keys or policy.targets
    if not names and not openlibrary:
        raise click.UsageError("name a target (see techproc sources list) or --openlibrary")
    targets = find_targets(names, load_targets(targets_file))
    checks: list[Check] = []
    with network_of(policy) as network:
        checks += [check_target(target, network) for target in targets]
        if openlibrary:
            checks.append(check_openlibrary(network, OPEN_LIBRARY))
    if as_json:
        emit_json(found.as_json() for found in checks)
    else:
        for found in checks:
            click.echo(f"{found.key}: {'usable' if found.usable else 'NOT usable'} ({found.url})")
            for step in found.steps:
                mark = {True: "ok  ", False: "FAIL", None: "-   "}[step.passed]
                click.echo(f"  {mark} {step.name}: {step.text}")
    if not all(found.usable for found in checks):
        raise click.exceptions.Exit(EXIT_UNAVAILABLE)

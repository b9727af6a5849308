"""`techproc dedupe`: duplicates found, compared and explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pymarc

from techproc import marc
from techproc.catalog import Catalog
from techproc.dedupe import compare, features, objects
from techproc.dedupe.against import against_catalog
from techproc.dedupe.mirror import load_match_rules, matches_in
from techproc.dedupe.objects import comparison_object
from techproc.errors import InputError
from techproc.findings import Finding, Tally
from techproc.marc.control import control_number
from techproc.marc.description import describe
from techproc_cli import dedupe_merge
from techproc_cli.dedupe_run import (
    block_option,
    decided_by,
    decisions_option,
    files_argument,
    print_findings,
    processes_option,
    run_over,
)
from techproc_cli.exits import EXIT_REJECTED
from techproc_cli.groups import CommandGroup
from techproc_cli.options import (
    config_option,
    emit_json,
    json_option,
    quiet_option,
    read_policy,
)

__all__ = ["dedupe"]


class DefaultGroup(CommandGroup):
    """A group that takes anything but a subcommand's name as the files of `find`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `find` before arguments that name no subcommand."""
        asked = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if asked or not args else ["find", *args])


@click.group(cls=DefaultGroup)
def dedupe() -> None:
    """Find duplicate records, explain them, and have people decide.

    `techproc dedupe FILE...` is short for `techproc dedupe find FILE...`.

    \b
    Example:
      techproc dedupe examples/vendor.mrc examples/catalogue.mrc
      techproc dedupe --pairs --json examples/vendor.mrc examples/catalogue.mrc
    """


for _command in (dedupe_merge.review, dedupe_merge.decide, dedupe_merge.merge, dedupe_merge.undo):
    dedupe.add_command(_command)


@dedupe.command()
@files_argument
@json_option
@click.option("--pairs", is_flag=True, help="Every pair worth a look, with the evidence by field.")
@decisions_option
@block_option
@processes_option
@click.option(
    "--engine",
    type=click.Choice(["embedded", "spark"]),
    default="embedded",
    show_default=True,
    help="This machine, or a Spark cluster (extra `spark`).",
)
@click.option(
    "--master", default="local[*]", show_default=True, metavar="URL", help="Of the cluster."
)
@click.option("--checkpoints", metavar="DIR", help="Directory that all workers of the cluster see.")
@click.option(
    "--spark", "settings", multiple=True, metavar="KEY=VALUE", help="A setting of Spark; repeat."
)
@config_option
@quiet_option
def find(
    files: tuple[str, ...],
    as_json: bool,
    pairs: bool,
    decisions_file: str | None,
    block: int,
    processes: int,
    engine: str,
    master: str,
    checkpoints: str | None,
    settings: tuple[str, ...],
    config_file: str | None,
    quiet: bool,
) -> None:
    """Find the groups of records that are one publication, within and across files.

    Nothing is changed. Records are called by their 001, or by file and number without one. Both
    engines give the same groups.

    \b
    Example:
      techproc dedupe find examples/vendor.mrc examples/catalogue.mrc
    """

    policy = read_policy(config_file)
    show = emit_json if as_json else _print_pairs if pairs else _print_clusters
    if engine == "spark":
        from techproc.dedupe.spark import find_on_spark  # noqa: PLC0415 - the extra may be absent

        decided, noticed = decided_by(decisions_file)
        with find_on_spark(
            files, policy.match, master=master, pairs=pairs, block=block, choose=policy.choose,
            decided=decided, checkpoints=checkpoints, options=_settings(settings),
        ) as spark_run:  # fmt: skip
            show(spark_run.objects())
            if not quiet:
                print_findings([*noticed, *spark_run.findings])
                _tell(spark_run.tally, spark_run.compared, spark_run.bands, spark_run.groups)
        if spark_run.tally.rejected:
            click.get_current_context().exit(EXIT_REJECTED)
        return
    run, noticed = run_over(files, policy, decisions_file, block, processes)
    try:
        show(objects.pair_objects(run) if pairs else objects.cluster_objects(run, policy.choose))
        if not quiet:
            print_findings([*noticed, *run.findings])
            bands = Counter(edge.band for edge in run.edges)
            _tell(run.tally, run.compared, bands, len(run.clusters))
        rejected = run.tally.rejected
    finally:
        run.close()
    if rejected:
        click.get_current_context().exit(EXIT_REJECTED)


@dedupe.command()
@click.argument("first", metavar="FILE[#001]")
@click.argument("second", metavar="FILE[#001]")
@json_option
@config_option
def explain(first: str, second: str, as_json: bool, config_file: str | None) -> None:
    """Compare two records and say what every field contributed.

    Each is the first record of a file, or the one whose 001 follows a #.

    \b
    Example:
      techproc dedupe explain examples/vendor.mrc examples/catalogue.mrc
    """

    policy = read_policy(config_file)
    one = compare(features(_pick(first)), features(_pick(second)), policy.match)
    if as_json:
        emit_json([comparison_object(one)])
        return
    click.echo(f"{one.band}: {one.relation}, probability {one.probability:.4f}")
    for name, points, text in sorted(one.contributions, key=lambda part: -abs(part[1])):
        click.echo(f"  {points:+6.2f}  {name:12} {text}")
    for veto in one.vetoes:
        click.echo(f"  veto    {veto}")


@dedupe.command()
@files_argument
@click.option(
    "--rules",
    required=True,
    metavar="FILE",
    help="Match rules: a TOML file, or the name of a preset (koha, evergreen).",
)
@json_option
def mirror(files: tuple[str, ...], rules: str, as_json: bool) -> None:
    """Find the pairs that match by another system's rules: points and required checks.

    For those who must know what Koha or Evergreen would match. To find duplicates, `find` is better.

    \b
    Example:
      techproc dedupe mirror examples/vendor.mrc examples/catalogue.mrc --rules koha
    """
    chosen = load_match_rules(rules)
    rejected: list[Finding] = []
    names: list[str] = []

    def records() -> Iterator[pymarc.Record]:
        for record in _records(files, rejected):
            names.append(control_number(record))
            yield record

    noticed: list[Finding] = []
    count = 0
    for one in matches_in(records(), chosen, noticed):
        count += 1
        a, b = (names[place] or f"record {place + 1}" for place in (one.first, one.second))
        if as_json:
            emit_json([{"a": a, "b": b, "score": one.score, "points": list(one.points)}])
        else:
            click.echo(f"{a}\t{b}\t{one.score}\t{', '.join(one.points)}")
    print_findings([*rejected, *noticed])
    click.echo(f"{len(names)} records, {count} pairs match by {rules}", err=True)
    if rejected:
        click.get_current_context().exit(EXIT_REJECTED)


@dedupe.command()
@click.argument("catalog_file", metavar="CATALOG")
@files_argument
@json_option
@config_option
def against(
    catalog_file: str, files: tuple[str, ...], as_json: bool, config_file: str | None
) -> None:
    """Compare each record of the files with a catalogue: new, duplicate, other edition, unsure.

    \b
    Example:
      techproc catalog import catalogue.sqlite examples/catalogue.mrc
      techproc dedupe against catalogue.sqlite examples/vendor.mrc
    """

    policy = read_policy(config_file)
    counts: Counter[str] = Counter()
    rejected: list[Finding] = []
    with Catalog(catalog_file, readonly=True) as store:
        for checked in against_catalog(_records(files, rejected), store, policy.match):
            counts[checked.decision.kind] += 1
            read = describe(checked.record)
            if as_json:
                emit_json(
                    [
                        {
                            "record": read.control,
                            "kind": checked.decision.kind,
                            "held": checked.held,
                            "probability": round(checked.decision.probability, 4),
                            "reasons": list(checked.decision.reasons),
                        }
                    ]
                )
            else:
                held = f" {checked.held}" if checked.held else ""
                click.echo(f"{checked.decision.kind}{held}\t{read.control}\t{read.title}")
    print_findings(rejected)
    click.echo(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())), err=True)
    if rejected:
        click.get_current_context().exit(EXIT_REJECTED)


def _tell(tally: Tally, compared: int, bands: Mapping[str, int], groups: int) -> None:
    """Say on standard error what a run came to."""
    click.echo(
        f"{tally.read} read, {compared} pairs compared: {bands.get('match', 0)} matches, "
        f"{bands.get('review', 0)} to review; {groups} groups, {tally.merged} records too many"
        + (f"; {tally.rejected} rejected" if tally.rejected else ""),
        err=True,
    )


def _settings(settings: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in settings]
    if wrong := [name for name, sign, _ in pairs if not sign]:
        raise click.UsageError(f"--spark takes KEY=VALUE, not {wrong[0]!r}")
    return [(name, value) for name, _, value in pairs]


def _records(files: tuple[str, ...], rejected: list[Finding]) -> Iterator[pymarc.Record]:
    for file in files:
        for item in marc.read(file):
            if isinstance(item, marc.Quarantined):
                rejected.append(item.finding.at(file=file))
            else:
                yield item.record


def _pick(where: str) -> pymarc.Record:
    """Return the first record of FILE, or of FILE#001 the one with that 001."""
    name, _, control = where.rpartition("#") if "#" in where else (where, "", "")
    if not Path(name).exists() and Path(where).exists():
        name, control = where, ""
    for item in marc.read(name):
        if not isinstance(item, marc.Loaded):
            click.echo(str(item.finding.at(file=name)), err=True)
            continue
        if not control or control_number(item.record) == control:
            return item.record
    raise InputError(f"{name}: no record" + (f" has the 001 {control}" if control else " in it"))


def _print_clusters(found: Iterator[dict[str, Any]]) -> None:
    for item in found:
        click.echo(f"{item['cluster']}: {' '.join(item['records'])}  best {item['best']}")
        for reason in item["reasons"]:
            click.echo(f"    {reason}")
        for flag in item["flags"]:
            click.echo(f"    look: {flag}")


def _print_pairs(found: Iterator[dict[str, Any]]) -> None:
    for item in found:
        click.echo(
            f"{item['decision']}\t{item['probability']:.4f}\t{item['a']}\t{item['b']}\t"
            f"{item['relation']}"
        )
        for name, part in item["evidence"].items():
            if abs(part["points"]) >= 0.05:
                click.echo(f"    {part['points']:+6.2f}  {name:12} {part['compared']}")
        for veto in item["vetoes"]:
            click.echo(f"    veto    {veto}")

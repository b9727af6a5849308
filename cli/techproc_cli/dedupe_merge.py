"""`techproc dedupe review`, `decide`, `merge` and `undo`: what people decide, and what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from techproc.dedupe.decisions import Decisions, read_decisions, write_decisions
from techproc.dedupe.merging import merge_files, plan_merges, undo_merge
from techproc.dedupe.objects import name_of
from techproc.dedupe.review import write_review
from techproc.dedupe.survivorship import merge_rules
from techproc.findings import Finding, Severity
from techproc_cli.dedupe_run import (
    block_option,
    decisions_option,
    files_argument,
    print_findings,
    processes_option,
    run_over,
)
from techproc_cli.exits import EXIT_FINDINGS, EXIT_REJECTED
from techproc_cli.options import (
    config_option,
    emit_json,
    force_option,
    json_option,
    read_policy,
)

__all__ = ["decide", "merge", "review", "undo"]


@click.command()
@files_argument
@click.option("-o", "--output", required=True, metavar="FILE", help="The page to write (HTML).")
@click.option("--limit", type=click.IntRange(min=1), default=500, show_default=True, help="Pairs.")
@decisions_option
@block_option
@processes_option
@config_option
@force_option
def review(
    files: tuple[str, ...],
    output: str,
    limit: int,
    decisions_file: str | None,
    block: int,
    processes: int,
    config_file: str | None,
    force: bool,
) -> None:
    """Write one self-contained page of the uncertain pairs, for a person to decide.

    Keys: s same, d different, k skip, arrows to move. The page's decisions are saved as a file for
    `dedupe decide`.

    \b
    Example:
      techproc dedupe review examples/vendor.mrc examples/catalogue.mrc -o review.html
    """

    _read_again(files)
    policy = read_policy(config_file)
    run, noticed = run_over(files, policy, decisions_file, block, processes)
    try:
        shown = write_review(run, files, output, limit=limit, force=force)
    finally:
        run.close()
    print_findings([*noticed, *run.findings])
    click.echo(
        f"{shown.pairs} pairs in {output}"
        + (f"; {shown.left} more left out" if shown.left else ""),
        err=True,
    )
    if run.tally.rejected:
        click.get_current_context().exit(EXIT_REJECTED)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--decisions",
    "decisions_file",
    default="decisions.jsonl",
    show_default=True,
    metavar="FILE",
    help="Where decisions are kept.",
)
@json_option
def decide(files: tuple[str, ...], decisions_file: str, as_json: bool) -> None:
    """Add the decisions that people made to those that are kept.

    A later decision about a pair replaces the earlier one, and that is told. Decisions that
    contradict each other are told too, and end with exit code 1.

    \b
    Example:
      techproc dedupe decide decisions-from-page.jsonl --decisions decisions.jsonl
    """

    before = read_decisions(decisions_file) if Path(decisions_file).exists() else []
    added = [decision for file in files for decision in read_decisions(file)]
    kept = Decisions([*before, *added])
    write_decisions(decisions_file, list(kept), force=True)
    if as_json:
        emit_json(finding.as_json() for finding in kept.findings)
        emit_json([{"summary": {"added": len(added), "kept": len(kept)}}])
    else:
        print_findings(kept.findings)
        click.echo(f"{len(added)} read, {len(kept)} kept in {decisions_file}", err=True)
    if any(finding.severity is Severity.ERROR for finding in kept.findings):
        click.get_current_context().exit(EXIT_FINDINGS)


@click.command()
@files_argument
@click.option("-o", "--output", metavar="FILE", help="The records with the groups merged.")
@click.option(
    "--journal", metavar="FILE", help="What was done, to undo it; default OUTPUT.journal."
)
@click.option("--rejects", metavar="FILE", help="Keep the bytes that are no record in FILE.")
@click.option("--plan", is_flag=True, help="Only print what would be merged into what.")
@click.option("--flagged", is_flag=True, help="Merge whole groups, the flagged ones too.")
@click.option(
    "--rules",
    metavar="NAME|FILE",
    help="What is kept: a preset (melinda) or a TOML file with the keys of [merge].",
)
@json_option
@decisions_option
@block_option
@processes_option
@config_option
@force_option
def merge(
    files: tuple[str, ...],
    output: str | None,
    journal: str | None,
    rejects: str | None,
    plan: bool,
    flagged: bool,
    rules: str | None,
    as_json: bool,
    decisions_file: str | None,
    block: int,
    processes: int,
    config_file: str | None,
    force: bool,
) -> None:
    """Merge each group of duplicates into its best record.

    The survivor keeps every identifier, heading, note, URL, 880, holding and item of all; the old
    control numbers go to 019 and 035 $z. Look with --plan first; `dedupe undo` takes merges back.

    \b
    Example:
      techproc dedupe merge examples/vendor.mrc examples/catalogue.mrc --plan
      techproc dedupe merge examples/catalogue.mrc -o merged.mrc
    """

    if not plan and not output:
        raise click.UsageError("name the output with -o, or look first with --plan")
    _read_again(files)
    policy = read_policy(config_file)
    kept = merge_rules(rules) if rules else policy.merge
    run, noticed = run_over(files, policy, decisions_file, block, processes)
    try:
        print_findings([*noticed, *run.findings])
        if plan or output is None:
            for one in plan_merges(run, policy.choose, flagged=flagged):
                item: dict[str, Any] = {
                    "merge": one.merge,
                    "survivor": name_of(run.entries[one.leader]),
                    "merged": [name_of(run.entries[i]) for i in one.records if i != one.leader],
                    "flags": list(one.flags),
                }
                if as_json:
                    emit_json([item])
                else:
                    note = "".join(f"; look: {flag}" for flag in one.flags)
                    click.echo(
                        f"{one.merge}: {' '.join(item['merged'])} into {item['survivor']}{note}"
                    )
            if run.tally.rejected:
                click.get_current_context().exit(EXIT_REJECTED)
            return
        told: list[Finding] = []
        tally = merge_files(
            run, files, output, journal or f"{output}.journal",
            policy=policy.choose, rules=kept, flagged=flagged, rejects=rejects,
            force=force, report=told.append,
        )  # fmt: skip
    finally:
        run.close()
    print_findings(told)
    if as_json:
        emit_json([{"summary": tally.as_json()}])
    click.echo(f"{tally.read} read, {tally.written} written, {tally.merged} merged away", err=True)
    if tally.rejected:
        click.get_current_context().exit(EXIT_REJECTED)


@click.command()
@files_argument
@click.option("--journal", required=True, metavar="FILE", help="The journal of the merges.")
@click.option(
    "--merge", "merges", type=int, multiple=True, help="Only this merge; may be repeated."
)
@click.option("-o", "--output", required=True, metavar="FILE", help="The records as they were.")
@force_option
def undo(
    files: tuple[str, ...], journal: str, merges: tuple[int, ...], output: str, force: bool
) -> None:
    """Take merges back, all or single ones; later edits of other records stay.

    A survivor that was edited since its merge is not touched, and nothing is written then.

    \b
    Example:
      techproc dedupe undo merged.mrc --journal merged.mrc.journal -o as-before.mrc
    """

    count = undo_merge(files, journal, output, merges=merges, force=force)
    click.echo(f"{count} merges undone in {output}", err=True)


def _read_again(files: tuple[str, ...]) -> None:
    """Refuse standard input where the records are read a second time."""
    if "-" in files:
        raise click.UsageError("the records are read twice; save standard input to a file first")

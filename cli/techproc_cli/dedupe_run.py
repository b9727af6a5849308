"""What the `dedupe` commands share: options, a run over files, its findings on standard error."""

from __future__ import annotations

import click

from techproc.config import Policy
from techproc.dedupe.decisions import Decisions, read_decisions
from techproc.dedupe.engine import Decide, Run, find_in_files
from techproc.findings import Finding
from techproc_cli.marc_inputs import Reporter

__all__ = [
    "block_option",
    "decided_by",
    "decisions_option",
    "files_argument",
    "print_findings",
    "processes_option",
    "run_over",
]

files_argument = click.argument("files", nargs=-1, required=True, metavar="FILE...")
decisions_option = click.option(
    "--decisions",
    "decisions_file",
    metavar="FILE",
    help="Decisions of people (JSON lines); they overrule the score.",
)
block_option = click.option(
    "--block",
    type=click.IntRange(min=2),
    default=60,
    show_default=True,
    help="Records that may share a match key before it is too common to use.",
)
processes_option = click.option(
    "--processes", type=click.IntRange(min=1), default=2, show_default=True, help="Processes."
)


def decided_by(decisions_file: str | None) -> tuple[Decide | None, list[Finding]]:
    """Return how people decided about pairs, and what is wrong with their decisions."""
    if decisions_file is None:
        return None, []
    kept = Decisions(read_decisions(decisions_file))
    return kept.on, kept.findings


def run_over(
    files: tuple[str, ...], policy: Policy, decisions_file: str | None, block: int, processes: int
) -> tuple[Run, list[Finding]]:
    """Return a run over files, to be closed, and what was noticed about the decisions."""
    decided, noticed = decided_by(decisions_file)
    run = find_in_files(files, policy.match, processes=processes, block=block, decided=decided)
    return run, noticed


def print_findings(findings: list[Finding]) -> None:
    """Print the first findings of each rule on standard error, and how many there are."""
    reporter = Reporter()
    reporter.add(findings)
    reporter.finish()

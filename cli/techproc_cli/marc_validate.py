"""`marc validate`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from techproc.findings import Finding, Severity
from techproc.marc import Loaded, Quarantined
from techproc.marc.baseline import Baseline
from techproc.marc.rules import PROFILES, RULES
from techproc.marc.validation import Validator
from techproc_cli.exits import EXIT_FINDINGS
from techproc_cli.marc_inputs import Inputs, input_options
from techproc_cli.options import emit_json, force_option, json_option

__all__ = ["rules", "validate"]


@click.command()
@input_options
@click.option(
    "--profile",
    "profile_name",
    type=click.Choice(list(PROFILES)),
    default="default",
    show_default=True,
    help="Which rules, and how grave.",
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Leave a rule out; repeat.")
@click.option(
    "--local", multiple=True, metavar="TAG", help="A local field, such as 012 or 85X; repeat."
)
@click.option("--baseline", metavar="FILE", help="Report only what an earlier --json did not.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="error",
    show_default=True,
    help="Exit code 1 from this severity on.",
)
@click.option(
    "--show",
    type=click.Choice(["error", "warning", "info"]),
    default="warning",
    show_default=True,
    help="Print findings from this severity on.",
)
@json_option
@force_option
def validate(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    profile_name: str,
    ignore: tuple[str, ...],
    local: tuple[str, ...],
    baseline: str | None,
    fail_on: str,
    show: str,
    as_json: bool,
    force: bool,
) -> None:
    """Hold records against MARC 21: fields, codes, numbers, links.

    \b
    Example:
      techproc marc validate tests/fixtures/forms/sample.mrc
    """
    validator = Validator.with_profile(profile_name, ignore=ignore, local=local)
    known = Baseline.read(baseline) if baseline else Baseline()
    rules: Counter[str] = Counter()
    severities: Counter[str] = Counter({severity.value: 0 for severity in Severity})
    excused = faulty = 0
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        for item in inputs.everything():
            before = severities["error"]
            for finding in _findings(item, validator, ignore):
                if known.excuses(finding):
                    excused += 1
                    continue
                rules[finding.rule] += 1
                severities[finding.severity.value] += 1
                if finding.severity.rank <= Severity(show).rank:
                    emit_json([finding.as_json()]) if as_json else click.echo(str(finding))
            faulty += severities["error"] > before
        summary = {
            "read": inputs.read,
            "rejected": inputs.rejected,
            "records_with_errors": faulty,
            "severities": dict(severities),
            "rules": dict(sorted(rules.items(), key=lambda pair: (-pair[1], pair[0]))),
            "excused": excused,
        }
        if as_json:
            emit_json([{"summary": summary}])
        else:
            counts = ", ".join(f"{count} {name}" for name, count in severities.items())
            click.echo(
                f"{inputs.read} read, {inputs.rejected} rejected, {faulty} with errors: {counts}"
                + (f"; {excused} known" if excused else "")
            )
        inputs.noticed.clear()  # they were findings here
        inputs.finish()
    if fail_on != "never" and any(
        severities[severity.value]
        for severity in Severity
        if severity.rank <= Severity(fail_on).rank
    ):
        click.get_current_context().exit(EXIT_FINDINGS)


def _findings(
    item: Loaded | Quarantined, validator: Validator, ignore: tuple[str, ...]
) -> Iterator[Finding]:
    """Yield what reading noticed and what validating finds, with whereabouts."""
    for finding in item.findings:
        if finding.rule not in ignore:
            yield finding
    if isinstance(item, Loaded):
        for finding in validator.validate(item.record):
            yield finding.at(record=item.number)


@click.command()
def rules() -> None:
    """List the rules of validate, as Markdown.

    \b
    Example:
      techproc marc rules
    """
    click.echo("| rule | default | minimal | finds | source | what to do |")
    click.echo("|---|---|---|---|---|---|")
    for rule in RULES.values():
        minimal = "yes" if rule.id in PROFILES["minimal"] else ""
        cells = (f"`{rule.id}`", rule.severity.value, minimal, rule.finds, rule.source)
        click.echo("| " + " | ".join((*cells, rule.fix or "")) + " |")

"""`marc validate`, `marc rules` and `marc schema`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import click

from techproc import __version__
from techproc.config import ValidatePolicy
from techproc.findings import Finding, Severity
from techproc.marc.schema import SCHEMAS, as_avram, read_avram
from techproc.marc.validate import PROFILES, RULES, Baseline, Validator, Waivers
from techproc.marc.validate.run import Passed, validate_file
from techproc.marc.validate.sarif import sarif_pieces
from techproc.workers import usual_jobs
from techproc_cli.exits import leave_for_findings
from techproc_cli.marc_findings import Counts, summary_lines, text_of_record
from techproc_cli.marc_inputs import Inputs, input_options, jobs_option
from techproc_cli.options import (
    config_option,
    emit_json,
    fail_on_option,
    force_option,
    json_option,
    read_policy,
)

__all__ = ["rules", "schema", "validate"]


@click.command()
@input_options
@click.option(
    "--profile",
    "profile_name",
    type=click.Choice(list(PROFILES)),
    help="Which rules, and how grave.  [default: validate.profile]",
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Leave a rule out; repeat.")
@click.option(
    "--local", multiple=True, metavar="TAG", help="A local field, such as 012 or 85X; repeat."
)
@click.option("--schema", "schema_file", metavar="FILE", help="Fields of your own: Avram JSON.")
@click.option(
    "--punctuation",
    type=click.Choice(["leader", "isbd", "none"]),
    help="ISBD marks between subfields: as LDR/18 says, always, or never.",
)
@click.option("--waivers", metavar="FILE", help="Leave out what these waivers excuse (TOML).")
@click.option("--baseline", metavar="FILE", help="Report only what an earlier --json did not.")
@fail_on_option
@click.option(
    "--show",
    type=click.Choice(["error", "warning", "info"]),
    help="Print findings from this severity on.  [default: warning; info with --json, --sarif]",
)
@jobs_option
@click.option("--summary", "only_summary", is_flag=True, help="Print the counts alone.")
@json_option
@click.option("--sarif", "as_sarif", is_flag=True, help="One SARIF 2.1.0 log.")
@config_option
@force_option
def validate(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    profile_name: str | None,
    ignore: tuple[str, ...],
    local: tuple[str, ...],
    schema_file: str | None,
    punctuation: str | None,
    waivers: str | None,
    baseline: str | None,
    fail_on: str,
    show: str | None,
    jobs: int | None,
    only_summary: bool,
    as_json: bool,
    as_sarif: bool,
    config_file: str | None,
    force: bool,
) -> None:
    """Hold records against MARC 21: fields, codes, numbers, links.

    \b
    Example:
      techproc marc validate tests/fixtures/forms/sample.mrc
    """
    if as_json and as_sarif:
        raise click.UsageError("--json or --sarif, not both")
    policy = read_policy(config_file).validate
    excuses = _Excuses.read(baseline, waivers or policy.waivers)
    validator = _validator(policy, profile_name, ignore, local, schema_file, punctuation)
    least = Severity(show or ("info" if as_json or as_sarif else "warning"))
    counts = Counts()
    with Inputs(files, source_form, assume, rejects, force=force) as inputs:
        text = not (as_json or as_sarif or only_summary)
        parts = chain.from_iterable(
            validate_file(
                file, validator, form=source_form, assume=assume, jobs=jobs or usual_jobs(),
                titles=text, file=file,
            )
            for file in files
        )  # fmt: skip
        passing = _pass(inputs, parts, excuses, counts, {*ignore, *policy.ignore})
        shown = (
            (title, [f for f in findings if f.severity.rank <= least.rank])
            for title, findings in passing
        )
        if as_sarif:
            listed = (finding for _, found in shown for finding in found)
            for piece in sarif_pieces(listed, __version__):
                click.echo(piece, nl=False)
        elif as_json:
            emit_json(f.as_json() for _, found in shown for f in found if not only_summary)
            emit_json([{"summary": counts.as_json(inputs.read, inputs.rejected)}])
        else:
            for title, found in shown:
                if found and not only_summary:
                    click.echo(text_of_record(found, title) + "\n")
            for line in summary_lines(counts, inputs.read, inputs.rejected):
                click.echo(line)
        for waiver in excuses.waivers.unused:
            where = " ".join(part for part in (waiver.rule, waiver.path, waiver.control))
            click.echo(f"note: nothing is covered by the waiver {where}", err=True)
        inputs.finish()
    told = (Severity(one) for one, count in counts.severities.items() if count)
    leave_for_findings(told, fail_on)


@dataclass(frozen=True, slots=True)
class _Excuses:
    """What is known already: a baseline, and waivers."""

    baseline: Baseline
    waivers: Waivers

    @classmethod
    def read(cls, baseline: str | None, waivers: str) -> _Excuses:
        """Read the files that are named."""
        return cls(
            Baseline.read(baseline) if baseline else Baseline(),
            Waivers.read(waivers) if waivers else Waivers(),
        )

    def excuses(self, finding: Finding) -> bool:
        """Return True for what either of them excuses."""
        return self.waivers.excuses(finding) or self.baseline.excuses(finding)


def _validator(
    policy: ValidatePolicy,
    profile_name: str | None,
    ignore: tuple[str, ...],
    local: tuple[str, ...],
    schema_file: str | None,
    punctuation: str | None,
) -> Validator:
    """Return the validator that the policy describes, with the flags laid over it."""
    path = schema_file or policy.schema
    return Validator.with_profile(
        profile_name or policy.profile,
        ignore=(*policy.ignore, *ignore),
        local=(*policy.local, *local),
        fields=read_avram(path) if path else None,
        punctuation=punctuation or policy.punctuation,  # type: ignore[arg-type]
    )


def _pass(
    inputs: Inputs,
    parts: Iterable[Passed],
    excuses: _Excuses,
    counts: Counts,
    ignore: set[str],
) -> Iterator[tuple[str, list[Finding]]]:
    """Yield title and findings of each item, those of reading first; count all of it."""
    for part in parts:
        inputs.taken(part.read, part.rejects)
        for item in part.checked:
            findings = [f for f in item.noticed if f.rule not in ignore] + item.found
            if findings:
                new = [finding for finding in findings if not excuses.excuses(finding)]
                counts.excused += len(findings) - len(new)
                counts.add(new)
                yield item.title, new


@click.command()
def rules() -> None:
    """List the rules of validate, as Markdown.

    \b
    Example:
      techproc marc rules
    """
    others = [name for name in PROFILES if name != "default"]
    click.echo(f"| rule | default | {' | '.join(others)} | finds |")
    click.echo("|---|---|" + "---|" * len(others) + "---|")
    for rule in RULES.values():
        cells = [f"`{rule.id}`"]
        for name in PROFILES:
            severity = PROFILES[name].get(rule.id)
            cells.append(severity.value if severity else "")
        click.echo("| " + " | ".join([*cells, rule.finds]) + " |")


@click.command()
@click.argument(
    "name",
    type=click.Choice(["bibliographic", "holdings", "authority"]),
    default="bibliographic",
)
def schema(name: str) -> None:
    """Print MARC 21 as an Avram schema, in JSON.

    \b
    Example:
      techproc marc schema authority
    """
    click.echo(json.dumps(as_avram(SCHEMAS[name]()), ensure_ascii=False, indent=1))

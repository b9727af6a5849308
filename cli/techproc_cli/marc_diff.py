"""`marc diff`: what became of the records of one load in the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import click

from techproc.findings import Finding
from techproc.marc import Loaded, Quarantined, read
from techproc.marc.compare import Compared, ComparisonPage, LoadComparison, compare_loads
from techproc_cli.exits import EXIT_FINDINGS, EXIT_REJECTED
from techproc_cli.marc_colours import print_changes, visible
from techproc_cli.marc_inputs import ASSUMED, FORMS, Reporter, by_option
from techproc_cli.options import emit_json, force_option, json_option

__all__ = ["diff"]

_STATUSES = ("changed", "order", "encoding", "new", "gone", "same")


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@by_option
@click.option(
    "--ignore", multiple=True, metavar="TAG", help="Fields that do not count, as 005, 9XX."
)
@click.option(
    "--only", multiple=True, type=click.Choice(_STATUSES), help="Print these alone; repeat."
)
@click.option("--html", "page", metavar="FILE", help="Write a page of the differences.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=2000,
    show_default=True,
    help="Records that the page shows at most.",
)
@click.option("--from", "source_form", type=click.Choice(FORMS), help="Form of both inputs.")
@click.option("--assume", type=click.Choice(ASSUMED), help="Encoding, whatever it looks like.")
@click.option(
    "--fail-on",
    type=click.Choice(["any", "never"]),
    default="never",
    show_default=True,
    help="Exit code 1 when any record is not the same.",
)
@json_option
@force_option
def diff(
    *,
    before: str,
    after: str,
    by: tuple[str, ...],
    ignore: tuple[str, ...],
    only: tuple[str, ...],
    page: str | None,
    limit: int,
    source_form: str | None,
    assume: str | None,
    fail_on: str,
    as_json: bool,
    force: bool,
) -> None:
    """Compare two loads: which records are new, gone or changed, and in which fields.

    Differences of order and of encoding alone are told apart from those of content. Records that
    are the same are counted, not printed.

    \b
    Example:
      techproc marc diff examples/vendor.mrc examples/catalogue.mrc --by 001 --by isbn --ignore 005
    """  # fmt: skip
    totals = LoadComparison()
    printed = set(only or _STATUSES[:-1])
    reporter = Reporter()
    with ExitStack() as stack:
        shown = (
            stack.enter_context(ComparisonPage(page, limit=limit, force=force)) if page else None
        )
        for compared in compare_loads(
            _items(before, source_form, assume, reporter),
            _items(after, source_form, assume, reporter),
            by=by, ignore=ignore, totals=totals,
        ):  # fmt: skip
            if shown is not None:
                shown.add(compared)
            if compared.status in printed:
                _print(compared, as_json=as_json)
        if shown is not None:
            shown.finish(totals)
    reporter.add(totals.findings)
    reporter.finish()
    if as_json:
        emit_json([{"summary": totals.as_json()}])
    _summarise(totals)
    rejected = totals.before_rejected + totals.after_rejected
    differing = sum(count for status, count in totals.statuses.items() if status != "same")
    if rejected:
        click.get_current_context().exit(EXIT_REJECTED)
    if fail_on == "any" and differing:
        click.get_current_context().exit(EXIT_FINDINGS)


def _items(
    file: str, form: str | None, assume: str | None, reporter: Reporter
) -> Iterator[Loaded | Quarantined]:
    for item in read(file, form=form, assume=assume):
        if isinstance(item, Quarantined):
            reporter.add([_named(item.finding, file)])
        yield item


def _named(finding: Finding, file: str) -> Finding:
    return finding if finding.file else finding.at(file=file)


def _print(compared: Compared, *, as_json: bool) -> None:
    if as_json:
        emit_json([compared.as_json()])
        return
    places = " → ".join(
        str(number)
        for number in (compared.before_number, compared.after_number) if number is not None
    )  # fmt: skip
    name = compared.control or "(no 001)"
    click.echo(f"{compared.status} {name} (record {places}): {visible(compared.title)}")
    if compared.diff is not None:
        print_changes(compared.diff)
    elif compared.status == "encoding" and compared.before and compared.after:
        click.echo(f"  {compared.before.encoding} → {compared.after.encoding}")


def _summarise(totals: LoadComparison) -> None:
    """Tell the counts on standard error."""
    counts = ", ".join(f"{count} {status}" for status, count in totals.statuses.items() if count)
    click.echo(f"{totals.before} records before, {totals.after} after: {counts}", err=True)
    tags = sorted({tag for tag, _ in totals.fields}, key=lambda tag: -_count(totals, tag))
    if tags:
        told = ", ".join(f"{tag} ({_count(totals, tag)})" for tag in tags[:12])
        more = f" and {len(tags) - 12} more" if len(tags) > 12 else ""
        click.echo(f"fields that differ: {told}{more}", err=True)


def _count(totals: LoadComparison, tag: str) -> int:
    return sum(count for (name, _), count in totals.fields.items() if name == tag)

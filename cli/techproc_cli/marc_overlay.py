"""`marc overlay`: incoming records laid over those that are there, by rules."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO

import click

from techproc.errors import ConfigError, DataLossRefused
from techproc.files import atomic_output
from techproc.findings import Finding, Tally
from techproc.marc import Loaded, Quarantined, read, selection
from techproc.marc.overlay import Laid, load_rules, overlay_loads, presets
from techproc_cli.exits import EXIT_REJECTED
from techproc_cli.marc_colours import print_changes, visible
from techproc_cli.marc_inputs import (
    ASSUMED,
    FORMS,
    Reporter,
    by_option,
    form_for,
    output_stream,
    refuse_loss,
    to_option,
)
from techproc_cli.options import emit_json, force_option, json_option, output_option

__all__ = ["overlay"]


@click.command()
@click.argument("existing", metavar="EXISTING")
@click.argument("incoming", metavar="INCOMING")
@click.option(
    "--rules",
    default="careful",
    show_default=True,
    metavar="FILE",
    help=f"Rules: a TOML file, or a preset ({', '.join(presets())}).",
)
@click.option("--source", default="", metavar="NAME", help="Where the incoming records come from.")
@by_option
@output_option
@to_option
@click.option("--add-new", is_flag=True, help="Write incoming records without a match too.")
@click.option(
    "--new", "aside", metavar="FILE", help="Write incoming records without a match to FILE."
)
@click.option("--origins", metavar="FILE", help="Write where each field came from, as JSON lines.")
@click.option("--rejects", metavar="FILE", help="Keep the bytes that are no record in FILE.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--from", "source_form", type=click.Choice(FORMS), help="Form of both inputs.")
@click.option("--assume", type=click.Choice(ASSUMED), help="Encoding, whatever it looks like.")
@json_option
@force_option
def overlay(
    *,
    existing: str,
    incoming: str,
    rules: str,
    source: str,
    by: tuple[str, ...],
    output: str,
    form: str | None,
    add_new: bool,
    aside: str | None,
    origins: str | None,
    rejects: str | None,
    dry_run: bool,
    source_form: str | None,
    assume: str | None,
    as_json: bool,
    force: bool,
) -> None:
    """Lay incoming records over existing ones: protect, replace, add, remove by rules.

    All existing records are written, those without an incoming one byte for byte. Incoming records
    that match none must have a place: --new FILE or --add-new.

    \b
    Example:
      techproc marc overlay examples/catalogue.mrc examples/vendor.mrc --dry-run
    """  # fmt: skip
    chosen = load_rules(rules)
    if existing == "-":
        raise ConfigError("the existing records are read twice; name a file, not standard input")
    if as_json and output == "-" and not dry_run:
        raise click.UsageError("--json prints where the records would go; -o FILE, or --dry-run")
    tally, noticed = Tally(), list[Finding]()
    statuses: Counter[str] = Counter()
    reporter = Reporter()

    def items(file: str) -> Iterator[Loaded | Quarantined]:
        return read(file, form=source_form, assume=assume)

    with ExitStack() as stack:
        kept = _opened(stack, None if dry_run else rejects, force)
        outputs = None
        for laid in overlay_loads(
            lambda: items(existing), _incoming(items(incoming), reporter, kept), chosen,
            by=by, source=source, tally=tally, findings=noticed,
        ):  # fmt: skip
            if outputs is None and not dry_run:
                outputs = _Outputs(
                    stack, output, form, laid, aside, origins, kept, add_new=add_new, force=force
                )  # fmt: skip
            statuses[laid.status] += 1
            reporter.add(laid.overlaid.findings if laid.overlaid else laid.item.findings)
            if outputs is not None:
                reporter.add(outputs.write(laid))
            _show(laid, as_json=as_json, dry_run=dry_run)
        if outputs is not None:
            outputs.close()
            refuse_loss(output, [existing, incoming], tally.rejected, rejects)
    reporter.add(noticed)
    reporter.finish()
    summary = {**{name: statuses[name] for name in _STATUSES}, **tally.as_json()}
    if as_json:
        emit_json([{"summary": summary}])
    told = ", ".join(f"{statuses[name]} {name}" for name in _STATUSES if statuses[name])
    click.echo(f"{told}{'; nothing was written' if dry_run else ''}", err=True)
    if tally.rejected:
        click.get_current_context().exit(EXIT_REJECTED)


_STATUSES = ("changed", "unchanged", "alone", "new", "rejected")


def _incoming(
    items: Iterator[Loaded | Quarantined], reporter: Reporter, kept: BinaryIO | None
) -> Iterator[Loaded | Quarantined]:
    for item in items:
        if isinstance(item, Quarantined):
            reporter.add(item.findings)
            if kept is not None:
                kept.write(item.raw)
        yield item


def _opened(stack: ExitStack, path: str | None, force: bool) -> BinaryIO | None:
    return stack.enter_context(atomic_output(path, force=force)) if path else None


class _Outputs:
    """The files of one overlay; all appear together, or none."""

    def __init__(
        self, stack: ExitStack, output: str, form: str | None, first: Laid, aside: str | None,
        origins: str | None, kept: BinaryIO | None, *, add_new: bool, force: bool,
    ) -> None:  # fmt: skip
        self._rejects = kept
        self._origins = _opened(stack, origins, force)
        aside_stream = _opened(stack, aside, force)
        read_form = first.item.form if isinstance(first.item, Loaded) else None
        chosen = form_for(form, output, read_form)
        stream = stack.enter_context(output_stream(output, force=force))
        self._main = selection.Passing(stream, chosen)
        self._aside = selection.Passing(aside_stream, chosen) if aside_stream else None
        self._add_new = add_new

    def write(self, laid: Laid) -> tuple[Finding, ...]:
        """Write a record to where it belongs; return what was noticed."""
        if isinstance(laid.item, Quarantined):
            if self._rejects is not None:
                self._rejects.write(laid.item.raw)
            return ()
        if self._origins is not None and laid.overlaid is not None:
            line = json.dumps(laid.as_json(), ensure_ascii=False)
            self._origins.write(line.encode("utf-8") + b"\n")
        if laid.status != "new":
            return self._main.write(laid.item, changed=laid.status == "changed")
        target = self._main if self._add_new else self._aside
        if target is None:
            raise DataLossRefused(
                f"incoming record {laid.incoming} matches no existing one and has no place; "
                "--new FILE keeps such records apart, --add-new writes them too"
            )
        return target.write(laid.item, changed=True)

    def close(self) -> None:
        """Write what stands after the last record."""
        self._main.close()
        if self._aside is not None:
            self._aside.close()


def _show(laid: Laid, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        emit_json([laid.as_json()])
    elif dry_run and laid.status in ("changed", "new"):
        record = laid.item.record if isinstance(laid.item, Loaded) else None
        title = record.get("245") if record is not None else None
        name = visible(title.get("a") or "") if title is not None else ""
        where = f"record {laid.item.number}" if laid.status == "changed" else "no match"
        click.echo(f"{laid.status}: {where}, incoming {laid.incoming}: {name}")
        if laid.diff is not None:
            print_changes(laid.diff)

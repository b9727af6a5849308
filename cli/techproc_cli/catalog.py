"""`techproc catalog`: the library's own records in one file."""

from __future__ import annotations

from typing import Any, cast

import click

from techproc import marc
from techproc.catalog import Catalog, Held
from techproc.classify.callnumber import shelf_key
from techproc.marc.description import describe
from techproc.marc.estimate import expected_records
from techproc_cli.exits import EXIT_REJECTED
from techproc_cli.groups import CommandGroup
from techproc_cli.marc_inputs import Reporter, output_stream, to_option
from techproc_cli.options import emit_json, force_option, json_option, output_option, quiet_option
from techproc_cli.progress import progress_bar

__all__ = ["catalog"]

catalog_argument = click.argument("catalog_file", metavar="CATALOG")


@click.group(cls=CommandGroup)
def catalog() -> None:
    """Keep the library's own records: import, export, search, statistics, shelf-list.

    \b
    Example:
      techproc catalog import catalogue.sqlite examples/catalogue.mrc
      techproc catalog search catalogue.sqlite american cooking
    """


@catalog.command(name="import")
@catalog_argument
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--profile",
    type=click.Choice(["koha", "evergreen", "plain"]),
    help="Read items from the fields of this profile; without it from those a record carries.",
)
@json_option
@quiet_option
def import_(
    catalog_file: str, files: tuple[str, ...], profile: str | None, as_json: bool, quiet: bool
) -> None:
    """Add MARC records to a catalogue, all of them or after any failure none.

    A record whose control number (001) is there replaces that one. The catalogue is made when it is
    not there yet; - is standard input.

    \b
    Example:
      techproc catalog import catalogue.sqlite examples/catalogue.mrc
    """
    reporter = Reporter()
    total = expected_records(files)
    with Catalog(catalog_file, create=True) as store, progress_bar(quiet=quiet) as show:
        report = store.import_records(
            (entry for file in files for entry in marc.read(file)),
            profile=cast(Any, profile),
            report=lambda finding: reporter.add([finding]),
            progress=lambda count: show(count, total, "importing"),
        )
    reporter.finish()
    counts = {
        "read": report.tally.read,
        "added": report.added,
        "replaced": report.replaced,
        "rejected": report.tally.rejected,
        "items": report.items,
    }
    if as_json:
        emit_json([counts])
    elif not quiet:
        click.echo(", ".join(f"{name} {count}" for name, count in counts.items()), err=True)
    if report.tally.rejected:
        click.get_current_context().exit(EXIT_REJECTED)


@catalog.command()
@catalog_argument
@to_option
@output_option
@force_option
def export(catalog_file: str, form: str | None, output: str, force: bool) -> None:
    """Write every record of a catalogue as MARC.

    \b
    Example:
      techproc catalog export catalogue.sqlite -o all.mrc
    """
    reporter = Reporter()
    with (
        Catalog(catalog_file, readonly=True) as store,
        output_stream(output, force=force) as stream,
        marc.RecordWriter(stream, form or "iso2709") as writer,
    ):
        for held in store.records():
            found = writer.write(held.record)
            reporter.add(finding.at(control=held.control or None) for finding in found)
    reporter.finish()


@catalog.command()
@catalog_argument
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Show so many at most.",
)
@json_option
def search(catalog_file: str, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find records by words of title, names, subjects or imprint, or by ISBN, barcode or 001.

    \b
    Example:
      techproc catalog search catalogue.sqlite american cooking
    """
    with Catalog(catalog_file, readonly=True) as store:
        found = [_shown(held) for held in store.search(" ".join(words), limit=limit)]
    if not found:
        click.echo("no record has all of these words", err=True)
    if as_json:
        emit_json(found)
        return
    for each in found:
        line = " / ".join(part for part in (each["title"], each["names"], each["date"]) if part)
        click.echo(f"{each['control']}\t{line}")


def _shown(held: Held) -> dict[str, Any]:
    described = describe(held.record)
    return {
        "control": held.control,
        "title": held.title,
        "names": "; ".join(name.text for name in described.creators),
        "date": described.date.text,
        "isbns": [number.isbn13 for number in described.isbns if number.isbn13],
    }


@catalog.command()
@catalog_argument
@click.option("--check", is_flag=True, help="Read the whole file and report any damage.")
@json_option
def stats(catalog_file: str, check: bool, as_json: bool) -> None:
    """Count records, items, barcodes and shelf-list entries.

    \b
    Example:
      techproc catalog stats catalogue.sqlite --check
    """
    with Catalog(catalog_file, readonly=True) as store:
        if check:
            store.check()
        counts = store.stats()
    if as_json:
        emit_json([counts])
        return
    for name, count in counts.items():
        click.echo(f"{count:>12,}  {name.replace('_', ' ')}")


@catalog.command()
@catalog_argument
@click.option(
    "--scheme",
    type=click.Choice(["lcc", "ddc", "nlm", "sudoc", "local"]),
    default="lcc",
    show_default=True,
    help="Show the numbers of this scheme.",
)
@click.option("--from", "start", default="", metavar="NUMBER", help="Begin at this call number.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Show so many at most.")
@json_option
def shelflist(catalog_file: str, scheme: str, start: str, limit: int | None, as_json: bool) -> None:
    """Print the shelf-list in call-number order.

    \b
    Example:
      techproc catalog shelflist catalogue.sqlite --from TX714 --limit 10
    """
    with Catalog(catalog_file, readonly=True) as store:
        entries = store.shelf(scheme).since(shelf_key(start, scheme) if start else "", limit or -1)
        if as_json:
            emit_json(entry.as_json() for entry in entries)
            return
        for entry in entries:
            heading = ". ".join(part for part in (entry.heading, entry.title) if part)
            click.echo(f"{entry.call_number}\t{heading}")

"""`techproc classify`: call numbers; class numbers join from `classify_index`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from techproc.classify.callnumber import CallNumber, shelf_keys
from techproc.classify.check import check_callnumber
from techproc.classify.cutter import lc_cutter
from techproc.classify.numbers import TAGS, Scheme
from techproc.classify.shelfread import fewest_moves
from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.findings import Severity
from techproc_cli import classify_headings, classify_index
from techproc_cli.exits import EXIT_FINDINGS, EXIT_REJECTED, leave_for_findings
from techproc_cli.groups import CommandGroup
from techproc_cli.options import (
    config_option,
    emit_json,
    fail_on_option,
    json_option,
    read_policy,
)

if TYPE_CHECKING:
    from techproc.classify.shelflist import ShelfEntry, ShelfList
    from techproc.classify.shelving import FittedCallNumber

__all__ = ["classify"]

_scheme_option = click.option(
    "--scheme",
    type=click.Choice(["lcc", "ddc", "nlm", "sudoc", "local", "auto"]),
    default="auto",
    show_default=True,
    help="Scheme of the numbers; auto goes by each one's form.",
)


@click.group(cls=CommandGroup)
def classify() -> None:
    """Sort, check and build call numbers; suggest class numbers and subject headings.

    \b
    Example:
      techproc classify sort numbers.txt
    """


for _command in (
    classify_index.suggest,
    classify_index.train,
    classify_index.evaluate,
    classify_headings.headings,
):
    classify.add_command(_command)


@classify.command()
@click.argument("file", default="-", metavar="[FILE]")
@_scheme_option
@click.option("--check", is_flag=True, help="Print the fewest moves that put the list in order.")
@json_option
def sort(file: str, scheme: str, check: bool, as_json: bool) -> None:
    """Print call numbers, one a line, in the order of the shelf.

    Every line comes out as it went in; equal numbers keep their order; blank lines are left out.
    With --check nothing is sorted: what stands out of place is printed with the number it belongs
    after, and the exit code is 1 when there is any.

    \b
    Example:
      printf 'QA9 .A5\\nQA10 .A5\\nQA9.3 .B2\\n' | techproc classify sort --scheme lcc
    """
    lines = list(_lines(file))
    if check:
        _print_moves(lines, scheme, as_json)
        return
    keys = shelf_keys(lines, scheme)
    ordered = [lines[i] for i in sorted(range(len(lines)), key=keys.__getitem__)]
    if as_json:
        emit_json(_parsed(line, scheme) for line in ordered)
        return
    _write(ordered)


def _print_moves(lines: list[str], scheme: str, as_json: bool) -> None:
    moves = fewest_moves(lines, scheme)
    if as_json:
        emit_json(asdict(move) for move in moves)
    else:
        where = [f"after {move.after}" if move.after else "to the beginning" for move in moves]
        _write(f"{m.position}\t{m.call_number}\t{w}" for m, w in zip(moves, where, strict=True))
    click.echo(f"{len(moves)} of {len(lines)} to move", err=True)
    if moves:
        click.get_current_context().exit(EXIT_FINDINGS)


@classify.command()
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--digits",
    type=click.IntRange(1, 9),
    default=2,
    show_default=True,
    help="Figures after the letter.",
)
@json_option
def cutter(text: tuple[str, ...], digits: int, as_json: bool) -> None:
    """Print the LC Cutter that the table proposes for a heading or a title.

    The table only proposes: `classify callnumber` fits a number into a shelf-list. A title's
    leading article is part of TEXT: leave it off. Each TEXT in quotes is one heading.

    \b
    Example:
      techproc classify cutter Campbell "Qutub, Ahmad" 1984
    """
    rows = []
    for heading in text:
        try:
            rows.append({"text": heading, "cutter": lc_cutter(heading, digits)})
        except ValueError as problem:
            raise click.UsageError(str(problem)) from None
    if as_json:
        emit_json(rows)
        return
    for row in rows:
        click.echo(row["cutter"])


@classify.command()
@click.argument("file", default="-", metavar="[FILE]")
@_scheme_option
@fail_on_option
@json_option
def check(file: str, scheme: str, fail_on: str, as_json: bool) -> None:
    """Tell which call numbers, one a line, are malformed or only class numbers.

    \b
    Example:
      printf 'QA76.9 .A5 1990\\nPZ123.234.234\\n' | techproc classify check --scheme lcc
    """
    total = 0
    severities: set[Severity] = set()
    for place, line in enumerate(_lines(file), 1):
        found = check_callnumber(line, scheme)
        total += 1
        severities |= {finding.severity for finding in found}
        if as_json:
            emit_json([{**_parsed(line, scheme), "findings": [f.as_json() for f in found]}])
        else:
            _write(f"{place}\t{line}\t{finding}" for finding in found)
    click.echo(f"{total} read", err=True)
    leave_for_findings(severities, fail_on)


@classify.command()
@click.argument("file", metavar="FILE")
@click.option("--catalog", "catalog_file", metavar="FILE", help="Fit into this catalogue's shelf.")
@click.option("--shelflist", metavar="FILE", help="Fit among the call numbers of these records.")
@click.option("--class", "class_number", metavar="NUMBER", help="Class number of every record.")
@click.option("--scheme", type=click.Choice(["lcc", "ddc"]), help="[default: the policy's]")
@config_option
@fail_on_option
@json_option
def callnumber(
    file: str,
    catalog_file: str | None,
    shelflist: str | None,
    class_number: str | None,
    scheme: Scheme | None,
    config_file: str | None,
    fail_on: str,
    as_json: bool,
) -> None:
    """Build a complete call number for each record, fitted into the shelf-list.

    The class number is --class, else the record's own 050 $a or 082 $a; the item number that a
    record has is not looked at. The neighbours it was fitted between and the rule of each step are
    shown. Numbers built for earlier records of FILE count as taken; nothing is written anywhere.

    \b
    Example:
      techproc classify callnumber examples/vendor.mrc --shelflist examples/catalogue.mrc
    """
    from techproc.classify.shelflist import LayeredShelfList, MemoryShelfList  # noqa: PLC0415
    from techproc.classify.shelving import fit  # noqa: PLC0415
    from techproc.marc import Loaded, read  # noqa: PLC0415

    policy = read_policy(config_file).classify
    scheme = scheme or policy.scheme
    batch = MemoryShelfList()
    severities: set[Severity] = set()
    rejected = 0
    with ExitStack() as stack:
        shelf: ShelfList = batch
        if catalog_file or shelflist:
            held = _shelf(stack, catalog_file, shelflist, scheme)
            shelf = LayeredShelfList(*held, batch)
        for item in read(file):
            if not isinstance(item, Loaded):
                rejected += 1
                click.echo(str(item.finding), err=True)
                continue
            wanted = class_number or _class_number(item.record, scheme)
            fitted = fit(item.record, wanted, scheme, shelf, policy)
            if fitted.call_number:
                batch.add(fitted.shelf_entry)
            severities |= {finding.severity for finding in fitted.findings}
            if as_json:
                emit_json([_fitted(item.number, fitted)])
            else:
                _show_fitted(item.number, fitted)
    if rejected:
        click.get_current_context().exit(EXIT_REJECTED)
    leave_for_findings(severities, fail_on)


def _shelf(
    stack: ExitStack, catalog_file: str | None, shelflist: str | None, scheme: Scheme
) -> list[ShelfList]:
    """Return the shelf-lists asked for; a catalogue stays open as long as the stack."""
    lists: list[ShelfList] = []
    if catalog_file:
        from techproc.catalog import Catalog  # noqa: PLC0415

        lists.append(stack.enter_context(Catalog(catalog_file, readonly=True)).shelf(scheme))
    if shelflist:
        from techproc.classify.shelflist import MemoryShelfList  # noqa: PLC0415
        from techproc.classify.shelving import shelf_entry_of  # noqa: PLC0415
        from techproc.marc import Loaded, read  # noqa: PLC0415

        entries = []
        for item in read(shelflist):
            if not isinstance(item, Loaded):
                click.echo(str(item.finding.at(severity=Severity.WARNING)), err=True)
                continue
            entries += [
                shelf_entry_of(item.record, number, scheme)
                for number in _own_numbers(item.record, scheme)
            ]
        lists.append(MemoryShelfList(entries))
    return lists


def _own_numbers(record: Any, scheme: Scheme) -> Iterator[str]:
    """Yield the complete call numbers of a record."""
    for field in record.get_fields(*TAGS[scheme]):
        class_part, item_part = field.get("a"), field.get("b")
        if class_part and item_part:
            yield f"{class_part.strip()} {item_part.strip()}"


def _class_number(record: Any, scheme: Scheme) -> str:
    """Return the first class number of a record, or an empty text."""
    fields = record.get_fields(*TAGS[scheme])
    return next((value.strip() for field in fields if (value := field.get("a"))), "")


def _fitted(number: int, fitted: FittedCallNumber) -> dict[str, Any]:
    return {
        "record": number,
        "control": fitted.entry.number,
        "call_number": fitted.call_number,
        "class_part": fitted.class_part,
        "item_part": fitted.item_part,
        "scheme": fitted.scheme,
        "before": [entry.as_json() for entry in fitted.before],
        "after": [entry.as_json() for entry in fitted.after],
        "steps": [{"rule": step.rule, "text": step.text} for step in fitted.steps],
        "findings": [finding.as_json() for finding in fitted.findings],
    }


def _show_fitted(number: int, fitted: FittedCallNumber) -> None:
    entry = fitted.entry
    click.echo(f"{fitted.call_number or 'no call number'}\t{_name(entry.heading, entry.title)}")
    for held in reversed(fitted.before):
        click.echo(f"    before  {_brief(held)}")
    for held in fitted.after:
        click.echo(f"    after   {_brief(held)}")
    for step in fitted.steps:
        click.echo(f"    {step.rule}: {step.text}")
    for finding in fitted.findings:
        click.echo(str(finding.at(record=number)), err=True)


def _brief(entry: ShelfEntry) -> str:
    return f"{entry.call_number}  {_name(entry.heading, entry.title)}".rstrip()


def _name(heading: str, title: str) -> str:
    point = " " if heading.endswith((".", "-")) else ". "
    return point.join(part for part in (heading, title) if part)


def _parsed(line: str, scheme: str) -> dict[str, Any]:
    number = CallNumber.parse(line, scheme)
    return {
        "call_number": line,
        "scheme": number.scheme,
        "valid": number.valid,
        "key": number.key,
        "class_number": number.class_number,
        "elements": [{"kind": e.kind.value, "text": e.text} for e in number.elements],
    }


def _lines(file: str) -> Iterator[str]:
    """Yield the lines that are not blank, whatever their bytes."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(explain_os_error(file, error)) from error
    for line in data.decode("utf-8-sig", "surrogateescape").split("\n"):
        if line.strip():
            yield line.rstrip("\r")


def _write(lines: Iterable[str]) -> None:
    """Write lines as they were read, bytes that are no UTF-8 included."""
    stream = sys.stdout.buffer
    for line in lines:
        stream.write(line.encode("utf-8", "surrogateescape") + b"\n")
    stream.flush()

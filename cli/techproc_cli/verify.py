"""`techproc verify`: hold records against the items in hand, or against other records."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import Any

import click

from techproc.errors import InputError
from techproc.marc import Loaded, read
from techproc.marc.control import control_number
from techproc.verify.comparison import Verification
from techproc.verify.listing import Line, is_list, read_items
from techproc.verify.matching import RecordIndex, best_first, verify_within
from techproc_cli.exits import EXIT_FINDINGS, EXIT_REJECTED
from techproc_cli.options import config_option, emit_json, json_option, read_policy

__all__ = ["verify"]

_ERRORS = ("other edition", "other work", "no record")
_FAILS = {"error": _ERRORS, "warning": ("unsure", *_ERRORS), "never": ()}
_MARKS = {"agree": "=", "compatible": "~", "differ": "≠", "absent": " "}


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--against", metavar="RECORDS", help="Hold the items of FILE against these records.")
@click.option("--items", metavar="LIST", help="Hold the records of FILE against these items.")
@click.option(
    "--all", "every", is_flag=True, help="Show every record compared, not the best alone."
)
@click.option(
    "--fail-on",
    type=click.Choice(tuple(_FAILS)),
    default="error",
    show_default=True,
    help="Exit code 1 from here on: error is another edition, another work or no record; "
    "warning is unsure too.",
)
@json_option
@config_option
def verify(
    file: str,
    against: str | None,
    items: str | None,
    every: bool,
    fail_on: str,
    as_json: bool,
    config_file: str | None,
) -> None:
    """Tell whether records are those of the items in hand, element by element.

    FILE is a list of items (CSV or JSON with title, author, publisher, date, edition, isbn, extent,
    series, language) or a MARC file; RECORDS a MARC file. An item finds its record by the column
    "record" (001), else by ISBN, else by the start of its title. With neither --against nor
    --items, the records of FILE that share an ISBN are compared with one another.

    \b
    Example:
      techproc verify items.csv --against records.mrc
    """
    policy = read_policy(config_file).verify
    if against and items:
        raise click.UsageError("--against and --items say the same from two sides; give one")
    if items:
        file, against = items, file
    reading = _Reading()
    if against:
        index = RecordIndex(reading.records(against))
        if not len(index):
            raise InputError(
                f"{against}: no record could be read; there is nothing to compare with"
            )
        outcomes = _against(file, index, reading, every, policy)
    elif is_list(file):
        raise click.UsageError("a list of items needs --against RECORDS")
    else:
        outcomes = (
            (control, found) for control, found in verify_within(reading.records(file), policy)
        )
    bad = 0
    for name, found in outcomes:
        verdict = found.verdict if found else "no record"
        bad += verdict in _FAILS[fail_on]
        if as_json:
            emit_json([_as_json(name, found)])
        else:
            click.echo(_as_text(name, found))
    context = click.get_current_context()
    if bad:
        context.exit(EXIT_FINDINGS)
    if reading.rejected:
        context.exit(EXIT_REJECTED)


class _Reading:
    """Reads records; what is none is told on standard error and counted."""

    def __init__(self) -> None:
        self.rejected = 0

    def records(self, path: str) -> Iterator[Any]:
        for entry in read(path):
            if isinstance(entry, Loaded):
                yield entry.record
            else:
                self.rejected += 1
                click.echo(str(entry.finding), err=True)


def _against(
    file: str, index: RecordIndex, reading: _Reading, every: bool, policy: Any
) -> Iterator[tuple[str, Verification | None]]:
    """Yield each item's name with its verifications, the best alone unless `every`."""
    sides: Iterator[tuple[str, Any, str]]
    if is_list(file) or file == "-":
        sides = ((f"line {line.number}", line.item, line.control) for line in _told(file))
    else:
        sides = (
            (control_number(record) or f"record {number}", record, "")
            for number, record in enumerate(reading.records(file), 1)
        )
    for name, side, control in sides:
        found = best_first(side, index.find(side, control), policy)
        if not found:
            yield name, None
        for one in found if every else found[:1]:
            yield name, one


def _told(file: str) -> Iterator[Line]:
    """Yield the lines of a list; what is wrong with one is told on standard error."""
    for line in read_items(file):
        for finding in line.findings:
            click.echo(str(finding), err=True)
        yield line


def _as_json(name: str, found: Verification | None) -> dict[str, Any]:
    if found is None:
        return {
            "item": name, "record": None, "verdict": "no record", "elements": {}, "reasons": [],
            "rules": [],
        }  # fmt: skip
    return {"item": name, **found.as_json()}


def _as_text(name: str, found: Verification | None) -> str:
    if found is None:
        return f"{name}: no record\n"
    lines = [f"{name} and {found.control or 'the record'}: {found.verdict}"]
    lines += [f"  because {reason}" for reason in found.reasons]
    width = (shutil.get_terminal_size().columns if sys.stdout.isatty() else 160) - 18
    for element, one in found.elements.items():
        if one.verdict == "absent":
            continue
        both = one.item if one.item == one.record else f"{one.item or '—'} / {one.record or '—'}"
        lines.append(f"  {_MARKS[one.verdict]} {element:10} {_shortened(both, width)}")
    return "\n".join(lines) + "\n"


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 1)] + "…"

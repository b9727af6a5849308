"""The entry point: command groups that are imported only when they are used."""

from __future__ import annotations

import sys

import click

from techproc_cli.exits import exit_code_for
from techproc_cli.groups import LazyGroup

__all__ = ["cli", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "process": (
        "techproc_cli.process:command",
        "Catalogue what arrives: records to load and labels to stick, in one go.",
    ),
    "fetch": (
        "techproc_cli.fetch:fetch",
        "Fetch the best record for each ISBN from files, SRU targets and Open Library.",
    ),
    "sources": (
        "techproc_cli.sources:sources",
        "List, check and search the servers that can be asked for records.",
    ),
    "marc": (
        "techproc_cli.marc:marc",
        "Count, look at, convert, select, validate, edit and tabulate MARC records.",
    ),
    "verify": (
        "techproc_cli.verify:verify",
        "Tell whether records are those of the items in hand, element by element.",
    ),
    "dedupe": (
        "techproc_cli.dedupe:dedupe",
        "Find duplicate records, explain them, and have people decide.",
    ),
    "catalog": (
        "techproc_cli.catalog:catalog",
        "Keep the library's own records: import, export, search, statistics, shelf-list.",
    ),
    "classify": (
        "techproc_cli.classify:classify",
        "Sort, check and build call numbers; suggest class numbers and subject headings.",
    ),
    "labels": (
        "techproc_cli.labels:labels",
        "Print spine, barcode and pocket labels and cards, exact to the stock; split call numbers.",
    ),
    "config": (
        "techproc_cli.config:config",
        "Show the policy in force and where each key comes from.",
    ),
}


@click.command(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="techproc", prog_name="techproc")
def cli() -> None:
    """The technical services department of a library.

    Records are fetched, verified, classified, freed of duplicates and made ready to load, and the
    labels are printed. Data goes to standard output, everything else to standard error.

    \b
    Example:
      techproc process trolley.csv vendor.mrc --catalog catalogue.mrc --out out/
    """


def main() -> None:
    """Run the command line and exit with a documented code; no traceback reaches the user."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except SystemExit:
        # Commands do not exit by themselves: this is click's answer to a pipe whose reader has
        # gone, and a reader that has enough is no fault.
        code = 0
    except BaseException as error:
        code = exit_code_for(error)
    sys.exit(code if isinstance(code, int) else 0)

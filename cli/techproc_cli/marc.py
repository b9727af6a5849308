"""`techproc marc`: count, look at, convert, select and tabulate MARC records."""

from __future__ import annotations

import click

from techproc_cli.groups import LazyGroup

__all__ = ["marc"]

# name → (module:attribute, one-line help), as in main.py: help imports no codec.
COMMANDS: dict[str, tuple[str, str]] = {
    "count": ("techproc_cli.marc_look:count", "Count records, rejects, encodings and types."),
    "view": ("techproc_cli.marc_look:view", "Show records as text."),
    "convert": ("techproc_cli.marc_pass:convert", "Write records in another form or encoding."),
    "filter": (
        "techproc_cli.marc_pass:filter_records",
        "Keep the records for which a condition holds.",
    ),
    "split": ("techproc_cli.marc_pass:split", "Divide records over several files."),
    "join": ("techproc_cli.marc_pass:join", "Put the records of several files into one."),
    "sample": ("techproc_cli.marc_pass:sample", "Draw records at random, repeatably."),
    "overlay": (
        "techproc_cli.marc_overlay:overlay",
        "Lay incoming records over existing ones: protect, replace, add, remove by rules.",
    ),
    "diff": (
        "techproc_cli.marc_diff:diff",
        "Compare two loads: which records are new, gone or changed, and in which fields.",
    ),
    "validate": ("techproc_cli.marc_validate:validate", "Hold records against MARC 21."),
    "schema": ("techproc_cli.marc_validate:schema", "Print MARC 21 as an Avram schema."),
    "rules": ("techproc_cli.marc_validate:rules", "List the rules of validate, as Markdown."),
    "edit": (
        "techproc_cli.marc_edit:edit",
        "Edit the records of FILE by a recipe; write a patch that undoes it.",
    ),
    "recipes": (
        "techproc_cli.marc_edit:recipes",
        "List the shipped recipes; print the one that is named, to copy and change.",
    ),
    "patch": (
        "techproc_cli.marc_patch:patch",
        "Show, apply and reverse patches: what `marc edit` and `marc table apply` did to records.",
    ),
    "table": ("techproc_cli.marc_table:table", "Records to a spreadsheet, and changed cells back."),
}


@click.command(cls=LazyGroup, table=COMMANDS)
def marc() -> None:
    """Count, look at, convert, select, validate, edit and tabulate MARC records.

    Every command reads ISO 2709, MARCXML, MARC-in-JSON, .mrk and line MARC, compressed or not;
    `-` is standard input. What cannot be read as a record is reported, and kept with --rejects.

    \b
    Example:
      techproc marc count tests/fixtures/forms/sample.mrc
    """

"""`techproc marc`: count, look at, convert, select and tabulate MARC records."""

from __future__ import annotations

import importlib

import click

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
        "Lay incoming records over existing ones, by rules.",
    ),
    "diff": (
        "techproc_cli.marc_diff:diff",
        "Compare two loads, record by record and field by field.",
    ),
    "validate": ("techproc_cli.marc_validate:validate", "Hold records against MARC 21."),
    "schema": ("techproc_cli.marc_validate:schema", "Print MARC 21 as an Avram schema."),
    "rules": ("techproc_cli.marc_validate:rules", "List the rules of validate, as Markdown."),
    "edit": ("techproc_cli.marc_edit:edit", "Edit records by a recipe, with a patch to undo it."),
    "recipes": ("techproc_cli.marc_edit:recipes", "List the recipes of edit, or print one."),
    "patch": ("techproc_cli.marc_patch:patch", "Show, apply and reverse what was done."),
    "table": ("techproc_cli.marc_table:table", "Records to a spreadsheet, and changed cells back."),
}


class _Group(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table, then those that others added."""
        return [*COMMANDS, *sorted(self.commands)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None when there is no such one."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their help, without importing them."""
        rows = [(name, text) for name, (_, text) in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.command(cls=_Group)
def marc() -> None:
    """Count, look at, convert, select, validate, edit and tabulate MARC records.

    Every command reads ISO 2709, MARCXML, MARC-in-JSON, .mrk and line MARC, compressed or not;
    `-` is standard input. What cannot be read as a record is reported, and kept with --rejects.

    \b
    Example:
      techproc marc count tests/fixtures/forms/sample.mrc
    """

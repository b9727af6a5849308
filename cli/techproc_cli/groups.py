"""Groups of commands, listed with the whole first sentence of each command's help."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

__all__ = ["CommandGroup", "LazyGroup"]

_WHOLE = 1000  # characters of a help text; click cuts it at the width of the line otherwise


class _HintingGroup(click.Group):
    """A group that says which command may have been meant by one that there is not."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that arguments name; raises UsageError for one that there is not."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from techproc.config import name_hint  # noqa: PLC0415  (an error may take its time)

            hint = name_hint(args[0], self.list_commands(ctx))
            raise click.UsageError(f"{error.message.rstrip('.')}; {hint}", ctx) from None


class CommandGroup(_HintingGroup):
    """A group that lists its commands with their first sentences whole."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands."""
        names = self.list_commands(ctx)
        rows = [(name, self.commands[name].get_short_help_str(_WHOLE)) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class LazyGroup(_HintingGroup):
    """A group that lists its commands from a table and imports one when it is called.

    `table` has for each name where the command is (module:attribute) and its one-line help. The
    help stands there so that listing imports none of the modules; a test holds it against each
    command's own.
    """

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None when there is no such one."""
        if cmd_name not in self.table:
            return None
        module, _, attribute = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.table.items()])

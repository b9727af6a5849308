"""Exit codes, and the message that goes with each kind of failure.

0 ok · 1 findings at or above --fail-on · 2 usage or unusable input · 3 some records rejected ·
4 a source unavailable · 5 refused because it would lose data · 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Iterable

import click

from techproc.errors import (
    DataLossRefused,
    NotEncodable,
    RecordTooLarge,
    SourceUnavailable,
    TechprocError,
)
from techproc.files import explain_os_error
from techproc.findings import Severity

__all__ = [
    "EXIT_FINDINGS",
    "EXIT_INTERRUPTED",
    "EXIT_OK",
    "EXIT_REFUSED",
    "EXIT_REJECTED",
    "EXIT_UNAVAILABLE",
    "EXIT_USAGE",
    "exit_code_for",
    "leave_for_findings",
]

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_REJECTED = 3
EXIT_UNAVAILABLE = 4
EXIT_REFUSED = 5
EXIT_INTERRUPTED = 130


def leave_for_findings(found: Iterable[Severity], fail_on: str) -> None:
    """End the command with 1 when any severity is that of --fail-on or graver; "never": none is."""
    if fail_on != "never" and any(one.rank <= Severity(fail_on).rank for one in found):
        click.get_current_context().exit(EXIT_FINDINGS)


def exit_code_for(error: BaseException) -> int:
    """Print what went wrong on standard error and return the exit code for it.

    Errors that no one foresaw are raised again: those are faults of the program, and worth a
    report with a traceback.
    """
    if isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, TechprocError):
        click.echo(f"techproc: {error}", err=True)
        if isinstance(error, DataLossRefused | RecordTooLarge | NotEncodable):
            return EXIT_REFUSED
        return EXIT_UNAVAILABLE if isinstance(error, SourceUnavailable) else EXIT_USAGE
    if isinstance(error, OSError):
        click.echo(f"techproc: {explain_os_error(error.filename or 'output', error)}", err=True)
        return EXIT_USAGE
    raise error

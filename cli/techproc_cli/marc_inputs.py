"""What the `marc` commands share: inputs with their rejects, the output's form, the exit code."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from techproc.errors import DataLossRefused, OutputError
from techproc.files import atomic_output
from techproc.findings import Finding
from techproc.marc import Loaded, Quarantined, forms, read
from techproc_cli.exits import EXIT_REJECTED

if TYPE_CHECKING:
    from techproc.marc.columns import SubfieldBlock

__all__ = [
    "Inputs",
    "Reporter",
    "by_option",
    "form_for",
    "input_options",
    "jobs_option",
    "output_stream",
    "refuse_loss",
    "to_option",
]

F = TypeVar("F", bound=Callable[..., Any])

# Written out, so that help imports no codec; a test holds them against the registry.
FORMS = ("iso2709", "marcxml", "json", "ndjson", "mrk", "line", "csv")
ASSUMED = ("utf-8", "marc-8", "latin-1", "cp1252", "koi8-r", "cp1251")
_SHOWN = 20

to_option = click.option(
    "--to", "form", type=click.Choice(FORMS), help="Form to write; else by -o's name, else as read."
)

jobs_option = click.option(
    "--jobs", type=click.IntRange(1), help="Processes; by default one a processor, at most 4."
)

by_option = click.option(
    "--by",
    multiple=True,
    metavar="PATH",
    default=("001",),
    show_default=True,
    help="Align by a field path (001, 035$a), isbn, or keys; repeat: what one leaves, the next tries.",
)


def input_options(command: F) -> F:
    """Add the FILE arguments and the options about reading them."""
    for decorate in (
        click.option(
            "--rejects", metavar="FILE", help="Keep the bytes that are no record in FILE."
        ),
        click.option(
            "--assume", type=click.Choice(ASSUMED), help="Encoding, whatever it looks like."
        ),
        click.option("--from", "source_form", type=click.Choice(FORMS), help="Form of the input."),
        click.argument("files", nargs=-1, required=True, metavar="FILE..."),
    ):
        command = decorate(command)
    return command


class Inputs:
    """The records of several files, with what was rejected counted and kept.

    Use it as a context manager: the file of rejects appears when the work is done.
    """

    def __init__(
        self,
        files: tuple[str, ...],
        source_form: str | None,
        assume: str | None,
        rejects: str | None,
        *,
        force: bool = False,
    ) -> None:
        self._files = files
        self._form = source_form
        self._assume = assume
        self.instructed = bool(source_form or assume)  # told how to read, not by the evidence
        self._rejects = rejects
        self._force = force
        self._stack = ExitStack()
        self._kept: BinaryIO | None = None
        self.read = 0
        self.rejected = 0
        self.noticed: Counter[str] = Counter()
        self.form: str | None = None  # of the first record
        self.file: str | None = None  # the one that is being read

    def __enter__(self) -> Inputs:
        if self._rejects:
            kept = self._stack.enter_context(atomic_output(self._rejects, force=self._force))
            self._kept = kept
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def everything(self) -> Iterator[Loaded | Quarantined]:
        """Yield records and rejected pieces; the latter are told on standard error and kept."""
        for file in self._files:
            self.file = file
            for item in read(file, assume=self._assume, form=self._form):
                if isinstance(item, Quarantined):
                    self.taken(1, [item])
                else:
                    self.read += 1
                    self.form = self.form or item.form
                    if item.findings:
                        self.noticed.update({finding.rule for finding in item.findings})
                yield item

    def records(self) -> Iterator[Loaded]:
        """Yield the records alone."""
        for item in self.everything():
            if isinstance(item, Loaded):
                yield item

    def scanned(self, block: SubfieldBlock) -> None:
        """Count what a scan of a file found; what it rejected is told and kept in the same way."""
        rejected = {item.finding for item in block.rejects}
        noticed = {(f.record, f.rule) for f in block.findings if f not in rejected}
        self.noticed.update(rule for _, rule in noticed)
        self.taken(block.records + len(block.rejects), block.rejects)

    def taken(self, read: int, rejects: Iterable[Quarantined]) -> None:
        """Count what was read elsewhere; what was rejected is told and kept in the same way."""
        self.read += read
        for item in rejects:
            if item.beside:
                self.read -= 1
            else:
                self.rejected += 1
            self._keep(item)

    def _keep(self, item: Quarantined) -> None:
        if self._kept is not None:
            self._kept.write(item.raw)
        if item.beside or self.rejected <= _SHOWN:
            click.echo(str(item.finding), err=True)
        elif self.rejected == _SHOWN + 1:
            click.echo("… further rejects are counted but not listed", err=True)

    def spare(self, output: str) -> None:
        """Refuse to replace an input by an output in which its rejected pieces would be missing."""
        refuse_loss(output, self._files, self.rejected, self._rejects)

    def finish(self) -> None:
        """Say what was noticed, and leave with exit code 3 when something was rejected."""
        for rule, count in sorted(self.noticed.items()):
            click.echo(f"note {rule}: {count} record(s)", err=True)
        if self.rejected:
            kept = f"; kept in {self._rejects}" if self._rejects else "; --rejects FILE keeps them"
            click.echo(f"{self.rejected} of {self.read} rejected{kept}", err=True)
            self._stack.close()
            click.get_current_context().exit(EXIT_REJECTED)


def form_for(form: str | None, output: str, read_form: str | None) -> str:
    """Return the form to write: as named, else by the output's name, else as it was read."""
    if form:
        return form
    if output != "-":
        suffix = Path(output).suffix.lower()
        for known in forms():
            if suffix in known.suffixes and known.write is not None:
                return known.name
    return read_form or "iso2709"


@contextmanager
def output_stream(output: str, *, force: bool) -> Iterator[BinaryIO]:
    """Yield the stream to write to: standard output for `-`, else a file that appears whole."""
    if output == "-":
        stream = sys.stdout.buffer
        if sys.stdout.isatty():
            raise OutputError("records are not for a terminal; -o FILE, or a pipe")
        yield stream
        stream.flush()
    else:
        with atomic_output(output, force=force) as file:
            yield file


def refuse_loss(output: str, inputs: Iterable[str], rejected: int, rejects: str | None) -> None:
    """Raise DataLossRefused when an output replaces an input of which pieces are kept nowhere.

    To be asked while the output is still beside its place.
    """
    if not rejected or rejects or output == "-" or not Path(output).is_file():
        return
    if any(name != "-" and Path(name).exists() and Path(name).samefile(output) for name in inputs):
        raise DataLossRefused(
            f"{output}: it is an input, and what of it is no record would be lost (pieces: "
            f"{rejected}); nothing was written. --rejects FILE keeps them"
        )


class Reporter:
    """Prints the first findings of each rule on standard error, and counts the rest."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings; none is kept."""
        for finding in findings:
            self._counts[finding.rule] += 1
            if self._counts[finding.rule] <= _SHOWN:
                click.echo(str(finding), err=True)

    def finish(self) -> None:
        """Say how many there were of rules that were not listed in full."""
        for rule, count in self._counts.items():
            if count > _SHOWN:
                click.echo(f"… {count} findings of {rule} in all", err=True)

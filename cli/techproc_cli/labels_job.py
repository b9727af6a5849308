"""Printing labels: style, stock and places from the options, one call, findings, exit code."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

import click

from techproc.files import atomic_output
from techproc.findings import Finding, Severity
from techproc_cli.exits import EXIT_REJECTED

if TYPE_CHECKING:
    from techproc.labels import Label, LabelStyle
    from techproc.labels.profiles import Profile
    from techproc.labels.stock import Stock

__all__ = ["Job", "binary_output", "emit_findings", "leave", "profiles_from", "stocks_from"]

# What each form takes of the options about places; of the others one that is given is refused.
_PLACES: dict[str, tuple[str, ...]] = {
    "pdf": ("start", "skip", "order", "calibration", "outlines"),
    "png": ("start", "skip", "order", "calibration", "outlines"),
    "zpl": (),
    "csv": (),
}
_SPOOLED = 1 << 24  # bytes held in memory on their way to standard output


class _Section(Protocol):
    """A section of the policy that says what labels are printed on."""

    @property
    def stock(self) -> str: ...

    @property
    def start(self) -> int: ...


class Job:
    """A print job as the options describe it: `labels` are printed by `print`."""

    def __init__(
        self,
        policy: _Section,
        options: Mapping[str, Any],
        *,
        profile: str = "",
        check_digits: bool = True,
    ) -> None:
        from techproc.labels import calibration  # noqa: PLC0415
        from techproc.labels.stock import stock_named  # noqa: PLC0415

        self._check_digits = check_digits
        self._form: str = options["form"]
        self._output: str = options["output"]
        self._force: bool = options["force"]
        self.profiles = profiles_from(options["profiles_file"])
        self.stock = stock_named(
            options["stock"] or policy.stock,
            stocks_from(options["stock_file"], options["glabels"]),
        )
        self.style = _style(policy, profile, options)
        self.start: int = options["start"] or policy.start
        file = options["calibration_file"]
        self._places: dict[str, Any] = {
            "start": options["start"],
            "skip": numbers_of(options["skip"]),
            "order": None if options["order"] == "rows" else options["order"],
            "calibration": calibration.load_calibration(file) if file else None,
            "outlines": options["outlines"] or None,
        }
        given = [name for name, value in self._places.items() if value]
        if refused := [name for name in given if name not in _PLACES[self._form]]:
            raise click.UsageError(
                f"--{refused[0]} says something of sheets; --format {self._form} has none"
            )
        self.placed = not {"start", "skip", "order"}.isdisjoint(given)
        self._places |= {"start": self.start, "order": options["order"]}
        self._places["outlines"] = options["outlines"]
        self._common = {"partial": options["partial"], "copies": options["copies"]}

    def print(self, labels: Iterable[Label]) -> bool:
        """Print labels, say what was found, and return whether any could not be printed."""
        from techproc import labels as library  # noqa: PLC0415
        from techproc.labels.noticed import watched  # noqa: PLC0415

        odd: list[Finding] = []
        labels = watched(labels, odd, check_digits=self._check_digits)
        common = {**self._common, "style": self.style, "profiles": self.profiles}
        places = {key: self._places[key] for key in _PLACES[self._form]}
        with binary_output(self._output, force=self._force) as stream:
            if self._form == "csv":
                from techproc.labels.table import render_csv  # noqa: PLC0415

                return emit_findings([*render_csv(labels, stream, **common), *odd])
            render: Any = library.render_sheet
            if self._form == "zpl":
                from techproc.labels.zpl import render_zpl as render  # noqa: PLC0415
            elif self._form == "png":
                from techproc.labels.preview import render_preview as render  # noqa: PLC0415
            return emit_findings([*render(labels, self.stock, stream, **common, **places), *odd])


def leave(failed: bool) -> None:
    """End the command with the exit code for labels that could not be printed, if any."""
    if failed:
        raise click.exceptions.Exit(EXIT_REJECTED)


def profiles_from(path: str | None) -> Mapping[str, Profile] | None:
    """Return the profiles of a file with the package's, or None for the package's alone."""
    if not path:
        return None
    from techproc.labels.profiles import load_profiles  # noqa: PLC0415

    return load_profiles(path)


def stocks_from(stock_file: str | None, glabels: str | None) -> dict[str, Stock]:
    """Return the stock that is known, with that of a file and of an installed gLabels."""
    from techproc.labels.stock import builtin_stock, load_stock  # noqa: PLC0415

    known = load_stock(stock_file) if stock_file else dict(builtin_stock())
    if glabels:
        from techproc.labels.glabels import read_glabels  # noqa: PLC0415

        stocks, findings = read_glabels(glabels)
        emit_findings(findings)
        known = {**stocks, **known}
    return known


def _style(policy: _Section, profile: str, options: Mapping[str, Any]) -> LabelStyle:
    from techproc.labels import BarcodeStyle, CardStyle, LabelStyle  # noqa: PLC0415

    bars: dict[str, Any] = {"dpi": options["dpi"]}
    if "module" in options:
        bars |= {
            "symbology": options["symbology"] or getattr(policy, "symbology", "codabar"),
            "x": options["module"],
            "ratio": options["ratio"],
            "height": options["height"],
            "quiet": options["quiet_zone"],
        }
    look: dict[str, Any] = {"fonts": tuple(Path(font) for font in options["fonts"])}
    if "floor" in options:
        size, floor = options["size"], options["floor"]
        if floor is not None and floor > size:
            raise click.UsageError(f"--floor {floor:g} is more than --size {size:g}")
        look |= {
            "size": size,
            "floor": min(LabelStyle().floor, size) if floor is None else floor,
            "align": options["align"],
            "bold": not options["regular"],
        }
    if "card_size" in options:
        look["card"] = CardStyle(size=options["card_size"])
    return LabelStyle(profile=profile or "auto", barcode=BarcodeStyle(**bars), **look)


def numbers_of(text: str) -> frozenset[int]:
    """Return the numbers of a list such as 3,5-8."""
    found: set[int] = set()
    for piece in filter(None, text.replace(" ", "").split(",")):
        first, dash, last = piece.partition("-")
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and max(len(first), len(last)) < 5):
            raise click.UsageError(f"--skip {text}: write numbers and ranges, such as 3,5-8")
        if int(last) < int(first):
            raise click.UsageError(f"--skip {text}: {piece} runs backwards; write {last}-{first}")
        found.update(range(int(first), int(last) + 1))
    return frozenset(found)


def emit_findings(findings: Iterable[Finding]) -> bool:
    """Say findings on standard error; return True when an error is among them."""
    failed = False
    for finding in findings:
        click.echo(str(finding), err=True)
        failed |= finding.severity is Severity.ERROR
    return failed


@contextmanager
def binary_output(output: str, *, force: bool) -> Iterator[BinaryIO]:
    """Yield a file that is whole or not there; for - standard output, which gets all or nothing."""
    if output == "-":
        with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as stream:
            yield cast(BinaryIO, stream)
            stream.seek(0)
            shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        with atomic_output(output, force=force) as stream:
            yield stream

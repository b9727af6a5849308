"""The hidden folder that a run works in: made, begun from, and taken away when it is finished."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from techproc import marc
from techproc.catalog import Catalog
from techproc.errors import InputError, OutputError, OutputExists
from techproc.files import explain_os_error
from techproc.findings import Finding, Severity
from techproc.process import answers
from techproc.process.journal import Journal

__all__ = [
    "JOURNAL",
    "OUTPUTS",
    "STAGING",
    "clear",
    "leave_no_trace",
    "open_catalog",
    "prepare_folder",
    "spooled",
    "working_catalog",
]

OUTPUTS = (
    "records.mrc",
    "review.mrc",
    "rejects.mrc",
    "rejects.jsonl",
    "spine-labels.pdf",
    "barcode-labels.pdf",
    "report.html",
    "report.json",
)
STAGING = ".techproc-run"
JOURNAL = "journal.sqlite"


def prepare_folder(folder: Path, *, force: bool) -> Path:
    """Make the output folder and its hidden working folder, and return the latter.

    An unfinished run in it is kept, so that it can go on; `force` takes it away. Raises
    OutputExists when finished outputs are there and `force` is not set, OutputError when the
    place cannot be written.
    """
    staging = folder / STAGING
    try:
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder}: it is a file; --out names a folder")
        present = [name for name in OUTPUTS if (folder / name).exists()]
        if present and not force and not (staging / JOURNAL).exists():
            raise OutputExists(
                f"{folder}: the outputs of a run are there already ({', '.join(present)}); "
                "name another folder, or --force replaces them"
            )
        if force and staging.exists():
            shutil.rmtree(staging)
        staging.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(explain_os_error(folder, error)) from error
    return staging


def spooled(name: str, staging: Path) -> str:
    """Return a path for an input; standard input is kept in a file, so that it can be read again."""
    if name != "-":
        return name
    spool = staging / "stdin"
    with spool.open("wb") as stream:
        shutil.copyfileobj(sys.stdin.buffer, stream)
    return str(spool)


def open_catalog(path: str | Path, staging: Path) -> tuple[Catalog, tuple[Finding, ...]]:
    """Open a catalogue for reading; a MARC file is imported into a working one first.

    What of it is no record cannot be matched with, which is noticed, after an interruption too.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            is_database = stream.read(16) == b"SQLite format 3\0"
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    if is_database:
        return Catalog(file, readonly=True), ()
    working, noticed = staging / "catalogue.sqlite", staging / "catalogue.json"
    if not working.exists():
        building = staging / "catalogue.part"
        lost: list[Finding] = []
        with working_catalog(building) as catalog:
            catalog.import_records(_noting(marc.read(str(path)), lost))
        noticed.write_text(json.dumps(answers.plain_findings(lost)), "utf-8")
        building.replace(working)
    kept = answers.findings_of(json.loads(noticed.read_text("utf-8")))
    return Catalog(working, readonly=True), kept


def _noting(
    entries: Iterable[marc.Loaded | marc.Quarantined], lost: list[Finding]
) -> Iterator[marc.Loaded | marc.Quarantined]:
    for entry in entries:
        if isinstance(entry, marc.Quarantined):
            lost.append(entry.finding.at(severity=Severity.WARNING))
        yield entry


def working_catalog(path: Path) -> Catalog:
    """Return an empty catalogue to work with, whatever an earlier run left there."""
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return Catalog(path, create=True)


def clear(staging: Path) -> None:
    """Take the working folder of a finished run away, its journal last: with it, it is unfinished."""
    for path in staging.iterdir():
        if path.name != JOURNAL:
            path.unlink()
    (staging / JOURNAL).unlink()
    staging.rmdir()


def leave_no_trace(staging: Path) -> None:
    """Take the working folder away unless something is decided in it."""
    file = staging / JOURNAL
    if file.exists():
        journal = Journal(file)
        decided = len(journal)
        journal.close()
        if decided:
            return
    shutil.rmtree(staging, ignore_errors=True)

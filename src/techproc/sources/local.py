"""Local sources: MARC files and directories of dumps, asked by ISBN like any server."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from pymarc import Record

from techproc import marc
from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.findings import Finding, Severity
from techproc.marc.reading import form_of
from techproc.marc.source import open_sources
from techproc.sources.candidate import Answer
from techproc.sources.identity import attribute, claims
from techproc.sources.isbnscan import IsbnIndex, core_of, may_hold

__all__ = ["LocalSource"]

_HEAD = 1 << 16
_PACKED = (b"\x1f\x8b", b"\xfd7zXZ\0", b"BZh", b"\x28\xb5\x2f\xfd", b"PK")

_Found = tuple[Record, tuple[Finding, ...]]


class LocalSource:
    """A MARC file of any form, or a directory of them, as a source of candidates.

    A plain ISO 2709 file is indexed by ISBN in one pass at the first question, and its records are
    read from their places afterwards; everything else is streamed for each question. Memory grows
    with what is found, and by 20 bytes for each ISBN of an indexed file.

    Raises InputError when the path is missing, a file is no form of MARC, or a directory has no file
    in it.
    """

    def __init__(self, path: str | Path, key: str = "") -> None:
        self._path = Path(path)
        self.key = key or self._path.name
        self._files = _files(self._path)
        self._indexes: dict[Path, IsbnIndex] = {}

    def by_isbn(self, isbns: Sequence[str]) -> Answer:
        """Return the records that claim the ISBNs (13 digits each).

        A file of a directory that cannot be read is a finding; when the path is that file itself,
        InputError is raised. A piece that may hold one of the ISBNs and is no record is a finding.
        """
        wanted = frozenset(isbns)
        found: list[_Found] = []
        findings: list[Finding] = []
        for path in self._files:
            try:
                for offset, item in self._possible(path, wanted):
                    if isinstance(item, marc.Quarantined):
                        findings.append(_placed(_warning(item.finding), path, offset))
                    elif not wanted.isdisjoint(claims(item.record)):
                        noted = tuple(_placed(finding, path, offset) for finding in item.findings)
                        found.append((item.record, noted))
            except (InputError, OSError) as error:
                message = (
                    explain_os_error(path, error) if isinstance(error, OSError) else str(error)
                )
                if path == self._path:
                    raise InputError(message) from error
                findings.append(
                    Finding(
                        rule="sources.unreadable-file",
                        message=message,
                        severity=Severity.WARNING,
                        file=str(path),
                    )
                )
        answer = attribute(found, isbns, self.key)
        return Answer(candidates=answer.candidates, findings=(*findings, *answer.findings))

    def _possible(
        self, path: Path, wanted: frozenset[str]
    ) -> Iterator[tuple[int, marc.Loaded | marc.Quarantined]]:
        """Yield what may hold the ISBNs, each with the offset of the part that was read."""
        cores = frozenset(core_of(isbn) for isbn in wanted)
        for offset, source, form in self._parts(path, cores):
            for item in marc.read(source, form=form):
                yield offset, item

    def _parts(
        self, path: Path, cores: frozenset[int]
    ) -> Iterator[tuple[int, BinaryIO, str | None]]:
        """Yield (offset, stream, form) of the parts of a file that may hold the ISBNs."""
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        if not head.startswith(_PACKED) and _is_iso2709(head):
            index = self._indexes.get(path)
            if index is None or not index.fresh():
                index = self._indexes[path] = IsbnIndex(path)
            for offset, raw in index.may_hold(cores):
                yield offset, io.BytesIO(raw), "iso2709"
            return
        with open_sources(path) as inputs:
            for plain in inputs:
                buffered, form = form_of(plain)
                if form.name == "other":
                    continue  # a readme in an archive claims no ISBN
                if form.name == "iso2709":
                    for offset, raw in may_hold(buffered, cores):
                        yield offset, io.BytesIO(raw), "iso2709"
                    if plain.damage is not None:
                        raise InputError(
                            f"{plain.name}: the compressed file breaks off ({plain.damage}); "
                            "fetch or copy it again"
                        )
                else:
                    yield 0, buffered, form.name


def _is_iso2709(head: bytes) -> bool:
    form = marc.detect(head)
    return form is not None and form.name == "iso2709"


def _warning(finding: Finding) -> Finding:
    """Return why a piece is no record as a warning: nothing that was asked for is lost by it."""
    return finding.at(severity=Severity.WARNING)


def _placed(finding: Finding, path: Path, offset: int) -> Finding:
    """Return a finding with its place in the whole file; the record's number is not known."""
    at = offset + (finding.offset or 0)
    return finding.at(file=str(path), offset=at, record=None)


def _files(path: Path) -> tuple[Path, ...]:
    if path.is_dir():
        files = sorted(
            entry for entry in path.rglob("*") if entry.is_file() and not entry.name.startswith(".")
        )
        if not files:
            raise InputError(
                f"{path}: the directory holds no files; name one with MARC files in it"
            )
        return tuple(files)
    if not path.exists():
        raise InputError(f"{path}: there is no such file or directory; check the spelling")
    next(marc.read(path), None)  # what is no MARC is told before a question waits for it
    return (path,)

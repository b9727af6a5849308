"""Local sources: MARC files and directories of dumps, asked by ISBN like any server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pymarc import Record

from techproc import marc
from techproc.errors import InputError
from techproc.findings import Finding
from techproc.sources.candidate import Answer
from techproc.sources.identity import attribute, claims

__all__ = ["LocalSource"]


class LocalSource:
    """A MARC file of any form, or a directory of them, as a source of candidates.

    One question streams each file once and keeps only the records that claim a wanted ISBN, so
    memory grows with what is found and not with the file.

    Raises InputError when the path is missing or a directory has no file in it.
    """

    def __init__(self, path: str | Path, key: str = "") -> None:
        self._path = Path(path)
        self.key = key or self._path.name
        self._files = _files(self._path)

    def by_isbn(self, isbns: Sequence[str]) -> Answer:
        """Return the records that claim the ISBNs (13 digits each).

        Raises InputError when a file cannot be read as MARC.
        """
        return attribute(self._claiming(frozenset(isbns)), isbns, self.key)

    def _claiming(self, wanted: frozenset[str]) -> Iterator[tuple[Record, tuple[Finding, ...]]]:
        for path in self._files:
            for item in marc.read(path):
                if isinstance(item, marc.Loaded) and not wanted.isdisjoint(claims(item.record)):
                    yield item.record, tuple(f.at(file=str(path)) for f in item.findings)


def _files(path: Path) -> tuple[Path, ...]:
    if path.is_dir():
        files = sorted(
            entry
            for entry in path.rglob("*")
            if entry.is_file() and not any(part.startswith(".") for part in entry.parts[-1:])
        )
        if not files:
            raise InputError(
                f"{path}: the directory holds no files; name one with MARC files in it"
            )
        return tuple(files)
    if not path.exists():
        raise InputError(f"{path}: there is no such file or directory; check the spelling")
    return (path,)

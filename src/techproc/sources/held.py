"""The library's own catalogue, or another's, as a source of candidates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from techproc.catalog import Catalog
from techproc.sources.candidate import Answer, Source
from techproc.sources.identity import attribute
from techproc.sources.local import LocalSource

__all__ = ["CatalogSource", "local_source"]

_SQLITE = b"SQLite format 3\0"


class CatalogSource:
    """A catalogue file that `techproc catalog import` made, asked by ISBN.

    It is opened for each question, for reading only, so that it may be asked from any thread while
    another program writes to it. Raises CatalogError for a file that is no catalogue.
    """

    def __init__(self, path: str | Path, key: str = "") -> None:
        self._path = Path(path)
        self.key = key or self._path.name
        Catalog(self._path, readonly=True).close()

    def by_isbn(self, isbns: Sequence[str]) -> Answer:
        """Return the records that claim the ISBNs (13 digits each)."""
        with Catalog(self._path, readonly=True) as catalog:
            found = {held.id: held for isbn in isbns for held in catalog.by_isbn(isbn)}
            records = [(held.record, ()) for _, held in sorted(found.items())]
        return attribute(records, isbns, self.key)


def local_source(path: str | Path, key: str = "") -> Source:
    """Return the source that a path is: a catalogue, or MARC files.

    Raises InputError for a path that is missing, CatalogError for a file that is no catalogue.
    """
    place = Path(path)
    if place.is_file():
        with place.open("rb") as stream:
            if stream.read(len(_SQLITE)) == _SQLITE:
                return CatalogSource(place, key)
    return LocalSource(place, key)

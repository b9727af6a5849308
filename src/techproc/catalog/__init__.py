"""The library's own records in one SQLite file: found by identifier, key, word or shelf."""

from techproc.catalog.store import Catalog, Held, ImportReport

__all__ = ["Catalog", "Held", "ImportReport"]

"""MODS records as MARC 21; what finds no place there is told."""

from techproc.sources.mods.converting import record_from_mods

__all__ = ["record_from_mods"]

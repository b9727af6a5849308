"""UNIMARC records as MARC 21; what finds no place there is told."""

from techproc.sources.unimarc.converting import marc21_from_unimarc

__all__ = ["marc21_from_unimarc"]

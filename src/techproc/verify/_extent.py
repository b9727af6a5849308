"""Pages and volumes out of an extent, typed or transcribed."""

from __future__ import annotations

import re
from functools import lru_cache

from techproc.marc.dates import roman

__all__ = ["roman_pages", "volumes_of"]

_FRONT = re.compile(r"(?<![a-z0-9])([ivxlc]{1,8})(?=\s*[,+])", re.IGNORECASE)
_VOLUMES = re.compile(
    r"(?<![0-9])([0-9]{1,3})\]?\s*(?:v|vols?|volumes?|Bde?|Bände|t|tomes?|tomos?|т|кн)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def roman_pages(extent: str) -> int:
    """Return the roman-numbered pages in front ("xii, 345 p." has 12), 0 without any."""
    match = _FRONT.search(extent)
    return (roman(match[1]) or 0) if match else 0


@lru_cache(maxsize=8192)
def volumes_of(extent: str) -> int | None:
    """Return the number of volumes an extent counts, None when it counts none.

    >>> volumes_of("2 v."), volumes_of("345 p.")
    (2, None)
    """
    match = _VOLUMES.search(extent)
    return int(match[1]) if match else None

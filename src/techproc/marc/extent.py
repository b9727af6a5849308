"""Numbers read off a physical description (300): pages, volumes, height."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["height_of", "pages_of", "volumes_of"]

_UNIT = re.compile(
    r"(?<![\w])(?:pp?|pages?|seiten|pág(?:inas|s)?|pag(?:es|ine|ina|inas)?|s(?:id(?:or|er)?|tr(?:an)?)?"
    r"|стр?|с|blz|bl|leaves|leaf|ff?|feuillets|hojas|σ|עמ|ص|ページ|页|頁)(?![\w])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9]+")
_VOLUMES = re.compile(
    r"(?<![0-9])([0-9]{1,3})\]?\s*(?:v|vols?|volumes?|Bde?|Bände|t|tomes?|tomos?|т|кн)\b",
    re.IGNORECASE,
)
_HEIGHT = re.compile(r"([0-9]{1,3})(?:[.,][0-9])?(?:\s*[x×-]\s*[0-9.,]+)?\s*cm", re.IGNORECASE)


# Preliminary leaves ("2 p. l.") and plates stand beside the pagination and are not of it.
_BESIDE = re.compile(
    r"[0-9]+\]?\s*p(?:\.|relim\w*\.?)?\s*[lℓL]\.?(?![a-z])"
    r"|[0-9]+\]?\s*(?:unnumbered |leaves? |pages? |p\. |l\. |s\. |f\. )*"
    r"(?:of |de |di |with )?(?:plates?|pl|planches|láminas|tavole|tafeln?)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def pages_of(extent: str) -> int | None:
    """Return the largest arabic page number of an extent, or None for volumes and the unpaged.

    >>> pages_of("xii, 345 p., [8] p. of plates"), pages_of("1 online resource (210 pages)")
    (345, 210)
    >>> pages_of("2 p. l., [3]-199, [1] p."), pages_of("2 v.")
    (199, None)
    """
    paged = _BESIDE.sub("", extent)
    numbers: list[str] = []
    for unit in _UNIT.finditer(paged):
        numbers = _NUMBER.findall(paged, 0, unit.start())
    return max(map(int, numbers)) if numbers else None


def volumes_of(extent: str) -> int | None:
    """Return the number of volumes of an extent, or None where it gives none.

    >>> volumes_of("3 v. in 2"), volumes_of("345 p.")
    (3, None)
    """
    counted = _VOLUMES.search(extent)
    return int(counted[1]) if counted else None


def height_of(dimensions: str) -> int | None:
    """Return the height in whole centimetres that dimensions (300 $c) give, or None.

    >>> height_of("21 x 30 cm"), height_of("folded to 10 in.")
    (21, None)
    """
    size = _HEIGHT.search(dimensions)
    return int(size[1]) if size else None

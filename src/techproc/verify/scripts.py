"""Cyrillic and Greek in Latin letters as ALA-LC romanises them, folded.

Only for comparison: where a record has no 880, what was typed in the original script is held
against the romanised fields. Source: ALA-LC Romanization Tables (Russian, Ukrainian, Bulgarian,
Greek), without their ligature and soft-sign marks, which `techproc.text.fold` takes off anyway.
"""

from __future__ import annotations

from functools import lru_cache

from techproc.text import fold

__all__ = ["romanized"]

_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "ie",
        "ж": "zh", "з": "z", "и": "i", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m",
        "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
        "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
        "ю": "iu", "я": "ia", "ѣ": "ie", "ѵ": "y", "ђ": "d", "ј": "j", "љ": "lj", "њ": "nj",
        "ћ": "c", "џ": "dz",
    }
)  # fmt: skip
_GREEK = str.maketrans(
    {
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "e", "θ": "th", "ι": "i",
        "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
        "ς": "s", "τ": "t", "υ": "y", "φ": "ph", "χ": "ch", "ψ": "ps", "ω": "o",
    }
)  # fmt: skip


@lru_cache(maxsize=8192)
def romanized(text: str) -> str:
    """Return Cyrillic or Greek text in folded Latin letters; "" when there is none of either.

    >>> romanized("Война и мир"), romanized("Λόγος"), romanized("war")
    ('voina i mir', 'logos', '')
    """
    folded = fold(text)
    if folded.isascii():
        return ""
    latin = folded.translate(_CYRILLIC)
    if latin == folded:
        # Diphthongs are romanised as one (ου = ou, αυ = au, ευ = eu).
        latin = folded.replace("ου", "ou").replace("αυ", "au").replace("ευ", "eu").translate(_GREEK)
    return fold(latin) if latin != folded else ""

"""Letters written otherwise: Cyrillic and Greek in Latin letters, umlauts spelled out; folded.

Only for comparison. Where a record has no 880, what was typed in the original script is held
against the romanised fields. Source: ALA-LC Romanization Tables (Russian, Ukrainian, Bulgarian,
Greek), without their ligature and soft-sign marks, which `techproc.text.fold` takes off anyway.
"""

from __future__ import annotations

import re
from functools import lru_cache

from techproc.text import fold

__all__ = ["romanized", "same_spelled_out", "without_spelling_out"]

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


# Keyboards without ä, ö, ü, å, ø write two letters (DIN 5007-2; Danish and Norwegian usage).
_SPELLED_OUT = re.compile("([aou])e|aa")


def same_spelled_out(left: str, right: str) -> bool:
    """Tell whether two folded texts are one when umlauts are spelled out on one side.

    >>> same_spelled_out("aabo akademis foerlag", "abo akademis forlag")
    True
    >>> same_spelled_out("mueller", "miller"), same_spelled_out("same", "same")
    (False, False)
    """
    if left == right or abs(len(left) - len(right)) > len(left) // 2:
        return False
    return without_spelling_out(left) == without_spelling_out(right)


@lru_cache(maxsize=32768)
def without_spelling_out(text: str) -> str:
    """Return folded text with each ae, oe, ue and aa taken for one letter.

    >>> without_spelling_out("foerlag")
    'forlag'
    """
    return _SPELLED_OUT.sub(lambda match: match[1] or "a", text)

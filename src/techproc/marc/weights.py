"""How well each single-byte encoding explains a run of high bytes: MARC-8, and three code pages.

The C core has the same weights, as tables of what each byte adds to its run; `core` hands them over.
"""

from __future__ import annotations

import unicodedata
from array import array
from functools import cache, lru_cache
from typing import Any, TypeAlias

from techproc.marc import latin, marc8
from techproc.marc.scanner import COMPILED

__all__ = ["SINGLE", "core", "weigh_run"]

SINGLE = ("marc-8", "cp1252", "koi8-r", "cp1251")  # in the order of `weigh_run`'s weights
Weights: TypeAlias = tuple[float, float, float, float]
_HIGH = [bytes([byte]) for byte in range(0x80, 0x100)]
_ASCII = [chr(byte) for byte in range(0x80)]


@cache
def core() -> Any:
    """Return the module that reads whole records in MARC-8, with the tables that it needs."""
    module = marc8.core()
    if COMPILED:
        module.weights_load(*_tables(), weigh_run)
    return module


def _tables() -> tuple[bytes, bytes, bytes, bytes]:
    """Return what the C core needs.

    What bytes add to their runs, which have no meaning in MARC-8, the code pages, and the odds of
    Latin-1.
    """
    weights = array("d")
    # Not near a letter; near one; after a small letter; between capitals.
    for before, follower, near in (
        ("", "", False),
        ("", "a", True),
        ("a", "", True),
        ("A", "A", True),
    ):
        for byte in _HIGH:
            known = byte.decode("cp1252", "ignore")
            weight = _as_western(byte, before.encode(), follower, near)
            weights.append(weight if known else float("nan"))
    for page in ("koi8-r", "cp1251"):
        weights.extend(_as_cyrillic(byte, page, False) for byte in _HIGH)
        for first in (True, False):
            chars = (byte.decode(page, "replace") for byte in _HIGH)
            weights.extend(_letter_weight(char, first=first) for char in chars)
    for mark in _HIGH[-32:]:
        weights.extend(_as_marc8(mark + char.encode(), mark, char) for char in _ASCII)
    unexplained = bytes(marc8.decode(byte + b"a")[1] for byte in _HIGH)
    pages = [ord(byte.decode(page, "replace")) for page in SINGLE[1:] for byte in _HIGH]
    return weights.tobytes(), unexplained, array("I", pages).tobytes(), latin.table().tobytes()


@lru_cache(maxsize=65536)
def weigh_run(run: bytes, before: bytes) -> Weights | None:
    """Return how well each encoding explains some high bytes and the byte after them.

    `before` is the byte in front of them. The weights are for MARC-8, Windows-1252, KOI8-R and
    Windows-1251; None: the bytes are valid UTF-8.

    >>> weigh_run("é".encode(), b"f") is None
    True
    >>> weigh_run(b"\\xe2e", b"f")[0]
    1.1
    """
    follower = chr(run[-1]) if run[-1] < 0x80 else ""
    high = run[: len(run) - len(follower)]
    try:
        high.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return None
    near_letter = before.isalpha() or follower.isalpha()
    return (
        _as_marc8(run, high, follower),
        _as_western(high, before, follower, near_letter),
        _as_cyrillic(high, "koi8-r", near_letter),
        _as_cyrillic(high, "cp1251", near_letter),
    )


def _as_marc8(run: bytes, high: bytes, follower: str) -> float:  # noqa: PLR0911 (a table of cases)
    text, errors = marc8.decode(run, references=False)
    if errors:
        return -1.5 * errors
    if high[-1] < 0xE0:
        return 0.7 * min(len(high), 2)
    if not follower.isalpha():
        return -1.5  # a mark wants a letter after it
    if high[-1] in (0xEB, 0xEC, 0xFA, 0xFB):
        return 2.0  # half of a ligature or of a tilde over two letters
    # Most often a letter that Unicode has precomposed; two marks on one letter are MARC-8's own.
    if any(unicodedata.combining(char) for char in text):
        return 1.0 if high[-1] in (0xF5, 0xF6) else 0.3 * len(high)  # underlined, or rare
    if text[-1].lower() in _FREQUENT:
        return 1.1 * len(high)
    return (0.9 if high[-1] == 0xE2 else 0.6) * len(high)  # the acute is the commonest mark


# Letters with marks that are frequent where they are used. Caron consonants are left out:
# a Latin-1 "é" before "r" or "s" looks like one.
_FREQUENT = frozenset("áéíóúýàèìòùâêîôûäëïöüãõñçåāēīōūėṛṣṭḥḍṇ")


def _as_western(high: bytes, before: bytes, follower: str, near_letter: bool) -> float:
    try:
        words = high.decode("cp1252")
    except UnicodeDecodeError:
        return -2.0
    weight = 0.0
    for char in words:
        if char.isalpha() and char not in "ÃÂ" and near_letter:
            # Capitals within a word of small letters, or the reverse, are no one's spelling.
            odd = (char.isupper() and before.islower()) or (
                char.islower() and before.isupper() and follower.isupper()
            )
            usual = 0.8 if char.lower() in "éèüöäáíóñçåøæ" else 0.6
            weight += -0.8 if odd else usual
        elif char in "‘’“”–—…©®°«»§·¿¡€£":
            weight += 0.7
        else:
            weight -= 0.4
    # Two letters with marks side by side are rare in any western language.
    return weight if len(words) < 3 else weight - 1.2 * (len(words) - 2)


_COMMON = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё")
_MOST_COMMON = frozenset("оеаинтср")


def _as_cyrillic(high: bytes, encoding: str, near_letter: bool) -> float:
    """Weigh a run as a Russian word: small letters, the common ones common, in front a capital."""
    text = high.decode(encoding, "replace")
    if near_letter:
        return -1.5  # part of a word in Latin letters
    if len(text) < 2:
        return 0.1 if text.isalpha() else -0.5
    weight = 0.0
    for place, char in enumerate(text):
        weight += _letter_weight(char, first=place == 0)
    return weight


def _letter_weight(char: str, *, first: bool) -> float:
    if char in _COMMON:
        return 1.0 if char in _MOST_COMMON else 0.6
    if char.lower() in _COMMON:
        return 0.5 if first else -0.5
    return -1.5

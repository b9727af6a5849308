"""How much likelier a text that may be MARC-8 is in Latin-1 or Windows-1252, by its letters.

A byte such as 0xE9 is "é" in Latin-1 and a caron in MARC-8, and most texts in one can be read as
the other without an error: only some letters are usual together. For each byte the table has how
much oftener it comes in Latin-1 than in MARC-8, with the kind of byte before it and with the kind
after it (naive Bayes, logarithms in hundredths). It is learned by `scripts/learn_latin.py` from
books of the Library of Congress, written in both.
"""

from __future__ import annotations

import re
from array import array
from functools import cache
from pathlib import Path

__all__ = ["BEYOND_DOUBT", "CLASSES", "DOUBTFUL", "class_of", "odds", "pairs", "table"]

# Kinds of bytes: a to z, a capital, one above 0x7F, any other or none.
CLASSES = 29
_CAPITAL, _HIGH, _OTHER = 26, 27, 28
# The leader is believed against less: no record of 75,000 books in MARC-8 that the weights take for it
# has higher odds.
BEYOND_DOUBT = 1700
DOUBTFUL = 0  # above this Latin-1 explains the letters better, if both were equally common
_UNDERLINED = (0xF5, 0xF6)  # each letter of a word has the mark; in Latin-1 no word has ö so often
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")


def class_of(byte: int | None) -> int:
    """Return the kind of a byte, or of none."""
    if byte is None:
        return _OTHER
    if 0x61 <= byte <= 0x7A:
        return byte - 0x61
    if byte >= 0x80:
        return _HIGH
    return _CAPITAL if 0x41 <= byte <= 0x5A else _OTHER


_CLASS_OF = bytes(map(class_of, range(256)))


def pairs(data: bytes) -> set[tuple[int, int, int]]:
    """Return the bytes above 0x7F with the kinds of those before and after, each once.

    >>> sorted(pairs(b"caf\\xe9 caf\\xe9s"))
    [(233, 5, 18), (233, 5, 28)]
    """
    found = set()
    last = len(data) - 1
    for match in _HIGH_BYTE.finditer(data):
        at = match.start()
        byte = data[at]
        if byte in _UNDERLINED and (
            (at >= 2 and data[at - 2] == byte) or (at + 2 <= last and data[at + 2] == byte)
        ):
            continue
        before = _CLASS_OF[data[at - 1]] if at else _OTHER
        found.add((byte, before, _CLASS_OF[data[at + 1]] if at < last else _OTHER))
    return found


@cache
def table() -> array[int]:
    """Return the odds: 128 bytes times the kinds before them, and the same for those after."""
    odds = array("h", bytes(2 * 2 * 128 * CLASSES))
    for line in Path(__file__).with_name("latin_odds.tsv").read_text("ascii").splitlines():
        byte, side, *numbers = line.split("\t")
        start = ((side == "after") * 128 + int(byte, 16) - 0x80) * CLASSES
        odds[start : start + CLASSES] = array("h", map(int, numbers))
    return odds


def odds(data: bytes) -> int:
    """Return the logarithm of the odds that a text is in Latin-1, not in MARC-8, in hundredths.

    >>> odds(b"Dvo\\xe9r\\xe2ak, Anton\\xe2in") < DOUBTFUL < odds(b"G\\xe9n\\xe9ral de l'\\xe9cole")
    True
    """
    known = table()
    return sum(
        known[(byte - 0x80) * CLASSES + before] + known[byte * CLASSES + after]
        for byte, before, after in pairs(data)
    )

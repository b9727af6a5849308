"""The code tables of MARC-8, as the Library of Congress published them and pymarc has them.

Source: MARC 21 Specifications, "Character Sets and Encoding Options: MARC-8" (Library of Congress).
"""

from __future__ import annotations

import unicodedata
from array import array
from functools import cache, lru_cache

__all__ = [
    "ANSEL",
    "ASCII",
    "CONTROLS",
    "EACC",
    "REPLACEMENT",
    "TECHNIQUE_1",
    "characters",
    "compose",
    "expand",
    "packed",
    "tables",
]

REPLACEMENT = "\ufffd"  # stands for bytes that no table explains
ASCII, ANSEL, EACC = 0x42, 0x45, 0x31
CONTROLS = {0x88: "\x98", 0x89: "\x9c", 0x8D: "\u200d", 0x8E: "\u200c"}  # non-sorting, joiners
TECHNIQUE_1 = {0x67: 0x67, 0x62: 0x62, 0x70: 0x70, 0x73: ASCII}  # ESC g, b, p, s
# The order in which sets are tried when a character is in several; EACC, the largest, last.
_ORDER = (ASCII, ANSEL, 0x32, 0x4E, 0x51, 0x33, 0x34, 0x53, 0x62, 0x70, 0x67, EACC)


@cache
def tables() -> dict[int, dict[int, tuple[str, bool]]]:
    """Return the sets by their final byte: code (7 bits, or 24) to (character, is a mark)."""
    from pymarc import marc8_mapping  # noqa: PLC0415 (17,000 lines of tables)

    found: dict[int, dict[int, tuple[str, bool]]] = {}
    for final, codes in marc8_mapping.CODESETS.items():
        mask = 0xFFFFFF if final == EACC else 0x7F
        found[final] = {
            code & mask: (chr(value), bool(mark))
            for code, (value, mark) in codes.items()
            if code not in CONTROLS
        }
    for code, value in marc8_mapping.ODD_MAP.items():  # made by some library systems
        found[EACC].setdefault(code, (chr(value), False))
    return found


def packed() -> tuple[dict[int, bytes], bytes, bytes]:
    """Return the tables as the C core takes them: of 128 values each, and EACC's codes and values.

    A value is a code point (0: none), its highest bit set for a mark.
    """

    def number(place: tuple[str, bool]) -> int:
        return ord(place[0]) | place[1] << 31

    single: dict[int, bytes] = {}
    for final, codes in tables().items():
        if final != EACC:
            row = array("I", bytes(512))
            for code, place in codes.items():
                row[code] = number(place)
            single[final] = row.tobytes()
    east = sorted(tables()[EACC].items())
    codes_of = array("I", [code for code, _ in east])
    values_of = array("I", [number(place) for _, place in east])
    return single, codes_of.tobytes(), values_of.tobytes()


@lru_cache(maxsize=20_000)
def compose(text: str) -> str:
    """Return a letter and the marks after it as Unicode has them, one character where it can be."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=20_000)
def expand(piece: str) -> str:
    """Return what some ANSEL marks with the letter after them, or one ANSEL byte, is in Unicode.

    >>> expand("\\xe2e")
    'é'
    """
    ansel = tables()[ANSEL]
    marks, base = "", ""
    for char in piece:
        code = ord(char)
        if code < 0x80:
            base = char
        elif code in CONTROLS:
            base = CONTROLS[code]
        else:
            value, mark = ansel.get(code & 0x7F, (REPLACEMENT, False))
            if mark:
                marks += value
            else:
                base = value
    return compose(base + marks) if marks else base


@cache
def characters() -> dict[str, tuple[tuple[int, bytes, bool], ...]]:
    """Return for each character the sets that have it: (final byte, its bytes, is a mark)."""
    found: dict[str, list[tuple[int, bytes, bool]]] = {}
    for final in _ORDER:
        width = 3 if final == EACC else 1
        high = 0x80 if final == ANSEL else 0
        # Of several EACC codes for one character the lowest is the traditional, main form.
        for code, (char, mark) in sorted(tables()[final].items()):
            if final == EACC and code > 0x7F0000 - 1:
                continue
            places = found.setdefault(char, [])
            if all(place[0] != final for place in places):
                places.append((final, (code | high).to_bytes(width, "big"), mark))
    for code, char in CONTROLS.items():
        found[char] = [(ANSEL, bytes([code]), False)]
    return {char: tuple(places) for char, places in found.items()}

"""The characters that may stand at each position of a fixed field, as the scanner takes them.

For each position sixteen bytes: a bit for each character of ASCII. First come those of the leader
(24) and of 008 (40), then for 006 and for 007 the number of the layout by their first character
(128 bytes each; 0: none), then the layouts: their length, and 23 positions. What has only characters
that may stand where they do is right; what has not may be right, where a code is longer than one
character: those are for `rules.fixedfields` to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from techproc.marc.fixed import Element, layout

__all__ = ["position_sets"]

_EVERY = frozenset(map(chr, range(0x80)))
_DIGITS = frozenset("0123456789")
_LONGEST = 23
# Three places where anything may stand by the layout, but which a rule of their own is for.
_NUMBERS = frozenset([("008", "VM", 18), ("007", "c", 6), ("007", "h", 6),
                      *(("006", kind, 1) for kind in "gkor")])  # fmt: skip


@cache
def position_sets(material: str) -> bytes:
    """Return the sets for records of a material (`fixed.material_of`)."""
    return _packed(_sets("LDR", ""), 24) + _packed(_sets("008", material), 40) + _coded()


@cache
def _coded() -> bytes:
    """Return the layouts of 006 and 007, which are the same for every material."""
    parts: list[bytes] = []
    layouts: list[bytes] = []
    for tag in ("006", "007"):
        numbers = bytearray(128)
        for code in range(128):
            sets = _sets(tag, chr(code))
            if sets:
                layouts.append(bytes([len(sets)]) + _packed(sets, _LONGEST))
                numbers[code] = len(layouts)
        parts.append(bytes(numbers))
    return b"".join([*parts, *layouts])


def _sets(tag: str, kind: str) -> list[frozenset[str]]:
    elements = layout(tag, kind)
    sets = [_EVERY] * max((element.end for element in elements), default=0)
    for element in elements:
        may = _may_stand(tag, kind, element)
        sets[element.start : element.end] = [may] * (element.end - element.start)
    if tag == "008" and len(sets) == 40:
        sets[6] = _EVERY  # the type of date is held against the dates
    return sets


def _may_stand(tag: str, kind: str, element: Element) -> frozenset[str]:
    width = element.end - element.start
    if not element.codes:
        return _DIGITS if (tag, kind, element.start) in _NUMBERS else _EVERY
    codes = [code for code in element.codes if code not in element.obsolete]
    if element.each or width == 1:
        return frozenset(codes) & _EVERY
    # One character alone, so that no other code can come of them: blanks mostly.
    same = [code[0] for code in codes if len(set(code)) == 1]
    return frozenset(same[:1])


def _packed(sets: Sequence[frozenset[str]], most: int) -> bytes:
    packed = bytearray(16 * most)
    for at, characters in enumerate(sets[:most]):
        for code in map(ord, characters):
            packed[16 * at + (code >> 3)] |= 1 << (code & 7)
    return bytes(packed)

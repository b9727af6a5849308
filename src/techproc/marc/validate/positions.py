"""The characters that may stand at each position of a fixed field, as the scanner takes them.

For each position sixteen bytes: a bit for each character of ASCII. First come those of the leader
(24) and of 008 (40), then for 006 and for 007 the number of the layout by their first character
(128 bytes each; 0: none), then the layouts: their length, and 23 positions. The first bit of a set
says that the character goes on with a code: of figures, or of one character several times. What has
only characters that may stand where they do is right; what has not may be right, where a code is of
different letters: those are for `rules.fixedfields` to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from techproc.marc.fixed import Element, layout

__all__ = ["position_sets"]

_GOES_ON = (
    "\0"  # stands nowhere; here, with what goes on with a code of one character several times
)
_EVERY = frozenset(map(chr, range(1, 0x80)))
_LONGEST = 23
# Places where anything may stand by the layout, but not quite anything does: three figures, or one
# of these three times (`rules.fixedfields` has the same).
_NUMBERS = {
    (tag, kind, start): frozenset("0123456789" + others)
    for tag, kind, start, others in (
        ("008", "VM", 18, "n-|"),
        ("007", "c", 6, "mn-|"),
        ("007", "h", 6, "-|"),
        *(("006", kind, 1, "n-|") for kind in "gkor"),
    )
}


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
        width = element.end - element.start
        whole = width > 1 and may != _EVERY and not element.each
        more = may | {_GOES_ON} if whole else may
        sets[element.start : element.end] = [may, *[more] * (width - 1)]
    if tag == "008" and len(sets) == 40:
        sets[6] = _EVERY  # the type of date is held against the dates
    return sets


def _may_stand(tag: str, kind: str, element: Element) -> frozenset[str]:
    width = element.end - element.start
    if not element.codes:
        return _NUMBERS.get((tag, kind, element.start), _EVERY)
    codes = [code for code in element.codes if code not in element.obsolete]
    if element.each or width == 1:
        return frozenset(codes) & _EVERY
    return frozenset(code[0] for code in codes if len(set(code)) == 1 and not code.isdigit())


def _packed(sets: Sequence[frozenset[str]], most: int) -> bytes:
    packed = bytearray(16 * most)
    for at, characters in enumerate(sets[:most]):
        for code in map(ord, characters):
            packed[16 * at + (code >> 3)] |= 1 << (code & 7)
    return bytes(packed)

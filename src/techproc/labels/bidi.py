"""The order in which the characters of one line are drawn: Unicode's bidirectional algorithm.

UAX #9 for a line without explicit embeddings: a call number or a title has none, and the control
characters for them count as boundary neutrals, that is, they change nothing.
"""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["base_level", "levels", "visual_runs"]

_STRONG: Final = {"L": "L", "R": "R", "AL": "R", "EN": "R", "AN": "R"}
_NEUTRAL: Final = frozenset({"B", "S", "WS", "ON"})
_IGNORED: Final = frozenset({"BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_PAIRS: Final = {
    "(": ")",
    "[": "]",
    "{": "}",
    "〈": "〉",
    "《": "》",
    "「": "」",
    "『": "』",
    "【": "】",
}


def base_level(text: str) -> int:
    """Return 1 for a line whose first strong character goes from right to left, else 0 (P2, P3).

    >>> base_level("12 שלום"), base_level("QH 541 שלום")
    (1, 0)
    """
    for character in text:
        kind = unicodedata.bidirectional(character) or "L"
        if kind in ("L", "R", "AL"):
            return 0 if kind == "L" else 1
    return 0


def levels(text: str, base: int | None = None) -> list[int]:
    """Return the embedding level of each character; odd ones run from right to left.

    >>> levels("ab אב 12")
    [0, 0, 0, 1, 1, 1, 2, 2]
    """
    if base is None:
        base = base_level(text)
    edge = "R" if base % 2 else "L"
    # An unassigned character counts as left to right, as most of them will be.
    original = [unicodedata.bidirectional(character) or "L" for character in text]
    kinds = _weak(original, edge)
    _brackets(text, kinds, edge)
    _neutral(kinds, edge)
    result = [base + _rise(kind, base) for kind in kinds]
    # L1: blanks at the end of the line keep the level of the line.
    for at in range(len(text) - 1, -1, -1):
        if original[at] not in ("WS", "S", "B") and original[at] not in _IGNORED:
            break
        result[at] = base
    return result


def visual_runs(text: str, base: int | None = None) -> list[tuple[int, int, int]]:
    """Return the runs of one level as (start, end, level), in the order they stand on paper (L2).

    >>> visual_runs("ab אב 12")
    [(0, 3, 0), (6, 8, 2), (3, 6, 1)]
    """
    found = levels(text, base)
    runs: list[tuple[int, int, int]] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or found[at] != found[start]:
            runs.append((start, at, found[start]))
            start = at
    highest = max(found, default=0)
    odd = [level for level in found if level % 2]
    for level in range(highest, min(odd, default=highest + 1) - 1, -1):
        at = 0
        while at < len(runs):
            end = at
            while end < len(runs) and runs[end][2] >= level:
                end += 1
            runs[at:end] = runs[at:end][::-1]
            at = max(end, at + 1)
    return runs


def _rise(kind: str, base: int) -> int:
    """Return how far a resolved kind lifts the level (I1, I2)."""
    if base % 2:
        return 0 if kind == "R" else 1
    return {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)


def _weak(original: list[str], edge: str) -> list[str]:
    """Resolve marks, numbers and their separators (W1 to W7)."""
    kinds: list[str] = []
    strong = edge
    for kind in original:
        if kind == "NSM" or kind in _IGNORED:  # W1, and X9 kept simple
            kinds.append(kinds[-1] if kinds else edge)
        else:
            kinds.append("AN" if kind == "EN" and strong == "AL" else kind)  # W2
        if kind in ("L", "R", "AL"):
            strong = kind
    kinds = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for at in range(1, len(kinds) - 1):  # W4
        before, after = kinds[at - 1], kinds[at + 1]
        if (before == after == "EN" and kinds[at] in ("ES", "CS")) or (
            before == after == "AN" and kinds[at] == "CS"
        ):
            kinds[at] = before
    _terminators(kinds)
    kinds = ["ON" if kind in ("ES", "CS", "ET") else kind for kind in kinds]  # W6
    strong = edge
    for at, kind in enumerate(kinds):  # W7
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"
    return kinds


def _terminators(kinds: list[str]) -> None:
    """Let %, $ and the like beside a number go with it (W5)."""
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        if end > at:
            beside = (at and kinds[at - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN")
            kinds[at:end] = ["EN" if beside else "ON"] * (end - at)
        at = end + 1


def _brackets(text: str, kinds: list[str], edge: str) -> None:
    """Give the two brackets of a pair one direction (N0)."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        if kinds[at] != "ON":
            continue
        if character in _PAIRS:
            opened.append((_PAIRS[character], at))
        else:
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == character:
                    pairs.append((opened[depth][1], at))
                    del opened[depth:]
                    break
    for start, end in sorted(pairs):
        inside = {_STRONG[kind] for kind in kinds[start + 1 : end] if kind in _STRONG}
        if edge in inside:
            kinds[start] = kinds[end] = edge
        elif inside:
            before = next((_STRONG[k] for k in reversed(kinds[:start]) if k in _STRONG), edge)
            kinds[start] = kinds[end] = before if before in inside else edge


def _neutral(kinds: list[str], edge: str) -> None:
    """Give neutrals the direction of both neighbours, or that of the line (N1, N2)."""
    at = 0
    while at < len(kinds):
        if kinds[at] not in _NEUTRAL:
            at += 1
            continue
        end = at
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        before = _STRONG[kinds[at - 1]] if at else edge
        after = _STRONG[kinds[end]] if end < len(kinds) else edge
        kinds[at:end] = [before if before == after else edge] * (end - at)
        at = end

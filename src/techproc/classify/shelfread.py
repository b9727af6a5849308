"""Shelf reading: which items to move, and where, to put a shelf in order with the fewest moves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from techproc.classify.shelfkey import shelf_keys

__all__ = ["Move", "fewest_moves", "longest_run"]

K = TypeVar("K", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class Move:
    """One item out of place: its number, where it stands, and the item it belongs after.

    `position` counts from 1 along the shelf as found; `after` is "" for the beginning.
    """

    call_number: str
    position: int
    after: str


def fewest_moves(call_numbers: Sequence[str], scheme: str = "auto") -> list[Move]:
    """Return the fewest moves that put a shelf in order, as found from left to right.

    The longest run of items already in order stays; each other item goes after the item named,
    moves taken in the order given.

    >>> fewest_moves(["QA 7", "QA 3", "QA 8", "QA 9"])
    [Move(call_number='QA 7', position=1, after='QA 3')]
    """
    keys = shelf_keys(call_numbers, scheme)
    stays = longest_run(keys)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    moves = []
    previous = ""
    for index in order:
        if index not in stays:
            moves.append(Move(call_numbers[index], index + 1, previous))
        previous = call_numbers[index]
    return moves


def longest_run(keys: Sequence[K]) -> set[int]:
    """Return the positions of a longest run that does not fall (patience sorting)."""
    tails: list[K] = []
    tail_at: list[int] = []
    before = [-1] * len(keys)
    for index, key in enumerate(keys):
        at = bisect_right(tails, key)
        before[index] = tail_at[at - 1] if at else -1
        if at == len(tails):
            tails.append(key)
            tail_at.append(index)
        else:
            tails[at], tail_at[at] = key, index
    kept = set()
    index = tail_at[-1] if tail_at else -1
    while index >= 0:
        kept.add(index)
        index = before[index]
    return kept

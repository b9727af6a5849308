"""Shelf reading: which items to move, and where, to put a shelf in order with the fewest moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from techproc.classify.shelfkey import shelf_keys
from techproc.sequences import longest_run

__all__ = ["Move", "fewest_moves"]


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

"""Order in sequences of any kind."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["longest_run"]

K = TypeVar("K", int, str, tuple[str, str])


def longest_run(keys: Sequence[K]) -> set[int]:
    """Return the positions of a longest run that does not fall (patience sorting).

    >>> sorted(longest_run([3, 1, 2, 5, 4]))
    [1, 2, 4]
    """
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

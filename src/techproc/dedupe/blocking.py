"""Which pairs are worth comparing: those that share a match key, as long as few share it.

Keys are hashed to 64 bits and sorted as columns of numbers, so that ten million of them take a
hundred megabytes and a second. Two keys that fall on one hash only cause a comparison too many.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

__all__ = ["Blocks", "candidate_pairs", "hash_key", "hashed"]

Places = NDArray[np.int64]


def hash_key(key: str) -> int:
    """Return the 64-bit hash of a match key, the same in every process.

    >>> hash_key("isbn:9780306406157") == hash_key("isbn:9780306406157")
    True
    """
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Blocks:
    """The pairs to compare, `first` < `second`, and the keys too common to use.

    `overflow` holds (a record that has the key, hash, number of records that share it), the most
    common first.
    """

    first: Places
    second: Places
    overflow: tuple[tuple[int, int, int], ...]


def candidate_pairs(
    hashes: NDArray[np.uint64], records: NDArray[np.int32], *, largest: int = 60
) -> Blocks:
    """Return every pair of records that shares a key with at most `largest` others.

    `hashes[i]` is a key of `records[i]`. A key that more records share is left out and reported.

    >>> keys = np.array([7, 7, 7, 9, 9], dtype=np.uint64)
    >>> blocks = candidate_pairs(keys, np.array([0, 1, 2, 2, 3], dtype=np.int32))
    >>> list(zip(blocks.first.tolist(), blocks.second.tolist()))
    [(0, 1), (0, 2), (1, 2), (2, 3)]
    """
    order = np.lexsort((records, hashes))
    keys, owners = hashes[order], records[order].astype(np.int64)
    first_of_all = np.ones(min(len(keys), 1), dtype=bool)
    starts: NDArray[np.int64] = np.flatnonzero(
        np.concatenate([first_of_all, keys[1:] != keys[:-1]])
    )
    sizes = np.diff(np.append(starts, len(keys)))
    common = np.flatnonzero(sizes > largest)
    overflow = sorted(
        ((int(owners[starts[i]]), int(keys[starts[i]]), int(sizes[i])) for i in common),
        key=lambda item: -item[2],
    )
    found = [
        _pairs_of_size(owners, starts[sizes == size], int(size))
        for size in np.unique(sizes)
        if 2 <= size <= largest
    ]
    if not found:
        none = np.empty(0, dtype=np.int64)
        return Blocks(none, none, tuple(overflow))
    first = np.concatenate([pair[0] for pair in found])
    second = np.concatenate([pair[1] for pair in found])
    count = np.int64(owners.max() + 1)
    codes = np.unique((first * count + second)[first != second])
    return Blocks(codes // count, codes % count, tuple(overflow))


def _pairs_of_size(owners: Places, starts: NDArray[np.int64], size: int) -> tuple[Places, Places]:
    """Return all pairs within the blocks of one size, at once."""
    left, right = np.triu_indices(size, k=1)
    block = owners[starts[:, None] + np.arange(size)[None, :]]
    return block[:, left].ravel(), block[:, right].ravel()


def hashed(keys: Iterable[str]) -> NDArray[np.uint64]:
    """Return the hashes of keys as a column."""
    return np.fromiter(map(hash_key, keys), dtype=np.uint64)

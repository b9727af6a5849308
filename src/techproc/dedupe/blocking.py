"""Which pairs are worth comparing: those that share a match key, as long as few share it.

Keys are hashed to 64 bits and sorted as columns of numbers, so that ten million of them take a
hundred megabytes and a second. Two keys that fall on one hash only cause a comparison too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.rows import hashes

__all__ = ["Blocks", "candidate_pairs", "find_blocks", "hash_key", "hashed"]

Places = NDArray[np.int64]


def hash_key(key: str) -> int:
    """Return the 64-bit hash of a match key, the same in every process.

    >>> hash_key("isbn:9780306406157") == hash_key("isbn:9780306406157")
    True
    """
    return int(hashes([key])[0])


@dataclass(frozen=True, slots=True)
class Blocks:
    """The pairs that share a key few others share, and the keys too common to use.

    `owners` are the records that have the keys in use, key by key; `places` names in that column
    every record that is followed by others with the same key, ordered by record, `followers` how
    many. `overflow` holds (a record that has the key, hash, number of records that share it), the
    most common first.
    """

    owners: Places
    places: Places
    followers: Places
    overflow: tuple[tuple[int, int, int], ...]

    def pairs(self, at_once: int = 200_000) -> Iterator[tuple[Places, Places]]:
        """Yield the pairs, each once, `first` < `second`, in rising order of `first`.

        About as many at a time as are asked for: memory does not grow with their number.
        """
        firsts = self.owners[self.places]
        so_far = np.cumsum(self.followers)
        start = 0
        while start < len(firsts):
            done = int(so_far[start - 1]) if start else 0
            stop = int(np.searchsorted(so_far, done + at_once, side="right"))
            stop = max(stop, start + 1)
            # All pairs of one record stay together, so that none is met twice.
            stop = int(np.searchsorted(firsts, firsts[stop - 1], side="right"))
            yield self._expand(start, stop)
            start = stop

    def _expand(self, start: int, stop: int) -> tuple[Places, Places]:
        counts, places = self.followers[start:stop], self.places[start:stop]
        first = np.repeat(self.owners[places], counts)
        before = np.repeat(np.cumsum(counts) - counts, counts)
        second = self.owners[np.repeat(places + 1, counts) + np.arange(len(first)) - before]
        codes = np.unique((first << 32 | second)[first != second])
        return codes >> 32, codes & 0xFFFFFFFF


def find_blocks(
    hashes: NDArray[np.uint64], records: NDArray[np.int32], *, largest: int = 60
) -> Blocks:
    """Return the blocks of records that share a key with at most `largest` others.

    `hashes[i]` is a key of `records[i]`, and records rise. A key that more records share is left
    out and reported.

    >>> keys = np.array([7, 7, 7, 9, 9], dtype=np.uint64)
    >>> blocks = find_blocks(keys, np.array([0, 1, 2, 2, 3], dtype=np.int32))
    >>> [(a.tolist(), b.tolist()) for a, b in blocks.pairs()]
    [([0, 0, 1, 2], [1, 2, 2, 3])]
    """
    order = np.argsort(hashes, kind="stable")
    keys, owners = hashes[order], records[order]
    del order
    starts = np.flatnonzero(np.append(np.ones(min(len(keys), 1), bool), keys[1:] != keys[:-1]))
    sizes = np.diff(np.append(starts, len(keys)))
    overflow = sorted(
        ((int(owners[starts[i]]), int(keys[starts[i]]), int(sizes[i]))
         for i in np.flatnonzero(sizes > largest)),
        key=lambda item: -item[2],
    )  # fmt: skip
    useful = (sizes > 1) & (sizes <= largest)
    kept = owners[np.repeat(useful, sizes)].astype(np.int64)
    sizes = sizes[useful]
    last = np.repeat(np.cumsum(sizes), sizes)
    followers = last - np.arange(len(kept)) - 1
    places = np.flatnonzero(followers)
    places = places[np.argsort(kept[places], kind="stable")]
    return Blocks(kept, places, followers[places], tuple(overflow))


def candidate_pairs(
    hashes: NDArray[np.uint64], records: NDArray[np.int32], *, largest: int = 60
) -> tuple[Places, Places]:
    """Return all pairs of `find_blocks` at once: the first records, and the second."""
    none = np.empty(0, dtype=np.int64)
    parts = [(none, none), *find_blocks(hashes, records, largest=largest).pairs()]
    first, second = (np.concatenate(side) for side in zip(*parts, strict=True))
    return first, second


def hashed(keys: Iterable[str]) -> NDArray[np.uint64]:
    """Return the hashes of keys as a column."""
    return hashes(list(keys))

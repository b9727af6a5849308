"""The heading index: which headings each record has, beside the list of which records carry a feature.

A heading is kept in two parts, its main heading and its chain of subdivisions, so that a chain that
many headings share (*--Ghana--Congresses*) can be counted for itself. Features that more than
`evidence.CAP` records carry have no list of records; for those it is kept how often each main heading
and each chain goes with them, where that is oftener than by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from techproc.classify.evidence import Ints, Keys, Postings
from techproc.classify.headings.heading import SUBJECT_TAGS, Heading

__all__ = [
    "CHAIN",
    "Associations",
    "HeadingIndex",
    "Labels",
    "Phrases",
    "Places",
    "chain_of",
    "distinct",
    "ranges",
]

Places = npt.NDArray[np.int64]
_Number = TypeVar("_Number", bound=np.integer[Any])

CHAIN = "\x1f"  # between the subdivisions of a chain, each a subfield code and a text


def ranges(start: Places, length: Places) -> tuple[Places, Places]:
    """Return the rows and the places of ranges of such lengths that begin at `start`.

    >>> [part.tolist() for part in ranges(np.array([5, 0]), np.array([2, 1]))]
    [[0, 0, 1], [5, 6, 0]]
    """
    at = np.arange(length.sum()) + np.repeat(start - (np.cumsum(length) - length), length)
    return np.repeat(np.arange(len(start)), length), at


def distinct(values: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """Return each value once, rising: `np.unique`, whose hash table takes ten times as long.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values)
    kept: npt.NDArray[_Number] = ordered[np.diff(ordered, prepend=ordered[:1] - 1) != 0]
    return kept


def chain_of(heading: Heading) -> str:
    """Return the subdivisions of a heading as one text."""
    return CHAIN.join(code + text for code, text in heading.subdivisions)


@dataclass(frozen=True, slots=True, eq=False)
class Associations:
    """How often labels go with features that many records carry.

    Row i holds the labels of feature ``keys[i]``, which `totals[i]` records carry, with counts.
    """

    keys: Keys
    totals: Ints
    offsets: Places
    labels: Ints
    counts: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """Main headings by the phrase that their label is, and how often a title's phrase proved right.

    `whole` is False where the label has a qualifier that the phrase leaves out. Of the `seen` titles
    that had the phrase, the records of `right` had the heading.
    """

    keys: Keys
    mains: Ints
    words: npt.NDArray[np.uint8]
    whole: npt.NDArray[np.bool_]
    seen: Ints
    right: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """One kind of label (main heading, chain, whole string) and which records have it."""

    starts: Places
    labels: Ints
    count: npt.NDArray[np.float64]

    def of(self, records: npt.NDArray[Any]) -> tuple[Places, Ints]:
        """Return the labels of several records: the place of the record, and the label, in pairs."""
        start = self.starts[records]
        row, at = ranges(start, self.starts[records.astype(np.int64) + 1] - start)
        return row, self.labels[at]


@dataclass(frozen=True, eq=False)  # no slots: what is cached needs a place
class HeadingIndex:
    """Records with their headings. String i is main heading `string_main[i]` with chain `string_chain[i]`.

    Strings stand by main heading, the commonest first. The strings of record r are
    ``strings[starts[r]:starts[r + 1]]``. `tags` are places in `SUBJECT_TAGS`; chain 0 is none.
    `chain_place` is the phrase of the last place of a chain, 0 without. `length` is how much the
    features of each record say together (the root of their squared rarities, summed).
    """

    records: Postings
    mains: Sequence[str]
    tags: npt.NDArray[np.uint8]
    chains: Sequence[str]
    chain_place: Keys
    string_main: Ints
    string_chain: Ints
    starts: Places
    strings: Ints
    length: npt.NDArray[np.uint8]
    of_mains: Associations
    of_chains: Associations
    phrases: Phrases
    about: dict[str, Any]

    def text(self, main: int, chain: int) -> str:
        """Return a heading as it is written with dashes."""
        parts = self.chains[chain].split(CHAIN) if chain else []
        return "--".join([self.mains[main], *(part[1:] for part in parts)])

    @cached_property
    def by_string(self) -> Labels:
        """Return the whole strings of records."""
        count = np.bincount(self.strings, minlength=len(self.string_main))
        return Labels(self.starts, self.strings, count.astype(np.float64))

    @cached_property
    def by_main(self) -> Labels:
        """Return the main headings of records, each once."""
        return self._once(self.string_main, len(self.mains))

    @cached_property
    def by_chain(self) -> Labels:
        """Return the chains of records, each once."""
        return self._once(self.string_chain, len(self.chains))

    def _once(self, part: Ints, size: int) -> Labels:
        record = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        pairs = distinct(record * np.int64(max(size, 1)) + part[self.strings])
        record, label = pairs // max(size, 1), (pairs % max(size, 1)).astype(np.int32)
        starts = np.searchsorted(record, np.arange(len(self.starts)))
        count = np.bincount(label, minlength=size).astype(np.float64)
        return Labels(starts, label, count)

    @cached_property
    def main_edges(self) -> Places:
        """Return where the strings of each main heading begin, and at last their number."""
        return np.searchsorted(self.string_main, np.arange(len(self.mains) + 1))

    @cached_property
    def _pairs(self) -> tuple[Places, Places]:
        pairs = self.string_main * np.int64(max(len(self.chains), 1)) + self.string_chain
        order = np.argsort(pairs, kind="stable")
        return pairs[order], order

    def string(self, main: npt.NDArray[Any], chain: npt.NDArray[Any]) -> Places:
        """Return the strings of pairs of main heading and chain; -1 for one that no record has."""
        pairs, order = self._pairs
        wanted = main * np.int64(max(len(self.chains), 1)) + chain
        at = np.minimum(np.searchsorted(pairs, wanted), max(len(pairs) - 1, 0))
        if not len(pairs):
            return np.full(len(wanted), -1)
        return np.where(pairs[at] == wanted, order[at], -1)

    @cached_property
    def depth(self) -> Places:
        """Return how many subdivisions each chain has."""
        return np.array([c.count(CHAIN) + 1 if c else 0 for c in self.chains], np.int64)

    @cached_property
    def kinds(self) -> npt.NDArray[np.float64]:
        """Return how often each chain stands under each kind of heading (by tag), smoothed."""
        size = len(SUBJECT_TAGS)
        cell = self.string_chain * np.int64(size) + self.tags[self.string_main]
        count = np.bincount(cell, self.by_string.count, minlength=len(self.chains) * size)
        table = count.reshape(-1, size)
        share: npt.NDArray[np.float64] = (table + 0.1) / (table.sum(axis=1, keepdims=True) + 0.7)
        return share

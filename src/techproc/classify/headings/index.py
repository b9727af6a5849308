"""The heading index: which headings each record has, beside the list of which records carry a feature.

A heading is kept in two parts, its main heading and its chain of subdivisions, so that a chain that
many headings share (*--Ghana--Congresses*) can be counted for itself. Features that more than
`evidence.CAP` records carry have no list of records; for those it is kept how often each main heading
and each chain goes with them, where that is oftener than by chance.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from techproc.classify.evidence import CAP, Ints, Keys, Postings, invert, without
from techproc.classify.features import same_work
from techproc.classify.fields import Field
from techproc.classify.headings.clues import (
    NUMBERS,
    clues,
    label_phrase,
    place_phrase,
    subjects,
    title_of,
    title_phrases,
    without_qualifier,
)
from techproc.classify.headings.heading import SUBJECT_TAGS, Heading
from techproc.classify.kinds import SUMMARY

__all__ = [
    "CHAIN",
    "Associations",
    "HeadingIndex",
    "HeadingLessons",
    "Labels",
    "Phrases",
    "Places",
    "build",
    "chain_of",
    "distinct",
    "ranges",
    "with_headings",
]

Places = npt.NDArray[np.int64]
_Number = TypeVar("_Number", bound=np.integer[Any])

CHAIN = "\x1f"  # between the subdivisions of a chain, each a subfield code and a text
# An association is kept when so many records have both, and so much oftener than by chance.
_LEAST = 8
_LIFT = 2.0


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


@dataclass(slots=True)
class HeadingLessons:
    """What a run of records teaches, gathered one record at a time.

    Class numbers are gathered apart: they find records, but make none longer (`HeadingIndex.length`).
    """

    keys: array[int] = field(default_factory=lambda: array("I"))
    counts: array[int] = field(default_factory=lambda: array("H"))
    numbers: array[int] = field(default_factory=lambda: array("I"))
    number_counts: array[int] = field(default_factory=lambda: array("H"))
    works: array[int] = field(default_factory=lambda: array("I"))
    controls: list[str] = field(default_factory=list)
    headings: list[list[Heading]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    def learn(self, fields: Sequence[Field]) -> bool:
        """Take in one record; return False, and take nothing, when it has no LCSH heading."""
        headings = subjects(fields)
        if not headings:
            return False
        found = [f for f in clues(fields, numbers=True) if f.kind < SUMMARY]
        numbers = [f.key for f in found if f.kind in NUMBERS]
        self.keys.extend(f.key for f in found if f.kind not in NUMBERS)
        self.counts.append(len(found) - len(numbers))
        self.numbers.extend(numbers)
        self.number_counts.append(len(numbers))
        self.works.append(same_work(fields))
        self.controls.append(next((t.strip() for tag, t, _ in fields if tag == "001"), ""))
        self.headings.append(headings)
        self.titles.append(title_of(fields))
        return True

    def __len__(self) -> int:
        return len(self.headings)


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


def build(lessons: HeadingLessons, about: dict[str, Any]) -> HeadingIndex:
    """Return the index of what was learned."""
    told = _pairs(lessons.keys, lessons.counts)
    numbers = _pairs(lessons.numbers, lessons.number_counts)
    keys, frequency, offsets, postings = invert(
        np.concatenate([told[0], numbers[0]]), np.concatenate([told[1], numbers[1]])
    )
    offsets, postings = without(frequency > CAP, offsets, postings)
    records = Postings(
        keys=keys,
        frequency=frequency,
        offsets=offsets,
        lists=postings,
        works=np.frombuffer(lessons.works, np.uint32),
        controls=tuple(lessons.controls),
        weight=np.ones(len(lessons), np.float32),
    )
    return with_headings(records, lessons.headings, lessons.titles, told, about)


def _pairs(keys: array[int], counts: array[int]) -> tuple[Keys, Places]:
    """Return features and the records that have them, of features by record."""
    record = np.repeat(np.arange(len(counts)), np.frombuffer(counts, np.uint16))
    return np.frombuffer(keys, np.uint32), record


def with_headings(
    records: Postings,
    headings: Sequence[Sequence[Heading]],
    titles: Sequence[str],
    pairs: tuple[Keys, Places],
    about: dict[str, Any],
) -> HeadingIndex:
    """Return the index of records whose features are listed; `headings` and `titles` in their order.

    `pairs` are features and the records that carry them, for the features without a list.
    """
    mains, tags, strings, chains = _names(headings)
    main_place = {name: at for at, name in enumerate(mains)}
    chain_place = {name: at for at, name in enumerate(chains)}
    string_place = {pair: at for at, pair in enumerate(strings)}
    starts = np.zeros(len(headings) + 1, np.int64)
    own: list[int] = []
    for at, each in enumerate(headings):
        own += sorted({string_place[h.main, chain_of(h)] for h in each})
        starts[at + 1] = len(own)
    held = np.array(own, np.int32)
    string_main = np.array([main_place[m] for m, _ in strings], np.int32)
    string_chain = np.array([chain_place[c] for _, c in strings], np.int32)
    common = records.keys[np.diff(records.offsets) == 0]
    kept = np.isin(pairs[0], common)
    at_common = np.searchsorted(common, pairs[0][kept])
    record = np.repeat(np.arange(len(headings)), np.diff(starts))

    def associate(part: Ints, size: int) -> Associations:
        of_record = np.unique(record * np.int64(max(size, 1)) + part[held])
        edges = np.searchsorted(of_record // max(size, 1), np.arange(len(headings) + 1))
        return _associate(common, at_common, pairs[1][kept], edges, of_record % max(size, 1), size)

    return HeadingIndex(
        records=records,
        mains=mains,
        tags=tags,
        chains=chains,
        chain_place=np.array([place_phrase(chain) for chain in chains], np.uint32),
        string_main=string_main,
        string_chain=string_chain,
        starts=starts,
        strings=held,
        length=_length(records, pairs),
        of_mains=associate(string_main, len(mains)),
        of_chains=associate(string_chain, len(chains)),
        phrases=_phrases(mains, headings, titles, main_place),
        about=about,
    )


def _length(records: Postings, pairs: tuple[Keys, Places]) -> npt.NDArray[np.uint8]:
    """Return the length of each record, of the features that serve here and have a list."""
    keys, record = pairs
    if not len(records.keys):
        return np.zeros(len(records), np.uint8)
    place = np.minimum(np.searchsorted(records.keys, keys), len(records.keys) - 1)
    listed = (records.keys[place] == keys) & (np.diff(records.offsets)[place] > 0)
    rarity = np.log(len(records) / records.frequency[place[listed]]) ** 2
    length = np.sqrt(np.bincount(record[listed], rarity, minlength=len(records)))
    return np.minimum(np.round(length), 255).astype(np.uint8)


def _names(
    headings: Sequence[Sequence[Heading]],
) -> tuple[tuple[str, ...], npt.NDArray[np.uint8], list[tuple[str, str]], tuple[str, ...]]:
    """Return main headings in order with their tags, strings by main heading, and chains."""
    tagged: dict[str, dict[str, int]] = {}
    strings: dict[tuple[str, str], int] = {}
    for each in headings:
        for h in each:
            of = tagged.setdefault(h.main, {})
            of[h.tag] = of.get(h.tag, 0) + 1
            pair = (h.main, chain_of(h))
            strings[pair] = strings.get(pair, 0) + 1
    mains = tuple(sorted(tagged))
    tags = [max(sorted(tagged[m]), key=lambda tag, m=m: tagged[m][tag]) for m in mains]  # type: ignore[misc]
    ordered = sorted(strings, key=lambda pair: (pair[0], -strings[pair], pair[1]))
    chains = tuple(sorted({"", *(chain for _, chain in strings)}))
    places = np.array([SUBJECT_TAGS.index(tag) for tag in tags], np.uint8)
    return mains, places, ordered, chains


def _associate(
    common: Keys, feature: Places, record: Places, edges: Places, label: Places, size: int
) -> Associations:
    """Count pairs of common feature and label, and keep those that say something."""
    count = np.bincount(label, minlength=size)
    often = count >= _LEAST
    totals = np.bincount(feature, minlength=len(common))
    rows: list[tuple[Places, Places]] = []
    order = np.argsort(feature, kind="stable")
    cuts = np.searchsorted(feature[order], np.arange(len(common) + 1))
    length = np.diff(edges)
    for f in range(len(common)):
        mine = record[order[cuts[f] : cuts[f + 1]]]
        both = np.bincount(label[ranges(edges[mine], length[mine])[1]], minlength=size)
        by_chance = count * (totals[f] / max(len(edges) - 1, 1))
        rows.append((np.flatnonzero(often & (both >= _LEAST) & (both > _LIFT * by_chance)), both))
        rows[-1] = (rows[-1][0], both[rows[-1][0]])
    sizes = [len(labels) for labels, _ in rows]
    empty = np.zeros(0, np.int64)
    return Associations(
        keys=common,
        totals=totals.astype(np.int32),
        offsets=np.r_[0, np.cumsum(sizes)].astype(np.int64),
        labels=np.concatenate([empty, *(labels for labels, _ in rows)]).astype(np.int32),
        counts=np.concatenate([empty, *(counts for _, counts in rows)]).astype(np.int32),
    )


def _phrases(
    mains: Sequence[str],
    headings: Sequence[Sequence[Heading]],
    titles: Sequence[str],
    place: dict[str, int],
) -> Phrases:
    """Return the labels as phrases, and how often each proved right in titles."""
    rows: dict[tuple[int, int], tuple[int, bool]] = {}
    for at, main in enumerate(mains):
        for label, whole in ((main, True), (without_qualifier(main), False)):
            phrase = label_phrase(label) if label else None
            if phrase is not None:
                rows.setdefault((phrase[0], at), (phrase[1], whole))
    ordered = sorted(rows)
    of_key: dict[int, list[int]] = {}
    for row, (key, _) in enumerate(ordered):
        of_key.setdefault(key, []).append(row)
    seen, right = [0] * len(ordered), [0] * len(ordered)
    for each, title in zip(headings, titles, strict=True):
        if not each:
            continue
        own = {place[h.main] for h in each}
        for key in title_phrases(title):
            for row in of_key.get(key, ()):
                seen[row] += 1
                right[row] += ordered[row][1] in own
    return Phrases(
        keys=np.array([key for key, _ in ordered], np.uint32),
        mains=np.array([main for _, main in ordered], np.int32),
        words=np.array([rows[pair][0] for pair in ordered], np.uint8),
        whole=np.array([rows[pair][1] for pair in ordered], bool),
        seen=np.array(seen, np.int32),
        right=np.array(right, np.int32),
    )

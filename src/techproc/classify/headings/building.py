"""From records with headings to a heading index: what they teach, counted."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

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
from techproc.classify.headings.index import (
    Associations,
    HeadingIndex,
    Phrases,
    Places,
    chain_of,
    ranges,
)
from techproc.classify.kinds import SUMMARY

__all__ = ["HeadingLessons", "build", "with_headings"]

# An association is kept when so many records have both, and so much oftener than by chance.
_LEAST = 8
_LIFT = 2.0


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

"""The evidence index: which records carry a feature, and which class number each record has.

Everything the suggestions rest on is one inverted list. For every feature (`features`) it holds
the records that carry it, and for every record its LC and Dewey numbers and its control number.
Counts of a heading with a class, nearest records and the record numbers shown as evidence all come
from there.

Records are kept in the order of their LC numbers. Records that share a heading mostly share a
class, so their places are near each other and the lists compress well. A feature that more than
`CAP` records have tells no record from another: its list is left out, only its frequency stays
(what it says of the coarsest class, `coarse` has learned).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from techproc.classify.features import features, same_work
from techproc.classify.fields import Field
from techproc.classify.kinds import PLACES, SUMMARY
from techproc.classify.numbers import LEVELS, Level, Scheme, class_number, cut
from techproc.classify.tables import Table, learn_table, pattern

__all__ = [
    "CAP",
    "FORMAT",
    "Axis",
    "EvidenceIndex",
    "Lessons",
    "Postings",
    "build",
    "invert",
    "join",
    "join_lists",
    "pattern_axis",
    "without",
]

# Raised whenever KINDS, the text of a feature or the arrays below change.
FORMAT = 2
CAP = 500

# What each record has a place in: the numbers of a scheme, and their patterns (`tables`).
Axis = Literal["lcc", "ddc", "lcc-pattern", "ddc-pattern"]

Ints = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint32]


@dataclass(slots=True)
class Lessons:
    """What a run of records teaches, gathered one record at a time, before it is sorted."""

    keys: array[int] = field(default_factory=lambda: array("I"))
    kinds: array[int] = field(default_factory=lambda: array("B"))
    counts: array[int] = field(default_factory=lambda: array("H"))
    places: list[tuple[int, ...]] = field(default_factory=list)
    works: array[int] = field(default_factory=lambda: array("I"))
    numbers: dict[Scheme, list[str]] = field(default_factory=lambda: {"lcc": [], "ddc": []})
    controls: list[str] = field(default_factory=list)

    def learn(self, fields: Sequence[Field]) -> bool:
        """Take in one record; return False, and take nothing, when it has no usable number."""
        lcc, ddc = class_number(fields, "lcc"), class_number(fields, "ddc")
        if not lcc and not ddc:
            return False
        found = features(fields, numbers=True)
        kept = [f for f in found if f[0] < SUMMARY]
        self.keys.extend([f[2] for f in kept])
        self.kinds.extend([f[0] for f in kept])
        self.counts.append(len(kept))
        self.places.append(tuple(f[2] for f in found if f[0] in PLACES))
        self.works.append(same_work(fields))
        self.numbers["lcc"].append(lcc or "")
        self.numbers["ddc"].append(ddc or "")
        self.controls.append(next((t.strip() for tag, t, _ in fields if tag == "001"), ""))
        return True

    def __len__(self) -> int:
        return len(self.controls)


@dataclass(frozen=True, eq=False)  # no slots: what is cached needs a place
class Postings:
    """The inverted list: which records carry a feature.

    `keys` is sorted; the records of feature i are ``postings[offsets[i]:offsets[i + 1]]``,
    ascending. `frequency` is the number of records that carry the feature; where that is more than
    `CAP`, the list is empty. `works` says which records are of one work, `controls` are their
    control numbers, `weight` is how much each counts. `lists` are the postings, or gives them: most of
    what there is to unpack, and not wanted before the first question.
    """

    keys: Keys
    frequency: Ints
    offsets: npt.NDArray[np.int64]
    lists: Ints | Callable[[], Ints]
    works: Keys
    controls: Sequence[str]
    weight: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.works)

    @cached_property
    def postings(self) -> Ints:
        """Return the lists of records, one after the other."""
        return self.lists() if callable(self.lists) else self.lists

    @cached_property
    def _by_work(self) -> tuple[npt.NDArray[np.int64], Keys]:
        order = np.argsort(self.works, kind="stable")
        return order, self.works[order]

    def of_works(self, works: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the records of several works: the place of the work, and the record, in pairs."""
        order, sorted_works = self._by_work
        start = np.searchsorted(sorted_works, works)
        length = np.searchsorted(sorted_works, works, side="right") - start
        at = np.arange(length.sum()) + np.repeat(start - (np.cumsum(length) - length), length)
        return np.repeat(np.arange(len(works)), length), order[at]


@dataclass(frozen=True, eq=False)
class EvidenceIndex(Postings):
    """The inverted list with the class numbers of the records, and what else was learned of them.

    `numbers[axis]` gives each record's place in `names[axis]`, -1
    without one; `groups[scheme, level]` gives each name's number when names are cut at that level.
    `tables[scheme]` says what stands for a place in numbers.
    """

    numbers: dict[Axis, Ints]
    names: dict[Axis, tuple[str, ...]]
    groups: dict[tuple[Scheme, Level], Ints]
    tables: dict[Scheme, Table]
    about: dict[str, Any]


def build(
    lessons: Lessons,
    about: dict[str, Any],
    *,
    weight: float = 1.0,
    least: npt.NDArray[np.int64] | None = None,
    tables: dict[Scheme, Table] | None = None,
) -> EvidenceIndex:
    """Return the index of what was learned.

    `weight` is how much one of these records counts beside those of an index it is joined to.
    With `least`, a feature is kept when at least so many records have it, by its kind: half of all
    features are in one record only, and most of them are turns of phrase in titles. `tables` are those of another
    index, which know more places than few records can teach; without, they are learned.
    """
    count = len(lessons)
    if tables is None:
        tables = {
            scheme: learn_table(values, lessons.places, scheme)
            for scheme, values in lessons.numbers.items()
        }
    names: dict[Axis, tuple[str, ...]] = {}
    places: dict[Axis, npt.NDArray[np.int64]] = {}
    for axis, values in _axes(lessons, tables):
        names[axis] = _in_order({value for value in values if value}, axis)
        table = {name: place for place, name in enumerate(names[axis])} | {"": -1}
        places[axis] = np.fromiter((table[v] for v in values), np.int64, count)
    order = np.lexsort((places["ddc"], places["lcc"]))
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    records = np.repeat(rank, np.frombuffer(lessons.counts, np.uint16))
    keys = np.frombuffer(lessons.keys, np.uint32)
    if least is not None:
        _, place, times = np.unique(keys, return_inverse=True, return_counts=True)
        kept = times[place] >= least[np.frombuffer(lessons.kinds, np.uint8)]
        keys, records = keys[kept], records[kept]
    keys, frequency, offsets, postings = invert(keys, records)
    offsets, postings = without(frequency > CAP, offsets, postings)
    return EvidenceIndex(
        keys=keys,
        frequency=frequency,
        offsets=offsets,
        lists=postings,
        numbers={s: p[order].astype(np.int32) for s, p in places.items()},
        names=names,
        groups=_groups(names),
        tables=tables,
        works=np.frombuffer(lessons.works, np.uint32)[order],
        controls=tuple(lessons.controls[i] for i in order.tolist()),
        weight=np.full(count, weight, np.float32),
        about=about,
    )


def _axes(lessons: Lessons, tables: dict[Scheme, Table]) -> Iterator[tuple[Axis, list[str]]]:
    """Yield the numbers of each scheme by record, then their patterns."""
    for scheme, values in lessons.numbers.items():
        yield scheme, values
    for scheme, values in lessons.numbers.items():
        known = tables[scheme]
        shapes = [
            pattern(v, keys, known, scheme) for v, keys in zip(values, lessons.places, strict=True)
        ]
        yield pattern_axis(scheme), shapes


def pattern_axis(scheme: Scheme) -> Axis:
    """Return the axis of a scheme's patterns."""
    return "lcc-pattern" if scheme == "lcc" else "ddc-pattern"


def _in_order(names: set[str], axis: Axis) -> tuple[str, ...]:
    """Return names sorted so that those of one class stand together: QA76.A1 beside QA76."""
    if axis != "lcc":
        return tuple(sorted(names))
    return tuple(sorted(names, key=lambda name: (cut(name, "class"), name)))


def _groups(names: dict[Axis, tuple[str, ...]]) -> dict[tuple[Scheme, Level], Ints]:
    groups: dict[tuple[Scheme, Level], Ints] = {}
    for scheme, levels in LEVELS.items():
        for level in levels[:-1]:
            parts = [cut(name, level) for name in names[scheme]]
            fresh = [one != two for one, two in zip(parts, ["", *parts], strict=False)]
            groups[scheme, level] = (np.cumsum(fresh, dtype=np.int32) - 1).astype(np.int32)
    return groups


def invert(
    keys: Keys, records: npt.NDArray[np.int64]
) -> tuple[Keys, Ints, npt.NDArray[np.int64], Ints]:
    """Sort pairs of key and record into lists; return keys, frequencies, offsets, lists."""
    pairs = (keys.astype(np.uint64) << np.uint64(32)) | records.astype(np.uint64)
    pairs.sort()
    if len(pairs):
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]]
    keys = (pairs >> np.uint64(32)).astype(np.uint32)
    found = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, int)
    frequency = np.diff(np.r_[starts, len(keys)])
    offsets = np.r_[0, np.cumsum(frequency)].astype(np.int64)
    return keys[starts], frequency.astype(np.int32), offsets, found


def without(
    dropped: npt.NDArray[np.bool_], offsets: npt.NDArray[np.int64], postings: Ints
) -> tuple[npt.NDArray[np.int64], Ints]:
    """Return offsets and lists with some lists emptied."""
    lengths = np.diff(offsets)
    kept = postings[np.repeat(~dropped, lengths)]
    lengths[dropped] = 0
    return np.r_[0, np.cumsum(lengths)].astype(np.int64), kept


def join_lists(
    parts: Sequence[tuple[Postings, npt.NDArray[np.int64]]],
) -> tuple[Keys, Ints, npt.NDArray[np.int64], Ints]:
    """Return the lists of several as one: keys, frequencies, offsets, lists.

    With each comes where its records are moved to, -1 for one that is left out. What is common in one
    is common in all; its records are kept by none.
    """
    keys, records = [], []
    for index, moved in parts:
        own = moved[index.postings]
        keys.append(np.repeat(index.keys, np.diff(index.offsets))[own >= 0])
        records.append(own[own >= 0])
    found, frequency, offsets, postings = invert(np.concatenate(keys), np.concatenate(records))
    common = [index.keys[np.diff(index.offsets) == 0] for index, _ in parts]
    dropped = np.isin(found, np.concatenate(common))
    offsets, postings = without(dropped, offsets, postings)
    rest = np.setdiff1d(np.concatenate(common), found)
    if len(rest):
        at = np.searchsorted(found, rest)
        found, frequency = np.insert(found, at, rest), np.insert(frequency, at, 0)
        offsets = np.insert(offsets, at, offsets[at])
    for index, _ in parts:
        empty = np.diff(index.offsets) == 0
        frequency[np.searchsorted(found, index.keys[empty])] += index.frequency[empty]
    return found, frequency, offsets, postings


def join(first: EvidenceIndex, second: EvidenceIndex) -> EvidenceIndex:
    """Return one index of both; what is in both (the same control number) is kept from `second`.

    Each record keeps the weight it was built with. Description and learned weights are those of
    `first`; its sources are followed by those of `second`.
    """
    again = set(second.controls) - {""}
    kept = np.array([c not in again for c in first.controls], bool)
    parts = [(first, kept), (second, np.ones(len(second), bool))]
    names: dict[Axis, tuple[str, ...]] = {}
    places: dict[Axis, npt.NDArray[np.int64]] = {}
    for axis in first.names:
        names[axis] = _in_order({*first.names[axis], *second.names[axis]}, axis)
        table = {name: place for place, name in enumerate(names[axis])}
        both = []
        for index, keep in parts:
            moved = np.array([table[n] for n in index.names[axis]] + [-1], np.int64)
            both.append(moved[index.numbers[axis]][keep])
        places[axis] = np.concatenate(both)
    order = np.lexsort((places["ddc"], places["lcc"]))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    moves, start = [], 0
    for index, keep in parts:
        moved = np.full(len(index), -1, np.int64)
        moved[keep] = rank[start : start + int(keep.sum())]
        start += int(keep.sum())
        moves.append((index, moved))
    found, frequency, offsets, postings = join_lists(moves)
    controls = [c for index, keep in parts for c, k in zip(index.controls, keep, strict=True) if k]
    about = dict(first.about)
    about["sources"] = [*first.about.get("sources", []), *second.about.get("sources", [])]
    return EvidenceIndex(
        keys=found,
        frequency=frequency,
        offsets=offsets,
        lists=postings,
        numbers={s: p[order].astype(np.int32) for s, p in places.items()},
        names=names,
        groups=_groups(names),
        tables=first.tables,
        works=np.concatenate([i.works[k] for i, k in parts])[order],
        controls=tuple(controls[i] for i in order.tolist()),
        weight=np.concatenate([i.weight[k] for i, k in parts])[order],
        about=about,
    )

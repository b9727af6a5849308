"""The evidence index: which records carry a feature, and which class number each record has.

Everything the suggestions rest on is one inverted list. For every feature (`features`) it holds
the records that carry it, and for every record its LC and Dewey numbers and its control number.
Counts of a heading with a class, nearest records and the record numbers shown as evidence all come
from there.

Records are kept in the order of their LC numbers. Records that share a heading mostly share a
class, so their places are near each other and the lists compress well; and every n-th entry of a
list is a fair sample by class, which is how the lists of very common features are cut to `CAP`
entries.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from techproc.classify.features import features, same_work
from techproc.classify.fields import Field
from techproc.classify.numbers import LEVELS, Level, Scheme, class_number, cut

__all__ = ["CAP", "FORMAT", "EvidenceIndex", "Lessons", "build", "join"]

# Raised whenever KINDS, the text of a feature or the arrays below change.
FORMAT = 1
CAP = 500

Ints = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint32]


@dataclass(slots=True)
class Lessons:
    """What a run of records teaches, gathered one record at a time, before it is sorted."""

    keys: array[int] = field(default_factory=lambda: array("I"))
    kinds: array[int] = field(default_factory=lambda: array("B"))
    counts: array[int] = field(default_factory=lambda: array("H"))
    works: array[int] = field(default_factory=lambda: array("I"))
    numbers: dict[Scheme, list[str]] = field(default_factory=lambda: {"lcc": [], "ddc": []})
    controls: list[str] = field(default_factory=list)

    def learn(self, fields: Sequence[Field]) -> bool:
        """Take in one record; return False, and take nothing, when it has no usable number."""
        lcc, ddc = class_number(fields, "lcc"), class_number(fields, "ddc")
        if not lcc and not ddc:
            return False
        found = features(fields, numbers=True)
        self.keys.extend([f[2] for f in found])
        self.kinds.extend([f[0] for f in found])
        self.counts.append(len(found))
        self.works.append(same_work(fields))
        self.numbers["lcc"].append(lcc or "")
        self.numbers["ddc"].append(ddc or "")
        self.controls.append(next((t.strip() for tag, t, _ in fields if tag == "001"), ""))
        return True

    def __len__(self) -> int:
        return len(self.controls)


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceIndex:
    """The inverted list, the records behind it, and the weights learned for judging it.

    `keys` is sorted; the records of feature i are ``postings[offsets[i]:offsets[i + 1]]``,
    ascending. `frequency` is the number of records that carry the feature, more than the postings
    when they were cut to `CAP`. `numbers[scheme]` gives each record's place in `names[scheme]`, -1
    without one; `groups[scheme, level]` gives each name's number when names are cut at that level.
    """

    keys: Keys
    frequency: Ints
    offsets: npt.NDArray[np.int64]
    postings: Ints
    numbers: dict[Scheme, Ints]
    names: dict[Scheme, tuple[str, ...]]
    groups: dict[tuple[Scheme, Level], Ints]
    works: Keys
    controls: tuple[str, ...]
    weight: npt.NDArray[np.float32]
    about: dict[str, Any]

    def __len__(self) -> int:
        return len(self.works)


def build(
    lessons: Lessons,
    about: dict[str, Any],
    *,
    weight: float = 1.0,
    rare: Iterable[int] | None = None,
) -> EvidenceIndex:
    """Return the index of what was learned.

    `weight` is how much one of these records counts beside those of an index it is joined to.
    With `rare`, a feature carried by one record only is kept for these kinds alone: half of all
    features are such, and most of them are turns of phrase in titles.
    """
    count = len(lessons)
    names: dict[Scheme, tuple[str, ...]] = {}
    places: dict[Scheme, npt.NDArray[np.int64]] = {}
    for scheme, values in lessons.numbers.items():
        names[scheme] = _in_order({value for value in values if value}, scheme)
        table = {name: place for place, name in enumerate(names[scheme])} | {"": -1}
        places[scheme] = np.fromiter((table[v] for v in values), np.int64, count)
    order = np.lexsort((places["ddc"], places["lcc"]))
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    records = np.repeat(rank, np.frombuffer(lessons.counts, np.uint16))
    keys = np.frombuffer(lessons.keys, np.uint32)
    if rare is not None:
        _, place, times = np.unique(keys, return_inverse=True, return_counts=True)
        kept = (times[place] > 1) | np.isin(np.frombuffer(lessons.kinds, np.uint8), list(rare))
        keys, records = keys[kept], records[kept]
    keys, frequency, offsets, postings = _invert(keys, records)
    return EvidenceIndex(
        keys=keys,
        frequency=frequency,
        offsets=offsets,
        postings=postings,
        numbers={s: p[order].astype(np.int32) for s, p in places.items()},
        names=names,
        groups=_groups(names),
        works=np.frombuffer(lessons.works, np.uint32)[order],
        controls=tuple(lessons.controls[i] for i in order.tolist()),
        weight=np.full(count, weight, np.float32),
        about=about,
    )


def _in_order(names: set[str], scheme: Scheme) -> tuple[str, ...]:
    """Return names sorted so that those of one class stand together: QA76.A1 beside QA76."""
    if scheme == "ddc":
        return tuple(sorted(names))
    return tuple(sorted(names, key=lambda name: (cut(name, "class"), name)))


def _groups(names: dict[Scheme, tuple[str, ...]]) -> dict[tuple[Scheme, Level], Ints]:
    groups: dict[tuple[Scheme, Level], Ints] = {}
    for scheme, levels in LEVELS.items():
        for level in levels[:-1]:
            parts = [cut(name, level) for name in names[scheme]]
            fresh = [one != two for one, two in zip(parts, ["", *parts], strict=False)]
            groups[scheme, level] = (np.cumsum(fresh, dtype=np.int32) - 1).astype(np.int32)
    return groups


def _invert(
    keys: Keys, records: npt.NDArray[np.int64], cap: int | None = CAP
) -> tuple[Keys, Ints, npt.NDArray[np.int64], Ints]:
    """Sort pairs of key and record into lists, those of common features thinned to `cap`."""
    pairs = (keys.astype(np.uint64) << np.uint64(32)) | records.astype(np.uint64)
    pairs.sort()
    if len(pairs):
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]]
    keys = (pairs >> np.uint64(32)).astype(np.uint32)
    found = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, int)
    frequency = np.diff(np.r_[starts, len(keys)])
    lengths = frequency
    if cap is not None:
        size = np.repeat(frequency, frequency).astype(np.int64)
        place = np.arange(len(keys), dtype=np.int64) - np.repeat(starts, frequency)
        # Place i of n is kept where i·cap/n passes an integer: cap entries, evenly spread.
        kept = (size <= cap) | ((place + 1) * cap // size != place * cap // size)
        found = found[kept]
        lengths = np.minimum(frequency, cap)
    offsets = np.r_[0, np.cumsum(lengths)].astype(np.int64)
    return keys[starts], frequency.astype(np.int32), offsets, found


def join(first: EvidenceIndex, second: EvidenceIndex) -> EvidenceIndex:
    """Return one index of both; what is in both (the same control number) is kept from `second`.

    Each record keeps the weight it was built with. Description and learned weights are those of
    `first`; its sources are followed by those of `second`.
    """
    again = set(second.controls) - {""}
    kept = np.array([c not in again for c in first.controls], bool)
    parts = [(first, kept), (second, np.ones(len(second), bool))]
    names: dict[Scheme, tuple[str, ...]] = {}
    places: dict[Scheme, npt.NDArray[np.int64]] = {}
    for scheme in first.names:
        names[scheme] = _in_order({*first.names[scheme], *second.names[scheme]}, scheme)
        table = {name: place for place, name in enumerate(names[scheme])}
        both = []
        for index, keep in parts:
            moved = np.array([table[n] for n in index.names[scheme]] + [-1], np.int64)
            both.append(moved[index.numbers[scheme]][keep])
        places[scheme] = np.concatenate(both)
    order = np.lexsort((places["ddc"], places["lcc"]))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    keys, records, start = [], [], 0
    for index, keep in parts:
        moved = np.full(len(index), -1, np.int64)
        moved[keep] = rank[start : start + int(keep.sum())]
        start += int(keep.sum())
        own = moved[index.postings]
        keys.append(np.repeat(index.keys, np.diff(index.offsets))[own >= 0])
        records.append(own[own >= 0])
    merged = _invert(np.concatenate(keys), np.concatenate(records), cap=None)
    # A thinned list says less than the feature's frequency, which the lists alone cannot tell.
    frequency = merged[1].copy()
    for index, _ in parts:
        place = np.minimum(np.searchsorted(merged[0], index.keys), max(len(merged[0]) - 1, 0))
        if len(merged[0]):
            same = merged[0][place] == index.keys
            cut = same & (index.frequency > np.diff(index.offsets))
            extra = index.frequency - np.diff(index.offsets)
            frequency[place[cut]] += extra[cut].astype(np.int32)
    controls = [c for index, keep in parts for c, k in zip(index.controls, keep, strict=True) if k]
    about = dict(first.about)
    about["sources"] = [*first.about.get("sources", []), *second.about.get("sources", [])]
    return EvidenceIndex(
        keys=merged[0],
        frequency=frequency,
        offsets=merged[2],
        postings=merged[3],
        numbers={s: p[order].astype(np.int32) for s, p in places.items()},
        names=names,
        groups=_groups(names),
        works=np.concatenate([i.works[k] for i, k in parts])[order],
        controls=tuple(controls[i] for i in order.tolist()),
        weight=np.concatenate([i.weight[k] for i, k in parts])[order],
        about=about,
    )

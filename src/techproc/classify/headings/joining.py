"""One heading index of two: what ships, and in front of it the library's own records."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from techproc.classify.evidence import Postings, join_lists
from techproc.classify.headings.index import (
    Associations,
    HeadingIndex,
    Labels,
    Phrases,
    Places,
    ranges,
)

__all__ = ["join"]


def join(first: HeadingIndex, second: HeadingIndex) -> HeadingIndex:
    """Return one index of both; what is in both (the same control number) is kept from `second`.

    Every record counts the same: weighing those of `second` threefold made suggestions worse. The
    sources of `first` are followed by those of `second`.
    """
    again = set(second.records.controls) - {""}
    kept = np.array([c not in again for c in first.records.controls], bool)
    mains = tuple(sorted({*first.mains, *second.mains}))
    chains = tuple(sorted({*first.chains, *second.chains}))
    of_mains = [_places(index.mains, mains) for index in (first, second)]
    of_chains = [_places(index.chains, chains) for index in (first, second)]
    tags = np.zeros(len(mains), np.uint8)
    place = np.zeros(len(chains), np.uint32)
    for index, main, chain in zip((first, second), of_mains, of_chains, strict=True):
        tags[main], place[chain] = index.tags, index.chain_place
    held = [np.flatnonzero(kept), np.arange(len(second.records))]
    pairs, lengths = [], []
    for index, main, chain, records in zip((first, second), of_mains, of_chains, held, strict=True):
        start = index.starts[records]
        lengths.append(index.starts[records + 1] - start)
        own = index.strings[ranges(start, lengths[-1])[1]]
        pairs.append(main[index.string_main[own]] * len(chains) + chain[index.string_chain[own]])
    known, row, count = np.unique(np.concatenate(pairs), return_inverse=True, return_counts=True)
    order = np.lexsort((known % len(chains), -count, known // len(chains)))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    starts = np.zeros(len(held[0]) + len(held[1]) + 1, np.int64)
    np.cumsum(np.concatenate(lengths), out=starts[1:])
    return HeadingIndex(
        records=_records(first.records, second.records, kept),
        mains=mains,
        tags=tags,
        chains=chains,
        chain_place=place,
        string_main=(known[order] // len(chains)).astype(np.int32),
        string_chain=(known[order] % len(chains)).astype(np.int32),
        starts=starts,
        strings=rank[row].astype(np.int32),
        length=np.concatenate([first.length[kept], second.length]),
        of_mains=_associations(
            [
                (first.records, first.of_mains, first.by_main, of_mains[0]),
                (second.records, second.of_mains, second.by_main, of_mains[1]),
            ]
        ),
        of_chains=_associations(
            [
                (first.records, first.of_chains, first.by_chain, of_chains[0]),
                (second.records, second.of_chains, second.by_chain, of_chains[1]),
            ]
        ),
        phrases=_phrases([(first.phrases, of_mains[0]), (second.phrases, of_mains[1])], len(mains)),
        about={"sources": [*first.about.get("sources", []), *second.about.get("sources", [])]},
    )


def _places(names: Sequence[str], among: Sequence[str]) -> Places:
    table = {name: at for at, name in enumerate(among)}
    return np.array([table[name] for name in names], np.int64)


def _records(first: Postings, second: Postings, kept: npt.NDArray[np.bool_]) -> Postings:
    moved = np.where(kept, np.cumsum(kept) - 1, -1)
    after = int(kept.sum()) + np.arange(len(second))
    keys, frequency, offsets, postings = join_lists([(first, moved), (second, after)])
    return Postings(
        keys=keys,
        frequency=frequency,
        offsets=offsets,
        lists=postings,
        works=np.concatenate([first.works[kept], second.works]),
        controls=(
            *(c for c, k in zip(first.controls, kept.tolist(), strict=True) if k),
            *second.controls,
        ),
        weight=np.concatenate([first.weight[kept], second.weight]),
    )


def _associations(
    parts: Sequence[tuple[Postings, Associations, Labels, Places]],
) -> Associations:
    """Return counts of both for each feature that has no list of records in one of them.

    Where the other has a list, its records are counted.
    """
    keys = np.unique(np.concatenate([of.keys for _, of, _, _ in parts]))
    totals = np.zeros(len(keys), np.int64)
    labels, counts, offsets = [], [], [0]
    for at, key in enumerate(keys.tolist()):
        both: dict[int, int] = {}
        for records, of, known, moved in parts:
            told, times, total = _counted(key, records, of, known)
            totals[at] += total
            for label, time in zip(moved[told].tolist(), times.tolist(), strict=True):
                both[label] = both.get(label, 0) + time
        labels += sorted(both)
        counts += [both[label] for label in sorted(both)]
        offsets.append(len(labels))
    return Associations(
        keys=keys,
        totals=totals.astype(np.int32),
        offsets=np.array(offsets, np.int64),
        labels=np.array(labels, np.int32),
        counts=np.array(counts, np.int32),
    )


def _counted(
    key: int, records: Postings, of: Associations, known: Labels
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], int]:
    """Return the labels that go with a feature, their counts, and how many records carry it."""
    at = int(np.searchsorted(of.keys, key))
    if at < len(of.keys) and of.keys[at] == key:
        some = slice(int(of.offsets[at]), int(of.offsets[at + 1]))
        return of.labels[some], of.counts[some], int(of.totals[at])
    at = int(np.searchsorted(records.keys, key))
    if at == len(records.keys) or records.keys[at] != key:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), 0
    carry = records.postings[records.offsets[at] : records.offsets[at + 1]]
    label, times = np.unique(known.of(carry)[1], return_counts=True)
    return label.astype(np.int32), times.astype(np.int32), len(carry)


def _phrases(parts: Sequence[tuple[Phrases, Places]], mains: int) -> Phrases:
    """Return the labels of both, their titles counted together."""
    pair = np.concatenate(
        [of.keys.astype(np.int64) * mains + moved[of.mains] for of, moved in parts]
    )
    known, first, row = np.unique(pair, return_index=True, return_inverse=True)

    def summed(name: str) -> npt.NDArray[np.int32]:
        each = np.concatenate([getattr(of, name) for of, _ in parts])
        return np.bincount(row, each, minlength=len(known)).astype(np.int32)

    return Phrases(
        keys=(known // mains).astype(np.uint32),
        mains=(known % mains).astype(np.int32),
        words=np.concatenate([of.words for of, _ in parts])[first],
        whole=np.concatenate([of.whole for of, _ in parts])[first],
        seen=summed("seen"),
        right=summed("right"),
    )

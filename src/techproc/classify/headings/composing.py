"""From likely main headings to whole strings with what speaks for each, as arrays.

A string is a main heading with a chain of subdivisions. It may be one that records have, or be put
together from a likely main heading and a chain that speaks for itself (*--Ghana--Congresses*).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from techproc.classify.headings.clues import CLUES, NUMBERS
from techproc.classify.headings.gathering import Doubles, Gathered, Votes, sums, votes
from techproc.classify.headings.index import HeadingIndex, Places, distinct, ranges
from techproc.classify.headings.weighing import Candidates
from techproc.classify.scoring import ROUGH, most

__all__ = ["string_candidates"]

_PLAIN = len(CLUES)
_KINDS = _PLAIN + len(NUMBERS)
_ROUGH = ROUGH[[*CLUES, *NUMBERS]]
_CODES = _ROUGH < 0.2  # kinds that say language, place and form
_DEEPER = 10  # main headings that are looked at with their subdivisions
_STRINGS = 40
_CHAINS = 20  # chains that speak for themselves
_USUAL = 6  # commonest strings of a main heading


class _Table:
    """Values by key; 0 for a key that is not there."""

    def __init__(self, keys: Places, values: Doubles) -> None:
        order = np.argsort(keys, kind="stable")
        self._keys, self._values = keys[order], values[order]

    def _find(self, keys: Places) -> tuple[Places, npt.NDArray[np.bool_]]:
        if not len(self._keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return at, self._keys[at] == keys

    def has(self, keys: Places) -> npt.NDArray[np.bool_]:
        """Return which keys are there."""
        return self._find(keys)[1]

    def __call__(self, keys: Places) -> Doubles:
        if not len(self._keys):
            return np.zeros(len(keys))
        at, there = self._find(keys)
        return np.where(there, self._values[at], 0.0)


@dataclass(frozen=True, slots=True)
class _Chains:
    """What speaks for chains, whatever their main heading: by query and chain as one number."""

    pair: Places
    rough: Doubles
    near: Doubles
    codes: Doubles


@dataclass(frozen=True, slots=True)
class _Direct:
    """What speaks for strings that records have: the string as one number, -1 for one to leave."""

    told: Votes
    string: Places
    near: Places


def string_candidates(
    index: HeadingIndex, found: Gathered, mains: Candidates, share: Doubles
) -> Candidates:
    """Return the likeliest strings of each record; `share` is what the judge made of its mains."""
    chains = np.int64(max(len(index.chains), 1))
    chosen = most(mains.query, np.round(share, 6), len(found), _DEEPER)
    base = mains.query[chosen] * len(index.mains) + mains.main[chosen]
    likely = _Table(base, share[chosen])
    direct = _direct(index, found, likely)
    spoken = _spoken(index, found)
    every = distinct(
        np.concatenate(
            [
                direct.string[direct.string >= 0],
                direct.near[direct.near >= 0],
                _put_together(index, found, base, spoken),
                _usual(index, base),
                base * chains,
            ]
        )
    )
    columns, by_number, rough = _inputs(index, every, likely, direct, spoken)
    query = every // chains // len(index.mains)
    kept = most(query, np.round(rough, 6), len(found), _STRINGS)
    whose, main, chain = query[kept], every[kept] // chains % len(index.mains), every[kept] % chains
    told = [by_number[kept]] if found.numbered else []
    inputs = np.column_stack([columns[kept], _named(index, found, whose, chain), *told])
    return Candidates(whose, main, chain, inputs.astype(np.float32), len(found))


def _direct(index: HeadingIndex, found: Gathered, likely: _Table) -> _Direct:
    """Return the strings that records have, where their main heading is among the likely."""
    told = votes(index, found, index.by_string, None)

    def numbered(query: Places, string: Places) -> Places:
        base = query * len(index.mains) + index.string_main[string]
        whole = base * np.int64(max(len(index.chains), 1)) + index.string_chain[string]
        return np.where(likely.has(base), whole, -1)

    return _Direct(
        told, numbered(told.query, told.label), numbered(told.near_query, told.near_label)
    )


def _spoken(index: HeadingIndex, found: Gathered) -> _Chains:
    chains = max(len(index.chains), 1)
    alone = votes(index, found, index.by_chain, index.of_chains)
    split = len(alone.query)
    pair, row = np.unique(
        np.concatenate(
            [alone.query * chains + alone.label, alone.near_query * chains + alone.near_label]
        ),
        return_inverse=True,
    )
    size = len(pair)
    rough = sums(row[:split], _ROUGH[alone.kind] * alone.share, size)
    rough += 2 * sums(row[split:], alone.near_share, size)
    codes = np.zeros(size)
    said = _CODES[alone.kind]
    np.maximum.at(codes, row[:split][said], alone.share[said])
    return _Chains(pair, rough, sums(row[split:], alone.near_sharp, size), codes)


def _put_together(index: HeadingIndex, found: Gathered, base: Places, spoken: _Chains) -> Places:
    """Return each likely main heading with each of the chains that most speaks for."""
    chains = max(len(index.chains), 1)
    top = spoken.pair[most(spoken.pair // chains, np.round(spoken.rough, 6), len(found), _CHAINS)]
    edges = np.searchsorted(top // chains, np.arange(len(found) + 1))
    whose = base // len(index.mains)
    row, at = ranges(edges[whose], edges[whose + 1] - edges[whose])
    return base[row] * chains + top[at] % chains


def _usual(index: HeadingIndex, base: Places) -> Places:
    """Return the commonest strings of each likely main heading."""
    main = base % len(index.mains)
    start = index.main_edges[main]
    row, at = ranges(start, np.minimum(index.main_edges[main + 1] - start, _USUAL))
    return base[row] * np.int64(max(len(index.chains), 1)) + index.string_chain[at]


def _inputs(
    index: HeadingIndex, every: Places, likely: _Table, direct: _Direct, spoken: _Chains
) -> tuple[Doubles, Doubles, Doubles]:
    """Return the inputs of strings, those of class numbers, and the score that chooses what is judged."""
    chains = np.int64(max(len(index.chains), 1))
    base, chain = every // chains, every % chains
    main = base % len(index.mains)
    string = index.string(main, chain)
    together = np.where(string >= 0, np.append(index.by_string.count, 0.0)[string], 0.0)
    of_main, of_chain = index.by_main.count[main], index.by_chain.count[chain]
    above = likely(base)
    habit = together / (of_main + 2.0)
    fits = index.kinds[chain, index.tags[main]]
    heard = base // len(index.mains) * chains + chain
    speaks, near_chain, codes = (
        _Table(spoken.pair, each)(heard) for each in (spoken.rough, spoken.near, spoken.codes)
    )
    size, told = len(every), direct.told
    mine = direct.string >= 0
    row = np.searchsorted(every, direct.string[mine])
    shares = np.zeros(size * _KINDS)
    np.maximum.at(shares, row * _KINDS + told.kind[mine], told.share[mine])
    by_kind = shares.reshape(-1, _KINDS)
    straight = np.bincount(row, (_ROUGH[told.kind] * told.share)[mine], minlength=size)
    mine = direct.near >= 0
    row = np.searchsorted(every, direct.near[mine])
    flat = np.bincount(row, told.near_share[mine], minlength=size)
    sharp = np.bincount(row, told.near_sharp[mine], minlength=size)
    rough = straight + 2 * flat + above * (0.3 * habit + 0.15 * fits * speaks + 0.02)
    columns = np.column_stack(
        [
            np.log(above + 1e-4), above, straight, flat, np.sqrt(flat), sharp, np.sqrt(sharp),
            np.sqrt(straight), habit, np.sqrt(habit), above * habit, np.log1p(together),
            together > 0, np.log1p(of_main), np.log1p(of_chain), fits, np.log(fits), speaks,
            np.log(speaks + 1e-3), np.sqrt(near_chain), codes, above * speaks * fits,
            np.log(rough + 1e-4), chain == 0, by_kind[:, :_PLAIN],
            np.minimum(index.depth[chain], 4),
        ]
    )  # fmt: skip
    return columns, by_kind[:, _PLAIN:], rough


def _named(index: HeadingIndex, found: Gathered, query: Places, chain: Places) -> Doubles:
    """Return whether a chain has a place, and whether the title names it."""
    place = index.chain_place[chain].astype(np.int64)
    told = distinct(
        np.array(
            [(q << 32) + key for q, keys in enumerate(found.phrases) for key in keys], np.int64
        )
    )
    wanted = (query << 32) + place
    at = np.minimum(np.searchsorted(told, wanted), max(len(told) - 1, 0))
    there = told[at] == wanted if len(told) else np.zeros(len(wanted), bool)
    return np.column_stack([place > 0, there & (place > 0)]).astype(float)

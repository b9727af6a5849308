"""What words and codes say of the coarsest class: a softmax over LC letters or three Dewey digits.

The evidence index counts records, which serves headings and names; of words that thousands of titles
share it knows too little and too slowly. Here each such feature has a learned weight for each
class, in two opinions: the title's (its words, phrases, stems, small words), and that of the
features for which the index keeps no list of records (language, country, form, subdivisions, common words
of headings). The judges take both as inputs beside the records.

Weights are learned by AdaGrad (Duchi, Hazan and Singer 2011) with soft thresholding, so that most
of them are nought, and kept as eighths of a logit in one byte, row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from techproc.classify.features import Feature
from techproc.classify.kinds import KINDS, TITLE

__all__ = ["OPINIONS", "Coarse", "Floats", "Opinion", "Places", "learn_opinions"]

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

OPINIONS = ("title", "common")
_TITLE = np.isin(np.arange(len(KINDS)), list(TITLE))
_STEP = 0.125
_BATCH = 512
# The pace of each round of learning; the last is of all records.
_RATES = (0.5, 0.3, 0.2)
_SHRINK = 0.004
_TELLING = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """A sparse softmax: row i of `offsets` holds the weights of feature ``keys[i]``, by class."""

    keys: npt.NDArray[np.uint32]
    offsets: Places
    columns: npt.NDArray[np.uint16]
    weights: npt.NDArray[np.int8]
    bias: Floats

    def __call__(self, keys: npt.NDArray[np.uint32], query: Places, queries: int) -> Floats:
        """Return by query and class the logarithm of the share, from pairs of feature and query."""
        size = len(self.bias)
        place = np.searchsorted(self.keys, keys)
        place[place == len(self.keys)] = 0
        hit = self.keys[place] == keys if len(self.keys) else np.zeros(len(keys), bool)
        place, query = place[hit], query[hit]
        start = self.offsets[place]
        length = self.offsets[place + 1] - start
        at = np.arange(length.sum()) + np.repeat(start - (np.cumsum(length) - length), length)
        cell = np.repeat(query * size, length) + self.columns[at]
        logit = np.bincount(cell, self.weights[at], minlength=queries * size).reshape(-1, size)
        score = logit * _STEP + self.bias
        score -= score.max(axis=1, keepdims=True)
        score -= np.log(np.exp(score).sum(axis=1, keepdims=True))
        return np.asarray(score, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Coarse:
    """The opinions on the coarsest class of one scheme, and the names of the classes."""

    names: tuple[str, ...]
    opinions: tuple[Opinion, ...]

    def __call__(self, records: Sequence[Sequence[Feature]]) -> list[Floats]:
        """Return each opinion on each record: logarithms of shares, by record and class."""
        counts = [len(found) for found in records]
        query = np.repeat(np.arange(len(records)), counts)
        keys = np.array([f[2] for found in records for f in found], np.uint32)
        kinds = np.array([f[0] for found in records for f in found], np.intp)
        titled = _TITLE[kinds] if len(kinds) else np.zeros(0, bool)
        return [
            opinion(keys[mine], query[mine], len(records))
            for opinion, mine in zip(self.opinions, (titled, ~titled), strict=True)
        ]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the opinions as arrays that compress well: differences, byte by byte."""
        found: dict[str, npt.NDArray[Any]] = {
            "names": np.frombuffer("\n".join(self.names).encode(), np.uint8)
        }
        for name, each in zip(OPINIONS, self.opinions, strict=True):
            row = np.repeat(np.arange(len(each.keys)), np.diff(each.offsets))
            cell = row * len(each.bias) + each.columns
            found[f"{name}/keys"] = _planes(_steps(each.keys.astype(np.int64)))
            found[f"{name}/cells"] = _planes(_steps(cell))
            found[f"{name}/weights"] = each.weights
            found[f"{name}/bias"] = each.bias
        return found

    @staticmethod
    def from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> Coarse:
        """Return the opinions of such arrays."""
        opinions = []
        for name in OPINIONS:
            bias = arrays[f"{name}/bias"]
            keys = np.cumsum(_whole(arrays[f"{name}/keys"])).astype(np.uint32)
            cell = np.cumsum(_whole(arrays[f"{name}/cells"]))
            row, column = np.divmod(cell, len(bias))
            offsets = np.searchsorted(row, np.arange(len(keys) + 1))
            weights = arrays[f"{name}/weights"]
            opinions.append(Opinion(keys, offsets, column.astype(np.uint16), weights, bias))
        names = arrays["names"].tobytes().decode().split("\n")
        return Coarse(tuple(names), tuple(opinions))


def _steps(values: Places) -> Places:
    steps: Places = values - np.r_[np.zeros(1, np.int64), values[:-1]][: len(values)]
    return steps


def _planes(values: Places) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(values.astype("<u4").view(np.uint8).reshape(-1, 4).T)


def _whole(planes: npt.NDArray[np.uint8]) -> Places:
    return np.ascontiguousarray(planes.T).view("<u4").ravel().astype(np.int64)


def learn_opinions(
    keys: npt.NDArray[np.uint32],
    record: Places,
    right: Places,
    classes: int,
    *,
    least: int,
    apart: npt.NDArray[np.bool_],
    spared: npt.NDArray[np.bool_] | None = None,
    seed: int = 7,
) -> tuple[Opinion, Opinion]:
    """Return two opinions: one learned without the records apart, then the same with them too.

    `keys` and `record` are pairs of feature and record, in the order of records; `right` is each
    record's class. Only features that at least `least` records have are looked at. Small weights of
    rare features are left out, but for pairs that are `spared`.
    """
    often = keys[:0] if spared is None else np.unique(keys[spared])
    known, times = np.unique(keys, return_counts=True)
    known, times = known[times >= least], times[times >= least]
    times = np.where(np.isin(known, often), len(right), times)
    place = np.minimum(np.searchsorted(known, keys), max(len(known) - 1, 0))
    hit = known[place] == keys if len(known) else np.zeros(len(keys), bool)
    place, record = place[hit], record[hit]
    edges = np.searchsorted(record, np.arange(len(right) + 1))
    bias = np.log((np.bincount(right, minlength=classes) + 0.5) / len(right)).astype(np.float32)
    weight = np.zeros((len(known), classes), np.float32)
    seen = np.full((len(known), 1), 1e-2, np.float32)
    chance = np.random.default_rng(seed)

    def learn(records: Places, rate: float) -> None:
        turn = chance.permutation(records)
        for at in range(0, len(turn), _BATCH):
            some = turn[at : at + _BATCH]
            rows = np.concatenate([place[edges[r] : edges[r + 1]] for r in some.tolist()])
            sizes = edges[some + 1] - edges[some]
            blame = _blame(weight, bias, rows, sizes, right[some])
            order = np.argsort(rows, kind="stable")
            rows = rows[order]
            starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]][: len(rows)])
            if not len(starts):
                continue
            mine = rows[starts]
            of_record = np.repeat(np.arange(len(some)), sizes)[order]
            slope = np.add.reduceat(blame[of_record], starts, axis=0)
            seen[mine, 0] += np.einsum("ij,ij->i", slope, slope)
            pace = np.float32(rate) / np.sqrt(seen[mine])
            moved = weight[mine] - pace * slope
            slack = pace * np.float32(_SHRINK)
            weight[mine] = moved - np.clip(moved, -slack, slack)

    for rate in _RATES[:-1]:
        learn(np.flatnonzero(~apart), rate)
    first = _packed(known, times, weight, bias)
    learn(np.arange(len(right)), _RATES[-1])
    return first, _packed(known, times, weight, bias)


def _blame(weight: Floats, bias: Floats, rows: Places, sizes: Places, right: Places) -> Floats:
    """Return share less truth, by record and class."""
    score = np.tile(bias, (len(sizes), 1))
    told = sizes > 0
    starts = (np.cumsum(sizes) - sizes)[told]
    score[told] += np.add.reduceat(weight[rows], starts, axis=0)
    score -= score.max(axis=1, keepdims=True)
    np.exp(score, out=score)
    score /= score.sum(axis=1, keepdims=True)
    score[np.arange(len(sizes)), right] -= 1
    return score


def _packed(known: npt.NDArray[np.uint32], times: Places, weight: Floats, bias: Floats) -> Opinion:
    whole = np.clip(np.round(weight / _STEP), -127, 127).astype(np.int8)
    # A small weight of a rare feature is chance, and takes as many bytes as another.
    whole[np.abs(whole) * np.sqrt(times)[:, None] * _STEP < _TELLING] = 0
    telling = whole.any(axis=1)
    row, column = np.nonzero(whole[telling])
    return Opinion(
        keys=known[telling],
        offsets=np.searchsorted(row, np.arange(telling.sum() + 1)),
        columns=column.astype(np.uint16),
        weights=whole[telling][row, column],
        bias=bias,
    )

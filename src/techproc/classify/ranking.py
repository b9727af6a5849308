"""The small judge that weighs the evidence: a score for each candidate, learned by comparison.

A score is linear in the inputs of `scoring`, plus a layer of 24 rectified units for what kinds of
evidence say together (a heading that the title repeats, an author who writes on one subject).
It is learned so that the right number of a record scores above its rivals (softmax over the
candidates of one record), by Adam, on records whose own work is kept out of the counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from techproc.classify.coarse import Floats, Places

__all__ = ["Judge", "chances", "learn", "shares"]

_HIDDEN = 24
_BATCH = 64
_ROWS = 96


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Weights that turn the inputs of a candidate into a score."""

    mean: Floats
    scale: Floats
    hidden: Floats
    bias: Floats
    out: Floats
    direct: Floats

    def score(self, inputs: Floats) -> Floats:
        """Return one score for each row of inputs; the greater, the likelier."""
        # Mean and scale are brought into the weights: rows are many, weights few.
        weights = np.column_stack([self.hidden, self.direct]) / self.scale[:, None]
        # So few rows at a time that the product stays on this thread: waking others costs more.
        parts = [inputs[at : at + _ROWS] @ weights for at in range(0, len(inputs), _ROWS)]
        found = np.concatenate(parts or [inputs @ weights]) - self.mean @ weights
        lifted = np.maximum(found[:, :-1] + self.bias, 0) @ self.out
        return np.asarray(lifted + found[:, -1], np.float32)


def shares(score: Floats, starts: Places, length: int) -> npt.NDArray[np.float64]:
    """Return the softmax of the scores within each query."""
    if not length:
        return np.zeros(0)
    sizes = np.diff(np.r_[starts, length])
    above = score.astype(np.float64) - np.repeat(np.maximum.reduceat(score, starts), sizes)
    lifted = np.exp(above)
    result: npt.NDArray[np.float64] = lifted / np.repeat(np.add.reduceat(lifted, starts), sizes)
    return result


def chances(score: Floats) -> npt.NDArray[np.float64]:
    """Return the chance of each candidate by itself, where several of a query may be right."""
    chance: npt.NDArray[np.float64] = 1 / (1 + np.exp(-score.astype(np.float64)))
    return chance


def learn(
    inputs: Floats,
    query: Places,
    right: npt.NDArray[np.bool_],
    *,
    rounds: int = 6,
    seed: int = 7,
    several: bool = False,
) -> Judge:
    """Return the judge that best tells the right candidates from their rivals.

    Rows of one query stand together. One candidate is right (softmax), and queries without it teach
    nothing; with `several`, each is right or not by itself (logistic), and all queries teach.
    """
    chance = np.random.default_rng(seed)
    width = inputs.shape[1]
    mean, scale = np.zeros(width, np.float32), np.ones(width, np.float32)
    if len(inputs):
        mean = inputs.mean(0, dtype=np.float32)
        scale = inputs.std(0, dtype=np.float32) + np.float32(1e-3)
    weights = [
        chance.normal(0, width**-0.5, (width, _HIDDEN)).astype(np.float32),
        np.zeros(_HIDDEN, np.float32),
        chance.normal(0, 0.1, _HIDDEN).astype(np.float32),
        np.zeros(width, np.float32),
    ]
    slow = [np.zeros_like(w) for w in weights]
    fast = [np.zeros_like(w) for w in weights]
    starts = np.flatnonzero(np.r_[True, query[1:] != query[:-1]][: len(query)])
    ends = np.r_[starts[1:], len(query)]
    teaching = np.arange(len(starts))
    if len(starts) and not several:
        teaching = np.flatnonzero(np.logical_or.reduceat(right, starts))
    step = 0
    for done in range(rounds):
        rate = 3e-3 * (1 - done / rounds) + 1e-4
        turn = chance.permutation(teaching)
        for at in range(0, len(turn), _BATCH):
            some = turn[at : at + _BATCH]
            rows = np.concatenate([np.arange(starts[k], ends[k]) for k in some])
            begin = np.r_[0, np.cumsum(ends[some] - starts[some])[:-1]]
            x = (inputs[rows] - mean) / scale
            lifted = np.maximum(x @ weights[0] + weights[1], 0)
            score = lifted @ weights[2] + x @ weights[3]
            told = chances(score) if several else shares(score, begin, len(rows))
            error = told - right[rows]
            blame = (error / len(some)).astype(np.float32)
            back = np.outer(blame, weights[2]) * (lifted > 0)
            step += 1
            for i, slope in enumerate((x.T @ back, back.sum(0), lifted.T @ blame, x.T @ blame)):
                pull = slope + np.float32(1e-5) * weights[i]
                slow[i] = 0.9 * slow[i] + 0.1 * pull
                fast[i] = 0.999 * fast[i] + 0.001 * pull * pull
                size = np.sqrt(fast[i] / (1 - 0.999**step)) + 1e-8
                weights[i] -= rate * (slow[i] / (1 - 0.9**step)) / size
    return Judge(mean, scale, *weights)

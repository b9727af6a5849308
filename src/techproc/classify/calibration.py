"""Confidence that means what it says: isotonic regression, and how far off it is (ECE)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Calibration", "coverage", "expected_error", "isotonic"]

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A rising curve from the judge's share to the part of such suggestions that proved right."""

    share: Doubles
    right: Doubles

    def __call__(self, share: Doubles) -> Doubles:
        """Return the confidence for each share."""
        return np.interp(share, self.share, self.right)


def isotonic(share: Doubles, right: npt.NDArray[np.bool_]) -> Calibration:
    """Return the rising curve nearest to what was observed (pool adjacent violators).

    >>> curve = isotonic(np.array([.1, .2, .3, .9]), np.array([False, True, False, True]))
    >>> [round(float(x), 2) for x in curve(np.array([.1, .25, .9]))]
    [0.08, 0.5, 0.92]
    """
    order = np.argsort(share, kind="stable")
    pools: list[list[float]] = []  # sum right, count, sum of shares
    for x, y in zip(share[order].tolist(), right[order].tolist(), strict=True):
        pools.append([float(y), 1.0, x])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    # Few observations must not promise certainty: a tenth of one right and of one wrong is added.
    xs = np.array([p[2] / p[1] for p in pools])
    ys = np.array([(p[0] + 0.1) / (p[1] + 0.2) for p in pools])
    return Calibration(xs, np.maximum.accumulate(ys))


def expected_error(confidence: Doubles, right: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Return the expected calibration error: |confidence - accuracy| by bin, weighted by size.

    >>> expected_error(np.array([.5, .5]), np.array([True, False]))
    0.0
    """
    if not len(confidence):
        return 0.0
    at = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = np.bincount(at, confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / len(confidence))


def coverage(confidence: Doubles, right: npt.NDArray[np.bool_], precision: float = 0.9) -> float:
    """Return the greatest part of the records, the surest first, of which `precision` are right.

    >>> coverage(np.array([.9, .8, .7, .6]), np.array([True, True, False, False]), 0.6)
    0.75
    """
    if not len(confidence):
        return 0.0
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(reached >= precision)
    return float((enough[-1] + 1) / len(order)) if len(enough) else 0.0

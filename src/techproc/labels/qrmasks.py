"""The masks of QR codes and the penalty that chooses among them (ISO/IEC 18004, 7.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

__all__ = ["MASKS", "penalty"]

Grid = np.ndarray[Any, Any]

MASKS: Final[tuple[Callable[[Any, Any], Any], ...]] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
_FINDER: Final = (1, 0, 1, 1, 1, 0, 1)


def penalty(code: Grid) -> int:
    """Return what speaks against a masked code: runs, squares, finder-like rows, uneven ink."""
    same = code[1:, 1:] == code[:-1, :-1]
    squares = same & (code[1:, 1:] == code[1:, :-1]) & (code[1:, 1:] == code[:-1, 1:])
    dark = int(code.sum())
    return (
        _runs(code) + _runs(code.T)
        + 3 * int(squares.sum())
        + 40 * (_finders(code) + _finders(code.T))
        + 10 * (abs(100 * dark // code.size - 50) // 5)
    )  # fmt: skip


def _runs(code: Grid) -> int:
    """Return 3 for each run of five in a row of the grid, and 1 for each module beyond."""
    total = 0
    edges = np.ones((code.shape[0], 1), dtype=bool)
    starts = np.concatenate([edges, code[:, 1:] != code[:, :-1]], axis=1)
    for row in starts:
        lengths = np.diff(np.flatnonzero(np.append(row, True)))
        long = lengths[lengths >= 5]
        total += int((long - 2).sum())
    return total


def _finders(code: Grid) -> int:
    """Return how often a row has 1:1:3:1:1 with four light modules before or after it."""
    size = code.shape[0]
    light = np.pad(~code, ((0, 0), (4, 4)), constant_values=True)
    here = np.ones((size, size - 6), dtype=bool)
    for at, dark in enumerate(_FINDER):
        here &= code[:, at : size - 6 + at] == bool(dark)
    before = np.logical_and.reduce([light[:, at : size - 6 + at] for at in range(4)])
    after = np.logical_and.reduce([light[:, at + 11 : size - 6 + at + 11] for at in range(4)])
    return int((here & (before | after)).sum())

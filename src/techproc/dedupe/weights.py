"""The score: a table of points for each measure, read from data, added up.

The tables ship in `data/match_weights.json`. They are log-odds learned from labelled pairs by
`scripts/learn_match_weights.py`; nothing of the learning is needed to use them. The points that
identifiers earn are set by hand and stand in the same file, for the labelled pairs carry none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.measures import MEASURES
from techproc.errors import ConfigError
from techproc.files import explain_os_error

__all__ = ["FIELDS", "Table", "Weights", "load_weights", "shipped_weights"]

# What a person is told: each measure belongs to one field of the description.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": (
        "title", "title start", "short title", "title length", "title words", "title surplus",
        "title deficit", "title conflict", "title numbers",
    ),
    "parts": ("parts",),
    "creator": ("creator", "names", "birth", "responsibility", "responsibility words"),
    "edition": ("edition", "edition and year"),
    "date": ("first year", "year", "dates", "date pattern"),
    "publisher": ("publisher", "place", "country", "imprint"),
    "pages": ("pages", "page share", "page sum", "page pattern", "volumes"),
    "size": ("size",),
    "series": ("series",),
    "subjects": ("subjects",),
    "form": ("illustrations", "language", "carrier", "kind", "sparseness"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Points by one measure, or by two together.

    `edges[i]` are the rising limits between the bins of the i-th measure; `points` has one more
    entry than edges along each axis, and one after that for a measure that could not be taken.
    """

    measures: tuple[str, ...]
    edges: tuple[NDArray[np.float32], ...]
    points: NDArray[np.float32]

    def look_up(self, columns: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the points of every pair, from the columns of this table's measures."""
        places = tuple(
            np.where(
                np.isnan(column), len(limits) + 1, np.searchsorted(limits, column, side="left")
            )
            for column, limits in zip(columns, self.edges, strict=True)
        )
        found: NDArray[np.float32] = self.points[places]
        return found


@dataclass(frozen=True, slots=True)
class Weights:
    """All tables, the start value, the calibration (slope, shift) and the identifiers' points."""

    start: float
    tables: tuple[Table, ...]
    calibration: tuple[float, float]
    identifiers: Mapping[str, float]
    about: Mapping[str, Any]

    def by_field(self, matrix: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return the points of every pair by field; their sum and `start` make the score."""
        index = {name: i for i, name in enumerate(MEASURES)}
        owner = {measure: field for field, measures in FIELDS.items() for measure in measures}
        out = {field: np.zeros(len(matrix), dtype=np.float32) for field in FIELDS}
        for table in self.tables:
            out[owner[table.measures[0]]] += table.look_up(
                [matrix[:, index[name]] for name in table.measures]
            )
        return out

    def probability(self, score: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the calibrated probability of a score in points."""
        slope, shift = self.calibration
        out: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-(slope * score.astype(np.float64) + shift)))
        return out


def load_weights(path: str | Path) -> Weights:
    """Return the weights of a JSON file, such as the learning script writes.

    Raises ConfigError for a file that can't be read or names a measure that does not exist.
    """
    try:
        text = Path(path).read_text("utf-8")
    except OSError as error:
        raise ConfigError(explain_os_error(path, error)) from error
    return _weights(text, str(path))


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """Return the weights that come with the package.

    >>> shipped_weights().about["pairs"]
    10208
    """
    data = resources.files("techproc.dedupe") / "data" / "match_weights.json"
    return _weights(data.read_text("utf-8"), "match_weights.json")


def _weights(text: str, where: str) -> Weights:
    try:
        data = json.loads(text)
        tables = tuple(
            Table(
                tuple(item["measures"]),
                tuple(np.array(edges, dtype=np.float32) for edges in item["edges"]),
                np.array(item["points"], dtype=np.float32),
            )
            for item in data["tables"]
        )
        weights = Weights(
            float(data["start"]),
            tables,
            (float(data["calibration"][0]), float(data["calibration"][1])),
            {str(name): float(points) for name, points in data["identifiers"].items()},
            data["about"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{where}: not a file of match weights: {error!r}") from error
    for table in tables:
        for name in table.measures:
            if name not in MEASURES:
                raise ConfigError(
                    f"{where}: unknown measure {name!r}; known: {', '.join(MEASURES)}"
                )
        wanted = tuple(len(edges) + 2 for edges in table.edges)
        if table.points.shape != wanted:
            raise ConfigError(
                f"{where}: the table of {' and '.join(table.measures)} has shape "
                f"{table.points.shape}, it takes {wanted}"
            )
    return weights

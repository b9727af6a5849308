"""The score: tables of points for measures and pairs of them, read from data, added up.

The tables ship in `data/match_weights.json`. They are log-odds learned from labelled pairs by
`scripts/learn_match_weights.py`; nothing of the learning is needed to use them. The points that
identifiers earn are set by hand and stand in the same file, for the labelled pairs carry none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    "creator": ("creator", "names", "names conflict", "birth", "responsibility", "responsibility words"),
    "edition": ("edition", "edition words", "edition and year"),
    "date": ("first year", "year", "dates", "date pattern", "earliest", "latest"),
    "publisher": ("publisher", "place", "country", "imprint"),
    "pages": ("pages", "page share", "page sum", "page pattern", "page sequences", "volumes"),
    "size": ("size",),
    "series": ("series", "series number"),
    "subjects": ("subjects",),
    "form": ("illustrations", "pictures", "language", "kind", "sparseness"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Points by one measure, or by two together.

    `points` has an entry for each bin of a measure along its axis: one more than the measure has
    edges, and a last one for a measure that could not be taken.
    """

    measures: tuple[str, ...]
    points: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """All tables, the start value, the calibration (slope, shift) and the identifiers' points.

    `edges` are the rising limits between the bins of each measure; a value on a limit is below it.
    """

    start: float
    edges: Mapping[str, NDArray[np.float32]]
    tables: tuple[Table, ...]
    calibration: tuple[float, float]
    identifiers: Mapping[str, float]
    about: Mapping[str, Any]

    def by_field(self, matrix: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return the points of every pair by field; their sum and `start` make the score.

        What two measures say together and neither alone is shared equally by their fields.
        """
        owner = {measure: field for field, measures in FIELDS.items() for measure in measures}
        out = {field: np.zeros(len(matrix), dtype=np.float32) for field in FIELDS}
        bins = {name: self._bins(name, matrix[:, MEASURES.index(name)]) for name in self.edges}
        for table in self.tables:
            place = bins[table.measures[0]]
            for name, size in zip(table.measures[1:], table.points.shape[1:], strict=True):
                place = place * size + bins[name]
            points = table.points.take(place)
            fields = {owner[name] for name in table.measures}
            for field in fields:
                out[field] += points / len(fields) if len(fields) > 1 else points
        return out

    def _bins(self, name: str, column: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the bin of each value; NaN sorts after every limit, and is moved one further."""
        limits = self.edges[name]
        found: NDArray[np.int64] = np.searchsorted(limits, column, side="left")
        found[np.isnan(column)] = len(limits) + 1
        return found

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
        weights = Weights(
            float(data["start"]),
            {name: np.array(limits, dtype=np.float32) for name, limits in data["edges"].items()},
            tuple(
                Table(tuple(item["measures"]), np.array(item["points"], dtype=np.float32))
                for item in data["tables"]
            ),
            (float(data["calibration"][0]), float(data["calibration"][1])),
            {str(name): float(points) for name, points in data["identifiers"].items()},
            data["about"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{where}: not a file of match weights: {error!r}") from error
    for name in weights.edges:
        if name not in MEASURES:
            raise ConfigError(f"{where}: unknown measure {name!r}; known: {', '.join(MEASURES)}")
    for table in weights.tables:
        title = f"the table of {' and '.join(table.measures)}"
        if not set(table.measures) <= set(weights.edges):
            raise ConfigError(f"{where}: {title} has a measure without edges")
        wanted = tuple(len(weights.edges[name]) + 2 for name in table.measures)
        if table.points.shape != wanted:
            raise ConfigError(f"{where}: {title} has shape {table.points.shape}, it takes {wanted}")
    return weights

"""Learn the points of `techproc dedupe` from labelled pairs, and write them as a data file.

    python scripts/learn_match_weights.py RECORDS.jsonl.xz LABELS.csv -o match_weights.json

RECORDS is MARC-in-JSON, one record a line (.xz, .gz or plain); LABELS has the columns id1, id2 and
label (1 = the same publication), the ids being 001. Records that are known to be copies of one
another should carry the same group in a field `CID` $a; without it, groups are the connected pairs.
Groups that any pair connects stay together when figures are cross-validated.

What is learned is additive. Each measure is cut into bins; a ridge logistic regression over the
steps between neighbouring bins (and over "could not be taken") gives every bin its points, and the
penalty on steps keeps neighbours alike where there is little to learn from. The regression has one
optimum, so the same pairs always give the same tables. scikit-learn is needed here and nowhere
else.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import lzma
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pymarc
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from techproc.dedupe.features import Features, features
from techproc.dedupe.measures import MEASURES, measure

# Set by hand: the labelled pairs carry no identifiers. A shared number is worth about as much as an
# equal publisher and date together, and never enough to merge what the description contradicts.
IDENTIFIERS = {
    "isbn shared": 2.5,
    "isbn differs": -1.0,
    "issn shared": 2.0,
    "issn differs": -2.0,
    "lccn shared": 2.5,
    "lccn differs": -1.0,
    "oclc shared": 3.0,
    "oclc differs": 0.0,
}
FOLDS = 5
BINS = 24
PENALTY = 0.2  # of scikit-learn's C: smaller is smoother; chosen by cross-validation

Matrix = np.ndarray[Any, Any]


def read_records(path: Path) -> tuple[dict[str, Features], dict[str, str]]:
    """Return the features and the group of every record by its 001."""
    opener = {".xz": lzma.open, ".gz": gzip.open}.get(path.suffix, open)
    found: dict[str, Features] = {}
    groups: dict[str, str] = {}
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            for record in pymarc.parse_json_to_array(f"[{line}]"):
                one = features(record, len(found))
                found.setdefault(one.control, one)
                named = record.get_fields("CID")
                groups[one.control] = (named[0].get("a") if named else None) or one.control
    return found, groups


def connected(pairs: list[tuple[str, str]]) -> list[int]:
    """Return for every pair the number of the component it belongs to."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for first, second in pairs:
        parent[root(first)] = root(second)
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    return [numbers[root(first)] for first, _ in pairs]


def edges_of(values: Matrix) -> Matrix:
    """Return the limits between bins: between all values when they are few, else by quantile."""
    seen = np.unique(values)
    if len(seen) <= BINS:
        return (seen[1:] + seen[:-1]) / 2
    return np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))


def steps(column: Matrix, edges: Matrix) -> Matrix:
    """Return one 0/1 column for each edge that is passed, and a last one for "not taken"."""
    missing = np.isnan(column)
    passed = (column[:, None] > edges[None, :]) & ~missing[:, None]
    return np.column_stack([passed, missing]).astype(np.float32)


def fit_tables(x: Matrix, y: Matrix) -> tuple[float, list[dict[str, Any]]]:
    """Return the start value and a table for each measure; the average pair has 0 points."""
    limits = [edges_of(x[:, j][~np.isnan(x[:, j])]) for j in range(x.shape[1])]
    design = np.hstack([steps(x[:, j], edges) for j, edges in enumerate(limits)])
    model = LogisticRegression(C=PENALTY, max_iter=5000).fit(csr_matrix(design), y)
    start = float(model.intercept_[0])
    tables, at = [], 0
    for j, (name, edges) in enumerate(zip(MEASURES, limits, strict=True)):
        found = model.coef_[0, at : at + len(edges) + 1]
        at += len(edges) + 1
        points = np.append(np.concatenate([[0.0], np.cumsum(found[:-1])]), found[-1])
        missing = np.isnan(x[:, j])
        places = np.where(missing, len(edges) + 1, np.searchsorted(edges, x[:, j]))
        mean = float(points[places].mean())
        start += mean
        tables.append(
            {
                "measures": [name],
                "edges": [[round(float(edge), 5) for edge in edges]],
                "points": [round(float(value - mean), 3) for value in points],
            }
        )
    return start, tables


def score(x: Matrix, start: float, tables: list[dict[str, Any]]) -> Matrix:
    """Return the sum of the points, as the package will compute it."""
    out = np.full(len(x), start)
    for j, table in enumerate(tables):
        edges, points = np.array(table["edges"][0], dtype=np.float32), np.array(table["points"])
        missing = np.isnan(x[:, j])
        out += points[np.where(missing, len(edges) + 1, np.searchsorted(edges, x[:, j]))]
    return out


def out_of_fold(x: Matrix, y: Matrix, groups: Matrix, seed: int = 0) -> Matrix:
    """Return every pair's score by tables that were learned without its group."""
    out = np.zeros(len(y))
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(x, y, groups):
        out[test] = score(x[test], *fit_tables(x[train], y[train]))
    return out


def calibrate(scores: Matrix, y: Matrix) -> tuple[float, float]:
    """Return slope and shift of the logistic curve from held-out scores to probabilities."""
    curve = LogisticRegression(C=1e6).fit(scores[:, None], y)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def figures(probability: Matrix, y: Matrix) -> dict[str, float]:
    """Return F1 at one half and precision at the recalls that matter."""
    order = np.argsort(-probability, kind="stable")
    right = np.cumsum(y[order])
    precision, recall = right / np.arange(1, len(y) + 1), right / y.sum()
    said = probability >= 0.5
    out = {"f1": 2 * y[said].sum() / (said.sum() + y.sum())}
    for level in (0.90, 0.93, 0.955):
        out[f"precision at recall {level}"] = precision[recall >= level].max()
    return {name: round(float(value), 4) for name, value in out.items()}


def main() -> None:
    """Learn, cross-validate and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    records, named = read_records(given.records)
    with given.labels.open(encoding="utf-8", newline="") as lines:
        rows = [(row["id1"], row["id2"], int(row["label"])) for row in csv.DictReader(lines)]
    y = np.array([label for _, _, label in rows])
    groups = np.array(connected([(named[a], named[b]) for a, b, _ in rows]))
    x = measure([records[a] for a, _, _ in rows], [records[b] for _, b, _ in rows])
    held_out = out_of_fold(x, y, groups)
    slope, shift = calibrate(held_out, y)
    found = figures(1 / (1 + np.exp(-(slope * held_out + shift))), y)
    start, tables = fit_tables(x, y)
    about = {
        "pairs": len(rows),
        "same": int(y.sum()),
        "from": given.labels.name,
        "method": "ridge logistic regression over bins, see scripts/learn_match_weights.py",
        "cross-validated": found,
    }
    data = {
        "about": about,
        "start": round(start, 4),
        "calibration": [round(slope, 4), round(shift, 4)],
        "identifiers": IDENTIFIERS,
    }
    text = json.dumps(data, indent=1)[:-2] + ',\n "tables": [\n'
    text += ",\n".join("  " + json.dumps(table) for table in tables) + "\n ]\n}\n"
    given.output.write_text(text, encoding="utf-8")
    sys.stderr.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()

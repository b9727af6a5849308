"""Learn the points of `techproc dedupe` from labelled pairs, and write them as a data file.

    python scripts/learn_match_weights.py RECORDS.mrc LABELS.csv -o match_weights.json
    python scripts/learn_match_weights.py RECORDS.mrc decisions.jsonl -o our-weights.json

RECORDS is MARC in any form; LABELS is a CSV file with the columns id1, id2 and label (1 = the same
publication), the ids being 001, or the decisions that `techproc dedupe decide` keeps. A few
thousand pairs of both kinds are wanted. Records that are known to be copies of one
another should carry the same group in a field `CID` $a; without it, groups are the connected pairs.
Groups that any pair connects stay together when figures are cross-validated.

What is learned is additive: a table of points for each measure, and one for each of a few pairs of
measures that mean more together than apart (a generalised additive model with pairwise
interactions, GA2M). Boosted trees of two splits are grown, first freely, to see which pairs matter,
then with those pairs alone. A tree of two splits is a sum of tables of two measures, so that adding
up all trees gives the tables exactly; what a pair's table says about one of its measures alone is
moved into that measure's own table. Where a greater difference can't speak for two records, the
points may only fall. The same pairs always give the same tables. scikit-learn is needed here and
nowhere else.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from techproc import marc
from techproc.dedupe.decisions import read_decisions
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
BINS = 32
PAIRS = 80  # tables of two measures
SEEDS = (1, 2, 3)  # forests that are averaged
TREES = {"max_iter": 1000, "learning_rate": 0.06, "max_leaf_nodes": 4, "max_depth": 2}
CAREFUL = {"l2_regularization": 1.0, "min_samples_leaf": 10, "max_features": 0.1}
# The greater the measure, the more (1) or the less (-1) it speaks for one publication.
DIRECTION = {
    "title": 1, "title start": 1, "short title": 1, "title words": 1, "title deficit": -1,
    "title conflict": -1, "names": 1, "names conflict": -1, "responsibility": 1,
    "responsibility words": 1, "edition words": 1, "first year": -1, "year": -1, "earliest": -1,
    "latest": -1, "publisher": 1, "place": 1, "country": 1, "pages": -1, "page share": 1,
    "page sum": -1, "page sequences": 1, "size": -1, "series": 1, "series number": 1,
    "subjects": 1, "pictures": 1, "birth": -1,
}  # fmt: skip

Matrix = np.ndarray[Any, Any]


def read_records(path: Path) -> tuple[dict[str, Features], dict[str, str]]:
    """Return the features and the group of every record by its 001."""
    found: dict[str, Features] = {}
    groups: dict[str, str] = {}
    for item in marc.read(path):
        if isinstance(item, marc.Loaded):
            one = features(item.record, len(found))
            found.setdefault(one.control, one)
            named = item.record.get_fields("CID")
            groups[one.control] = (named[0].get("a") if named else None) or one.control
    return found, groups


def read_labels(path: Path) -> list[tuple[str, str, int]]:
    """Return pairs of 001s with 1 for the same publication, 0 for different ones."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as lines:
            return [(row["id1"], row["id2"], int(row["label"])) for row in csv.DictReader(lines)]
    words = {each.pair: each.decision for each in read_decisions(path) if each.decision != "skip"}
    return [(a, b, int(word == "same")) for (a, b), word in words.items()]


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


def grow(x: Matrix, y: Matrix, seed: int, pairs: list[tuple[int, int]] | None) -> list[Any]:
    """Return the trees of one forest; only `pairs` may meet in a tree, any when it is None."""
    allowed = None
    if pairs is not None:
        allowed = [*({j} for j in range(x.shape[1])), *(set(pair) for pair in pairs)]
    model = HistGradientBoostingClassifier(
        max_bins=BINS,
        early_stopping=False,
        random_state=seed,
        interaction_cst=allowed,
        monotonic_cst=[DIRECTION.get(name, 0) for name in MEASURES],
        **TREES,
        **CAREFUL,
    ).fit(x, y)
    start = float(np.ravel(model._baseline_prediction)[0])
    return [start, *(tree[0].nodes for tree in model._predictors)]


def tables_of(
    forests: list[list[Any]], width: int
) -> tuple[float, list[Matrix], dict[Any, Matrix]]:
    """Return the start value, the edges of every measure, and the tables that the trees add up to.

    A table is named by its measures, (i,) or (i, j); its last bin is for what could not be taken.
    """
    found: list[set[float]] = [set() for _ in range(width)]
    for _, *trees in forests:
        for nodes in trees:
            for node in nodes[nodes["is_leaf"] == 0]:
                found[node["feature_idx"]].add(float(np.float32(node["num_threshold"])))
    edges = [np.array(sorted(limits), dtype=np.float32) for limits in found]
    tables: dict[Any, Matrix] = {}

    def walk(nodes: Matrix, at: int, held: dict[int, Matrix]) -> None:
        node = nodes[at]
        if node["is_leaf"]:
            name = tuple(sorted(held))
            shape = tuple(len(edges[j]) + 2 for j in name)
            inside = np.ones(shape)
            for axis, j in enumerate(name):
                inside = inside * np.expand_dims(
                    held[j], [k for k in range(len(name)) if k != axis]
                )
            tables[name] = tables.get(name, np.zeros(shape)) + inside * float(node["value"])
            return
        j = int(node["feature_idx"])
        limit = np.searchsorted(edges[j], np.float32(node["num_threshold"]))
        left = np.arange(len(edges[j]) + 2) <= limit
        left[-1] = bool(node["missing_go_to_left"])
        before = held.get(j, np.ones(len(left)))
        walk(nodes, int(node["left"]), held | {j: before * left})
        walk(nodes, int(node["right"]), held | {j: before * ~left})

    for _, *trees in forests:
        for nodes in trees:
            walk(nodes, 0, {})
    start = float(np.mean([forest[0] for forest in forests]))
    start += float(tables.pop((), np.zeros(())))
    return start, edges, {name: table / len(forests) for name, table in tables.items()}


def bins_of(x: Matrix, edges: list[Matrix]) -> Matrix:
    """Return every measure's bin, as the package will find it."""
    out = np.empty(x.shape, dtype=np.int64)
    for j, limits in enumerate(edges):
        column = x[:, j].astype(np.float32)
        out[:, j] = np.where(np.isnan(column), len(limits) + 1, np.searchsorted(limits, column))
    return out


def purify(start: float, tables: dict[Any, Matrix], bins: Matrix) -> float:
    """Move what a pair's table says of one measure into that one's table; return the new start.

    Measured by the pairs at hand, every table then averages nought, and so does each row and column
    of a pair's.
    """
    for (i, j), table in [item for item in tables.items() if len(item[0]) == 2]:
        weight = np.zeros(table.shape)
        np.add.at(weight, (bins[:, i], bins[:, j]), 1.0)
        for _ in range(20):
            for axis, k in ((1, i), (0, j)):
                mass = weight.sum(axis=axis)
                mean = (table * weight).sum(axis=axis) / np.maximum(mass, 1e-9)
                tables.setdefault((k,), np.zeros(len(mean)))
                tables[k,] += mean
                np.subtract(table, np.expand_dims(mean, axis), out=table)
    for name, table in list(tables.items()):
        if len(name) == 1:
            mean = float(table[bins[:, name[0]]].mean())
            tables[name] = table - mean
            start += mean
    return start


def fit_tables(x: Matrix, y: Matrix) -> dict[str, Any]:
    """Return the start value, edges and tables, as they stand in the file."""
    _, edges, free = tables_of([grow(x, y, 0, None)], x.shape[1])
    bins = bins_of(x, edges)
    purify(0.0, free, bins)
    worth = {
        name: float(table[bins[:, name[0]], bins[:, name[1]]].std())
        for name, table in free.items()
        if len(name) == 2
    }
    chosen = sorted(worth, key=lambda name: (-worth[name], name))[:PAIRS]
    start, edges, tables = tables_of([grow(x, y, seed, chosen) for seed in SEEDS], x.shape[1])
    start = purify(start, tables, bins_of(x, edges))
    return {
        "start": round(start, 4),
        "edges": {
            name: [float(f"{edge:.6g}") for edge in limits]
            for name, limits in zip(MEASURES, edges, strict=True)
            if len(limits)
        },
        "tables": [
            {
                "measures": [MEASURES[j] for j in name],
                "points": np.round(tables[name], 3).tolist(),
            }
            for name in sorted(tables, key=lambda name: (len(name), name))
        ],
    }


def score(x: Matrix, learned: dict[str, Any]) -> Matrix:
    """Return the sum of the points, as the package will compute it."""
    edges = [np.array(learned["edges"].get(name, ()), dtype=np.float32) for name in MEASURES]
    bins, place = bins_of(x, edges), {name: j for j, name in enumerate(MEASURES)}
    out = np.full(len(x), learned["start"])
    for table in learned["tables"]:
        out += np.array(table["points"])[tuple(bins[:, place[name]] for name in table["measures"])]
    return out


def cross_validate(
    x: Matrix, y: Matrix, groups: Matrix, seed: int = 0
) -> tuple[Matrix, Matrix, list[dict[str, Any]]]:
    """Return every pair's score by tables that were learned without its group, its fold, the tables."""
    scores, fold, learned = np.zeros(len(y)), np.zeros(len(y), dtype=int), []
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed).split(x, y, groups)
    for number, (train, test) in enumerate(folds):
        learned.append(fit_tables(x[train], y[train]))
        scores[test], fold[test] = score(x[test], learned[-1]), number
    return scores, fold, learned


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
    rows = read_labels(given.labels)
    if missing := {name for a, b, _ in rows for name in (a, b) if name not in records}:
        parser.error(f"{given.records} has no record {', '.join(sorted(missing)[:5])}")
    y = np.array([label for _, _, label in rows])
    groups = np.array(connected([(named[a], named[b]) for a, b, _ in rows]))
    x = measure([records[a] for a, _, _ in rows], [records[b] for _, b, _ in rows])
    held_out, _, _ = cross_validate(x, y, groups)
    slope, shift = calibrate(held_out, y)
    found = figures(1 / (1 + np.exp(-(slope * held_out + shift))), y)
    learned = fit_tables(x, y)
    about = {
        "pairs": len(rows),
        "same": int(y.sum()),
        "from": given.labels.name,
        "method": "additive tables of one and two measures, see scripts/learn_match_weights.py",
        "cross-validated": found,
    }
    data = {
        "about": about,
        "start": learned["start"],
        "calibration": [round(slope, 4), round(shift, 4)],
        "identifiers": IDENTIFIERS,
    }
    text = json.dumps(data, indent=1)[:-2]
    for name, opening, lines, closing in (
        (
            "edges",
            "{",
            [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in learned["edges"].items()],
            "}",
        ),
        ("tables", "[", [json.dumps(table) for table in learned["tables"]], "]"),
    ):
        text += f',\n "{name}": {opening}\n  ' + ",\n  ".join(lines) + f"\n {closing}"
    text += "\n}\n"
    given.output.write_text(text, encoding="utf-8")
    sys.stderr.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()

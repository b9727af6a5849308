"""Matching measured: pairs, bands, clusters, linked records, speed; beside goldrush where it is.

    python benchmarks/dedupe.py [--quick]

Reads ../shared/data. Pair figures are cross-validated: tables are learned on four fifths of the
groups (pairs joined by any shared CID stay together) and scored on the last, so no pair is scored
by points it helped to learn. `--quick` leaves out the 100,000 records. `goldrush` (PyPI) is
compared when it can be imported; put it in an environment of its own and run this file there.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pymarc

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import learn_match_weights as learn  # noqa: E402

from techproc.config import MatchPolicy  # noqa: E402
from techproc.dedupe.blocking import candidate_pairs, hashed  # noqa: E402
from techproc.dedupe.clusters import Edge, cluster_records  # noqa: E402
from techproc.dedupe.columns import columns_of  # noqa: E402
from techproc.dedupe.compare import band_of, compare_many, field_points, joins, total  # noqa: E402
from techproc.dedupe.engine import find_in_files  # noqa: E402
from techproc.dedupe.features import features  # noqa: E402
from techproc.dedupe.measures import measure  # noqa: E402
from techproc.dedupe.rules import rules_of  # noqa: E402
from techproc.dedupe.vetoes import vetoes_of  # noqa: E402
from techproc.dedupe.weights import Table, Weights, shipped_weights  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
HATHI = DATA / "dedupe" / "hathitrust-goldfinch"
LINKED = DATA / "dedupe" / "linked-not-duplicates"


def labelled():
    """Return the records, their groups, and the labelled pairs."""
    records, named = learn.read_records(HATHI / "val.jsonl.xz")
    with (HATHI / "val_labels.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(r["id1"], r["id2"], int(r["label"])) for r in csv.DictReader(lines)]
    return records, named, rows


def pairs_and_bands(records, named, rows):
    """Print the cross-validated figures on pairs; return out-of-fold probabilities."""
    y = np.array([label for *_, label in rows])
    groups = np.array(learn.connected([(named[a], named[b]) for a, b, _ in rows]))
    a, b = [records[r[0]] for r in rows], [records[r[1]] for r in rows]
    x = measure(a, b)
    runs = []
    for seed in range(3):
        scores = learn.out_of_fold(x, y, groups, seed)
        slope, shift = learn.calibrate(scores, y)
        runs.append(1 / (1 + np.exp(-(slope * scores + shift))))
        print(f"pairs, cross-validated, split {seed}:", learn.figures(runs[-1], y))
    probability = runs[0]
    rules = rules_of(MatchPolicy())
    bands = [
        band_of(float(p), vetoes_of(m, n), rules) for p, m, n in zip(probability, a, b, strict=True)
    ]
    count = Counter(zip(bands, y.tolist(), strict=True))
    match = count["match", 1] + count["match", 0]
    print(
        f"merged by itself: precision {count['match', 1] / match:.4f} at recall "
        f"{count['match', 1] / y.sum():.4f}; review "
        f"{(count['review', 0] + count['review', 1]) / len(y):.2%} "
        f"of pairs; true matches called distinct {count['no', 1] / y.sum():.2%}"
    )
    return x, y, groups


def clusters(records, named, rows):
    """Print precision and recall of clusters on the whole set, every record scored out of fold."""
    names = sorted({name for row in rows for name in row[:2]})
    place = {name: i for i, name in enumerate(names)}
    group = dict(zip(
        (named[n] for row in rows for n in row[:2]),
        (g for g in learn.connected([(named[a], named[b]) for a, b, _ in rows]) for _ in range(2)),
        strict=True,
    ))  # fmt: skip
    fold = np.array([group[named[name]] % learn.FOLDS for name in names])
    every = [records[name] for name in names]
    columns = columns_of(every)
    keys = [hashed(one.keys) for one in every]
    owners = np.repeat(np.arange(len(keys), dtype=np.int32), [len(k) for k in keys])
    blocks = candidate_pairs(np.concatenate(keys), owners)
    y = np.array([label for *_, label in rows])
    row_fold = np.array([fold[place[a]] for a, _, _ in rows])
    x = measure([records[r[0]] for r in rows], [records[r[1]] for r in rows])
    rules, edges = rules_of(MatchPolicy()), []
    learned = []
    for part in range(learn.FOLDS):
        start, tables = learn.fit_tables(x[row_fold != part], y[row_fold != part])
        held = learn.score(x[row_fold == part], start, tables)
        learned.append((start, tables, learn.calibrate(held, y[row_fold == part])))
    # A pair across folds is scored by the tables of the first record's fold, learned without it.
    for part, (start, tables, calibration) in enumerate(learned):
        mine = fold[blocks.first] == part
        at, to = blocks.first[mine], blocks.second[mine]
        weights = _weights(start, tables, calibration)
        ours = type(rules)(weights, {}, {}, rules.duplicate, rules.group, rules.review)
        p = weights.probability(total(field_points(columns, at, columns, to, ours), ours))
        for k in np.flatnonzero(p >= rules.review).tolist():
            i, j = int(at[k]), int(to[k])
            vetoes, q = vetoes_of(every[i], every[j]), float(p[k])
            edges.append(Edge(i, j, q, band_of(q, vetoes, rules), joins(q, vetoes, rules)))
    by_group: dict[str, list[int]] = {}
    for name in names:
        by_group.setdefault(named[name], []).append(place[name])
    true = {(i, j) for m in by_group.values() for n, i in enumerate(m) for j in m[n + 1 :]}
    reached = set(zip(blocks.first.tolist(), blocks.second.tolist(), strict=True))
    print(
        f"blocking: {len(reached & true) / len(true):.4f} of {len(true)} true pairs, "
        f"{len(reached)} compared"
    )
    for name, certain in (("shown", False), ("merged by itself", True)):
        found, _ = cluster_records(edges, certain=certain)
        made = {(i, j) for c in found for n, i in enumerate(c.records) for j in c.records[n + 1 :]}
        big = [c for c in found if len(c.records) > 6]
        print(
            f"groups {name}, of {len(names)} records: precision {len(made & true) / len(made):.4f} "
            f"recall {len(made & true) / len(true):.4f}; largest "
            f"{max(len(c.records) for c in found)}, "
            f"over 6 without a flag {sum(not c.flags for c in big)}"
        )


def _weights(start, tables, calibration):
    made = tuple(
        Table(tuple(t["measures"]), tuple(np.array(e, np.float32) for e in t["edges"]),
              np.array(t["points"], np.float32))
        for t in tables
    )  # fmt: skip
    return Weights(start, made, calibration, shipped_weights().identifiers, {})


def linked():
    """Print how many pairs that cataloguers linked as distinct would be merged."""
    held = {}
    with lzma.open(LINKED / "records.ndjson.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            (record,) = pymarc.parse_json_to_array(f"[{line}]")
            one = features(record)
            held[one.control] = one
    with (LINKED / "pairs.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(r["id1"], r["id2"], r["link"]) for r in csv.DictReader(lines)]
    found = compare_many(
        [held[r[0]] for r in rows], [held[r[1]] for r in rows], rules_of(MatchPolicy())
    )
    count = Counter((row[2], one.band) for row, one in zip(rows, found, strict=True))
    for link in ("776", "780/785", "775"):
        size = sum(n for (name, _), n in count.items() if name == link)
        print(f"linked {link}: {count[link, 'match']} of {size} merged "
              f"({count[link, 'match'] / size:.2%}), "
              f"{count[link, 'review']} to review")  # fmt: skip
    return held, rows


def speed(records, rows):
    """Print pairs scored a second of one core, columns made once."""
    every = list(records.values())
    place = {one.control: i for i, one in enumerate(every)}
    columns, rules = columns_of(every), rules_of(MatchPolicy())
    hard = np.array([(place[a], place[b]) for a, b, _ in rows])
    keys = [hashed(one.keys) for one in every]
    owners = np.repeat(np.arange(len(keys), dtype=np.int32), [len(k) for k in keys])
    blocks = candidate_pairs(np.concatenate(keys), owners)
    for name, at, to in (
        ("labelled (hard)", hard[:, 0], hard[:, 1]),
        ("blocked", blocks.first[:50_000], blocks.second[:50_000]),
    ):
        total(field_points(columns, at[:500], columns, to[:500], rules), rules)
        begun = time.process_time()
        for k in range(0, len(at), 20_000):
            part = slice(k, k + 20_000)
            total(field_points(columns, at[part], columns, to[part], rules), rules)
        spent = time.process_time() - begun
        print(f"scored {len(at) / spent:,.0f} pairs a CPU-second ({name}, {len(at)} pairs)")


def scale(size: int):
    """Print seconds for `size` LC records on two processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lc.mrc"
        with (
            lzma.open(DATA / "marc" / "lc-books-2016-train.mrc.xz") as source,
            path.open("wb") as out,
        ):
            for _ in range(size):
                head = source.read(5)
                out.write(head + source.read(int(head) - 5))
        begun, cpu = time.perf_counter(), _cpu()
        run = find_in_files([path])
        wall = time.perf_counter() - begun
        print(
            f"{size:,} records: {wall:.1f} s wall, {_cpu() - cpu:.1f} s CPU on two processes, "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB; {run.compared:,} "
            f"pairs, {len(run.clusters)} groups"
        )
        run.close()


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def goldrush(rows):
    """Print the peer's figures on the same pairs, by its exact keys, and its speed."""
    try:
        from goldrush import generate  # noqa: PLC0415  (it may not be there)
    except ImportError:
        print("goldrush: not installed here, not compared")
        return
    keys = {}
    with lzma.open(HATHI / "val.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            (record,) = pymarc.parse_json_to_array(f"[{line}]")
            keys[record["001"].data] = generate(record)
    said = np.array([keys[a] == keys[b] for a, b, _ in rows])
    y = np.array([label for *_, label in rows])
    right = (said & (y == 1)).sum()
    print(f"goldrush: precision {right / said.sum():.4f} recall {right / y.sum():.4f}")


def main():
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    records, named, rows = labelled()
    pairs_and_bands(records, named, rows)
    clusters(records, named, rows)
    linked()
    speed(records, rows)
    goldrush(rows)
    scale(10_000)
    if not given.quick:
        scale(100_000)
    print(json.dumps({"weights": rules_of(MatchPolicy()).weights.about["cross-validated"]}))


if __name__ == "__main__":
    main()

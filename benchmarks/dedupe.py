"""Matching measured: pairs, bands, clusters, linked records, speed; beside its peers.

    python benchmarks/dedupe.py [--splits N] [--peers PYTHON]

Reads ../shared/data. Pair figures are cross-validated: tables are learned on four fifths of the
groups (pairs joined by any shared CID stay together) and scored on the last, so no pair is scored
by points it helped to learn; scikit-learn is needed for that, and some seven minutes of CPU for each
of N splits, one if not said. Groups are made by the tables of the first split, each fold calibrated on
the others. PYTHON is that of an environment with
`splink`, `goldrush`, `pymarc` and `pyarrow`, which run on the same pairs. Files of growing size:
benchmarks/dedupe_growth.py.
"""

from __future__ import annotations

import argparse
import csv
import lzma
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pymarc

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import dedupe_peers  # noqa: E402
import learn_match_weights as learn  # noqa: E402

from techproc.config import MatchPolicy  # noqa: E402
from techproc.dedupe.blocking import candidate_pairs, hash_key  # noqa: E402
from techproc.dedupe.clusters import cluster_records  # noqa: E402
from techproc.dedupe.columns import columns_of  # noqa: E402
from techproc.dedupe.compare import band_of, compare_many, field_points, joins, total  # noqa: E402
from techproc.dedupe.edges import Edge  # noqa: E402
from techproc.dedupe.engine import find_in_files  # noqa: E402
from techproc.dedupe.features import features  # noqa: E402
from techproc.dedupe.measures import measure  # noqa: E402
from techproc.dedupe.rules import rules_of  # noqa: E402
from techproc.dedupe.vetoes import CODED, vetoes_of  # noqa: E402
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


def pairs_and_bands(records, named, rows, splits):
    """Print the cross-validated figures on pairs; return the rules and the fold of each group."""
    y = np.array([label for *_, label in rows])
    groups = np.array(learn.connected([(named[a], named[b]) for a, b, _ in rows]))
    a, b = [records[r[0]] for r in rows], [records[r[1]] for r in rows]
    x = measure(a, b)
    for seed in reversed(range(splits)):
        scores, fold, learned = learn.cross_validate(x, y, groups, seed)
        slope, shift = learn.calibrate(scores, y)
        probability = 1 / (1 + np.exp(-(slope * scores + shift)))
        print(f"pairs, cross-validated, split {seed}:", learn.figures(probability, y), flush=True)
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
    sides = [
        replace(rules, weights=_weights(one, learn.calibrate(scores[fold != k], y[fold != k])))
        for k, one in enumerate(learned)
    ]
    return sides, dict(zip(groups.tolist(), fold.tolist(), strict=True))


def blocked(every):
    """Return the pairs of records that blocking brings together."""
    keys = [[hash_key(key) for key in one.keys] for one in every]
    owners = np.repeat(np.arange(len(keys), dtype=np.int32), [len(k) for k in keys])
    return candidate_pairs(np.array([k for some in keys for k in some], np.uint64), owners)


def clusters(records, named, rows, sides, folds):
    """Print precision and recall of clusters on the whole set, every record scored out of fold."""
    names = sorted({name for row in rows for name in row[:2]})
    place = {name: i for i, name in enumerate(names)}
    groups = learn.connected([(named[a], named[b]) for a, b, _ in rows])
    of = {named[name]: folds[g] for row, g in zip(rows, groups, strict=True) for name in row[:2]}
    fold = np.array([of[named[name]] for name in names])
    every = [records[name] for name in names]
    columns, rules = columns_of(every), rules_of(MatchPolicy())
    first, second = blocked(every)

    def judge(at, to, least):
        # A pair across folds is scored by the tables of the first record's fold.
        out = []
        for part, ours in enumerate(sides):
            mine = fold[at] == part
            i, j = at[mine], to[mine]
            p = ours.weights.probability(total(field_points(columns, i, columns, j, ours), ours))
            for k in np.flatnonzero(p >= least).tolist():
                vetoes, q = vetoes_of(every[i[k]], every[j[k]]), float(p[k])
                band = band_of(q, vetoes, rules)
                out.append(Edge(int(i[k]), int(j[k]), q, band, joins(q, vetoes, rules)))
        return out

    edges = judge(first, second, rules.review)
    by_group: dict[str, list[int]] = {}
    for name in names:
        by_group.setdefault(named[name], []).append(place[name])
    true = {(i, j) for m in by_group.values() for n, i in enumerate(m) for j in m[n + 1 :]}
    reached = set(zip(first.tolist(), second.tolist(), strict=True))
    print(
        f"blocking: {len(reached & true) / len(true):.4f} of {len(true)} true pairs, "
        f"{len(reached)} compared"
    )
    for name, certain in (("shown", False), ("merged by itself", True)):
        found, _ = cluster_records(
            edges, certain=certain, look=lambda pairs: judge(*np.array(pairs, np.int64).T, 0.0)
        )
        made = {(i, j) for c in found for n, i in enumerate(c.records) for j in c.records[n + 1 :]}
        big = [c for c in found if len(c.records) > 6]
        print(
            f"groups {name}, of {len(names)} records: precision {len(made & true) / len(made):.4f} "
            f"recall {len(made & true) / len(true):.4f}; largest "
            f"{max(len(c.records) for c in found)}, "
            f"over 6 without a flag {sum(not c.flags for c in big)}"
        )
        if not certain:
            lost = np.array(sorted(true - made), np.int64).T
            why = Counter(_cause(edge, every, reached, rules) for edge in judge(*lost, 0.0))
            print("  true pairs not shown:", ", ".join(f"{n} {k}" for k, n in why.most_common()))


def _cause(edge, every, reached, rules):
    """Return why a true pair is not in one group."""
    if (edge.first, edge.second) not in reached:
        return "without a key in common"
    if edge.probability < rules.group:
        return "scored too low"
    vetoes = vetoes_of(every[edge.first], every[edge.second])
    names = [veto.name for veto in vetoes if veto.name not in CODED]
    return f"veto {names[0]}" if names else "refused by the rest of a group"


def _weights(learned, calibration):
    return Weights(
        learned["start"],
        {name: np.array(limits, np.float32) for name, limits in learned["edges"].items()},
        tuple(Table(tuple(t["measures"]), np.array(t["points"], np.float32))
              for t in learned["tables"]),
        calibration,
        shipped_weights().identifiers,
        {},
    )  # fmt: skip


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


def judged():
    """Print what becomes of the pairs of mixed records that were judged by reading them."""
    with (ROOT / "tests/fixtures/dedupe/mixed-verdicts.csv").open(encoding="utf-8") as lines:
        rows = [(row["a"], row["b"], row["verdict"]) for row in csv.DictReader(lines)]
    run = find_in_files([DATA / "marc" / "mixed-utf8.mrc.xz"])
    names = [(entry.control, f"#{entry.number}") for entry in run.entries]
    bands = {
        frozenset(pair): edge.band
        for edge in run.edges
        for pair in product(names[edge.first], names[edge.second])
    }
    every = Counter(edge.band for edge in run.edges)
    count = Counter((bands.get(frozenset(row[:2]), "no"), row[2]) for row in rows)
    print(
        f"mixed records, {len(names)}: {every['match']} pairs merged, {every['review']} to review"
    )
    for band in ("match", "review", "no"):
        told = ", ".join(f"{count[band, v]} {v}" for v in ("same", "different", "unsure"))
        print(f"judged pairs, {band}: {told}")
    run.close()


def speed(records, rows):
    """Print pairs scored a second of one core: measures, points and probability of every pair."""
    every = list(records.values())
    place = {one.control: i for i, one in enumerate(every)}
    columns, rules = columns_of(every), rules_of(MatchPolicy())
    hard = np.array([(place[a], place[b]) for a, b, _ in rows])
    for name, (at, to) in (("labelled", hard.T.copy()), ("blocked", blocked(every))):
        total(field_points(columns, at[:500], columns, to[:500], rules), rules)
        begun = time.process_time()
        for k in range(0, len(at), 20_000):
            part = slice(k, k + 20_000)
            rules.weights.probability(
                total(field_points(columns, at[part], columns, to[part], rules), rules)
            )
        spent = time.process_time() - begun
        print(f"scored {len(at) / spent:,.0f} pairs a CPU-second ({name}, {len(at)} pairs)")


def peers(python, records):
    """Let Gold Rush and Splink say what they make of the same pairs."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "records.csv"
        with table.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(("unique_id", *dedupe_peers.COLUMNS))
            for one in records.values():
                rows.writerow(
                    (one.control, one.title, one.heading, " ".join(one.publishers),
                     " ".join(sorted(one.places)), one.year1 or "", one.pages or "", one.edition)
                )  # fmt: skip
        command = [python, dedupe_peers.__file__, HATHI / "val.jsonl.xz",
                   HATHI / "val_labels.csv", table]  # fmt: skip
        done = subprocess.run(
            list(map(str, command)), check=False, stderr=subprocess.PIPE, text=True
        )
    if done.returncode:
        print(f"the peers failed: {done.stderr.strip().splitlines()[-1:]}")


def main():
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splits", metavar="N", type=int, default=1)
    parser.add_argument("--peers", metavar="PYTHON")
    given = parser.parse_args()
    records, named, rows = labelled()
    clusters(records, named, rows, *pairs_and_bands(records, named, rows, given.splits))
    linked()
    judged()
    speed(records, rows)
    sys.stdout.flush()
    if given.peers:
        peers(given.peers, records)


if __name__ == "__main__":
    main()

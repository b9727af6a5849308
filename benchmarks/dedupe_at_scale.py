"""What a hundred million records would cost on a cluster, reckoned from what some thousand cost here.

    python benchmarks/dedupe_at_scale.py [RECORDS] [CORES]

Runs the stages that Spark's workers run on records grown from real ones (`grow.py` states the noise
model), in one process, and measures what each record and each pair costs: seconds of one core,
bytes that are shuffled. How the pairs of a record grow with the number of records is measured on
samples; it is taken on to 100 million, but not beyond what the cap on common keys allows. From
these it reckons the run on CORES cores (256 by default), with memory for an executor of four cores.
It is arithmetic, not a run: stragglers come on top.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np
from grow import grow

from techproc.config import MatchPolicy
from techproc.dedupe.blocking import find_blocks, hashed
from techproc.dedupe.columns import columns_of
from techproc.dedupe.intake import raw_items, read_features
from techproc.dedupe.rules import rules_of
from techproc.dedupe.scoring import Side
from techproc.dedupe.store import pack, unpack
from techproc.findings import Finding

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc" / "lc-books-2016-train.mrc.xz"
TARGET = 100_000_000
BLOCK = 60  # records that may share a key
BATCH = 5_000  # pairs that a worker judges at a time, as the engine sets it


def features_of_file(path: Path, count: int):
    start = time.process_time()
    found, keys, size = [], [], 0
    for raw in islice(raw_items([path]), count):
        one = read_features(raw)
        if isinstance(one, Finding):
            continue
        size += len(raw.data)
        found.append(pack(one))
        keys.append(hashed(dict.fromkeys(one.keys)))
    return found, keys, size / len(found), (time.process_time() - start) / len(found)


def pairs_of(keys, count: int):
    some = keys[:count]
    owners = np.repeat(np.arange(count, dtype=np.int32), [len(k) for k in some])
    blocks = find_blocks(np.concatenate(some), owners)
    return list(blocks.pairs(BATCH))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("records", type=int, nargs="?", default=100_000, help="how many to measure")
    parser.add_argument("cores", type=int, nargs="?", default=256, help="of the cluster")
    given = parser.parse_args()
    reckon(given.records, given.cores)


def reckon(count: int, cores: int) -> None:
    """Print what so many records cost, and what that makes of a hundred million."""
    if not DATA.is_file():
        sys.exit("the records (../shared/data) are not beside this checkout")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "records.mrc")
        grow(DATA, count, path)
        packed, keys, raw_bytes, read_seconds = features_of_file(path, count)
    count = len(packed)
    packed_bytes = sum(map(len, packed)) / count
    keys_each = sum(map(len, keys)) / count

    sizes = [count // 8, count // 4, count // 2, count]
    grown = [sum(len(a) for a, _ in pairs_of(keys, n)) / n for n in sizes]
    power = np.polyfit(np.log(sizes), np.log(grown), 1)[0]
    ceiling = keys_each * (BLOCK - 1) / 2  # every key shared by as many as the cap allows
    pairs_each = min(grown[-1] * (TARGET / count) ** power, ceiling)

    rules = rules_of(MatchPolicy())
    batches = pairs_of(keys, count)[:20]
    start = time.process_time()
    judged = edges = 0
    for first, second in batches:
        local = {
            place: i for i, place in enumerate(np.unique(np.concatenate([first, second])).tolist())
        }
        some = [unpack(packed[place], i) for place, i in local.items()]
        side = Side(columns_of(some), some, rules)
        one, other = (
            np.array([local[p] for p in s.tolist()], dtype=np.int64) for s in (first, second)
        )
        edges += len(side.judge(one, other, least=rules.review))
        judged += len(first)
    pair_seconds = (time.process_time() - start) / judged

    total_pairs = pairs_each * TARGET
    shuffled = {
        "keys": keys_each * 16 * TARGET,
        "pairs, before and after doubles go": 2 * 16 * total_pairs,
        "features to pairs": 2 * (packed_bytes + 40) * total_pairs,
        "edges and members of groups": (60 * edges / judged + packed_bytes * 0.2) * TARGET,
    }  # fmt: skip
    cpu = read_seconds * TARGET + pair_seconds * total_pairs + 3e-6 * keys_each * TARGET
    print(f"Measured on {count:,} records:\n")
    print("| each | figure |\n|---|---|")
    print(f"| record read to features | {1e6 * read_seconds:.0f} µs of one core |")
    print(f"| record as MARC, as features | {raw_bytes:,.0f}, {packed_bytes:,.0f} bytes |")
    print(f"| match keys of a record | {keys_each:.1f} |")
    growth = ", ".join(f"{g:.1f} at {n:,}" for n, g in zip(sizes, grown, strict=True))
    print(f"| pairs of a record | {growth} (power {power:.2f}) |")
    print(f"| pair judged, features unpacked | {1e6 * pair_seconds:.0f} µs of one core |\n")
    print(f"Reckoned for {TARGET:,} records on {cores} cores:\n")
    print("| what | figure |\n|---|---|")
    print(
        f"| input | {raw_bytes * TARGET / 1e12:.2f} TB, {math.ceil(raw_bytes * TARGET / (16 << 20)):,} pieces |"
    )
    print(f"| pairs, at most | {total_pairs:,.0f} ({pairs_each:.0f} a record) |")
    for name, size in shuffled.items():
        print(f"| shuffled: {name} | {size / 1e12:.2f} TB |")
    print(f"| core hours | {cpu / 3600:,.0f} |")
    print(f"| hours of work | {cpu / 3600 / cores:.1f} |")
    shuffle = sum(shuffled.values()) / 1e8 / cores / 3600
    print(f"| hours of shuffling, at 100 MB/s a core | {shuffle:.1f} |")
    memory = 4 * (1.0 + BATCH * 2 * packed_bytes * 12 / 1e9)
    print(
        f"| memory of an executor of four cores | {memory + 4:.0f} GB (4 of them for Spark itself) |"
    )


if __name__ == "__main__":
    main()

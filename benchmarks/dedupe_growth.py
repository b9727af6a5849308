"""Duplicates found in files of growing size: seconds, memory, and how they grow.

    python benchmarks/dedupe_growth.py [SIZE ...]

Files are grown from the Library of Congress books of ../shared/data by benchmarks/grow.py, whose
noise model is stated there. Each is read by a process of its own, with its two helpers.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grow import grow

from techproc.dedupe.engine import find_in_files

SOURCE = Path(__file__).parents[2] / "shared" / "data" / "marc" / "lc-books-2016-train.mrc.xz"
SIZES = (10_000, 100_000, 1_000_000)


def scale(size: int) -> float:
    """Print and return the seconds for `size` grown records on two processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grown.mrc"
        grow(SOURCE, size, path)
        # In a process of its own, so that its memory is its own.
        command = [sys.executable, __file__, "--find", str(path)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    print(
        f"{size:,} records: {told['wall']:.1f} s wall, {told['cpu']:.1f} s CPU on two processes, "
        f"{told['gigabytes']:.2f} GB in the largest; {told['pairs']:,} pairs, "
        f"{told['groups']:,} groups; {1e6 * told['cpu'] / size:.0f} s CPU a million"
    )
    return told["cpu"] / size


def find(path: str) -> None:
    """Find the duplicates of a file; print what it took, as JSON."""
    begun, cpu = time.perf_counter(), _cpu()
    run = find_in_files([path])
    told = {
        "wall": time.perf_counter() - begun,
        "cpu": _cpu() - cpu,
        "gigabytes": max(one.ru_maxrss for one in _usage()) / 1e6,
        "pairs": run.compared,
        "groups": len(run.clusters),
    }
    run.close()
    print(json.dumps(told))


def _usage():
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


def _cpu() -> float:
    return sum(one.ru_utime + one.ru_stime for one in _usage())


def main() -> None:
    """Print a line for each size, and how much dearer a record becomes."""
    if sys.argv[1:2] == ["--find"]:
        find(sys.argv[2])
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, help="how many records")
    rates = [scale(size) for size in parser.parse_args().sizes]
    print(f"CPU-seconds a million, most by least: {max(rates) / min(rates):.2f}")


if __name__ == "__main__":
    main()

"""The main job and the catalogue at volume: records a second and memory, from real records.

    python benchmarks/process.py [--catalog 200000] [--vendor 10000]

Imports Library of Congress records into a catalogue, processes others against it offline, and looks
records up. Each step is a command in a process of its own; the operating system says what it took.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from techproc import marc
from techproc.catalog import Catalog
from techproc.marc.description import describe

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc"
TECHPROC = [sys.executable, "-c", "from techproc_cli.main import main; main()"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--catalog", type=int, default=212_942, help="records held")
    parser.add_argument("--vendor", type=int, default=10_000, help="records that arrive")
    options = parser.parse_args()
    train, dev = DATA / "lc-books-2016-train.mrc.xz", DATA / "lc-books-2016-dev.mrc.xz"
    if not train.exists():
        sys.exit(f"{train} is not there; this benchmark needs the real records")
    work = Path(tempfile.mkdtemp())
    try:
        held = extract(train, work / "held.mrc", options.catalog)
        vendor = extract(dev, work / "vendor.mrc", options.vendor)
        file = work / "catalogue.sqlite"
        print(
            "| step | records | wall s | records/s | CPU s | peak MB |\n|---|---|---|---|---|---|"
        )
        run("catalog import", held, ["catalog", "import", str(file), str(work / "held.mrc")])
        run("process --offline", vendor, ["process", str(work / "vendor.mrc"), "--catalog", str(file),
                                          "--offline", "--out", str(work / "out")])  # fmt: skip
        look_up(file)
        start_up()
    finally:
        shutil.rmtree(work)


def extract(source: Path, target: Path, most: int) -> int:
    """Write the first records of a file, uncompressed, and return how many they were."""
    entries = (entry for entry in marc.read(source) if isinstance(entry, marc.Loaded))
    return marc.write(
        (entry for _, entry in zip(range(most), entries, strict=False)), target
    ).records


def run(name: str, records: int, arguments: list[str]) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    ran = subprocess.run([*TECHPROC, *arguments], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    if ran.returncode not in (0, 3):
        sys.exit(ran.stderr)
    print(f"| {name} | {records:,} | {seconds:.1f} | {records / seconds:,.0f} | {cpu:.1f} "
          f"| {after.ru_maxrss / 1024:.0f} |")  # fmt: skip


def look_up(file: Path) -> None:
    """Time look-ups of records that are there, each by its own number."""
    with Catalog(file, readonly=True) as catalog:
        some = [
            describe(held.record) for held, _ in zip(catalog.records(), range(2_000), strict=False)
        ]
        for name, numbers, find in (
            ("ISBN", [n.isbn13 for d in some for n in d.isbns if n.isbn13], catalog.by_isbn),
            ("LCCN", [d.lccn for d in some if d.lccn], catalog.by_lccn),
            ("barcode", ["31234000002996"] * 1_000, catalog.by_barcode),
        ):
            started = time.perf_counter()
            for number in numbers:
                find(number)
            each = (time.perf_counter() - started) / len(numbers)
            print(f"look-up by {name}: {each * 1000:.3f} ms")


def start_up() -> None:
    """Print the CPU time of `techproc --help`, the least of five."""
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*TECHPROC, "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    print(f"techproc --help: {min(times) * 1000:.0f} ms of CPU")


if __name__ == "__main__":
    main()

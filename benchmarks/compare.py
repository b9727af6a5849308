"""Comparing two loads: time and memory for 212,942 records against a later state of them.

    python benchmarks/compare.py [RECORDS]

Three cases on the training part of ../shared/data: nothing changed, every 20th record changed, all
changed. Beside it, in the same run, the loop that a Python user would write today: pymarc records
by 001 in a dictionary, their fields compared as strings (on a tenth of the records).
"""

from __future__ import annotations

import argparse
import lzma
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import pymarc

from techproc.marc import Loaded, read, write
from techproc.marc.compare import LoadComparison, compare_loads

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc" / "lc-books-2016-train.mrc.xz"
ALL = 212_942


def changed(source: Path, target: Path, every: int) -> None:
    """Write a later state: a word more in every n-th title."""

    def records():
        for number, item in enumerate(read(source)):
            assert isinstance(item, Loaded)
            if every and number % every == 0:
                field = item.record["245"]
                field.subfields = [
                    s._replace(value=s.value + " (again)") if s.code == "a" else s
                    for s in field.subfields
                ]
            yield item.record

    write(records(), target)


def compare(before: str, after: str) -> None:
    totals = LoadComparison()
    for _ in compare_loads(read(before), read(after), totals=totals):
        pass
    print(totals.statuses["same"], totals.statuses["changed"])


def compare_with_pymarc(before: str, after: str) -> None:
    with Path(before).open("rb") as one, Path(after).open("rb") as two:
        held = {r["001"].data: r for r in pymarc.MARCReader(one) if r}
        same = differing = 0
        for record in pymarc.MARCReader(two):
            other = held[record["001"].data]
            mine, theirs = ([str(f) for f in r.fields] for r in (other, record))
            gone, come = set(mine) - set(theirs), set(theirs) - set(mine)
            same, differing = same + (not (gone or come)), differing + bool(gone or come)
    print(same, differing)


def run(how: str, before: Path, after: Path) -> list[str]:
    """Return what a process of its own printed: counts, seconds of CPU and of the clock, peak MB."""
    done = subprocess.run(
        [sys.executable, __file__, how, str(before), str(after)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip().split("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("records", type=int, nargs="?", default=ALL, help="how many records")
    count = parser.parse_args().records
    if not DATA.is_file():
        sys.exit("the records (../shared/data) are not beside this checkout")
    with tempfile.TemporaryDirectory() as folder:
        first, tenth = Path(folder, "first.mrc"), Path(folder, "tenth.mrc")
        with lzma.open(DATA) as stream, first.open("wb") as file:
            shutil.copyfileobj(stream, file)
        if count != ALL:
            records = [i.record for i in islice(read(first), count) if isinstance(i, Loaded)]
            write(records, first, force=True)
        records = (i.record for i in islice(read(first), count // 10) if isinstance(i, Loaded))
        write(records, tenth)
        print("| case | same, changed | CPU s | clock s | peak MB | records/CPU s |")
        print("|---|---|---|---|---|---|")
        for name, how, source, every in (
            ("nothing changed", "techproc", first, 0),
            ("every 20th changed", "techproc", first, 20),
            ("all changed", "techproc", first, 1),
            ("a tenth, all changed", "techproc", tenth, 1),
            ("the same with pymarc", "pymarc", tenth, 1),
        ):
            later = Path(folder, "later.mrc")
            changed(source, later, every)
            counts, seconds, clock, peak = run(how, source, later)
            later.unlink()
            rate = sum(map(int, counts.split())) / float(seconds)
            print(f"| {name} | {counts} | {seconds} | {clock} | {peak} | {rate:,.0f} |")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        start = time.perf_counter()
        (compare if sys.argv[1] == "techproc" else compare_with_pymarc)(*sys.argv[2:])
        print(f"{time.process_time():.1f}\n{time.perf_counter() - start:.1f}")
        print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")
    else:
        main()

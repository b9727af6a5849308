"""Speed of reading and writing MARC, beside the peers, in records per CPU-second.

    python benchmarks/marc.py [--peers FOLDER] [--records N] [--most N] [--repeat N] [--only WORD]

Each task runs in a process of its own. CPU time is that of the whole process, start-up and imports
included; so that these do not decide, the fast ones read `--records` records (a file is repeated as
often as that takes) and those that need more than 20 microseconds a record the first `--most` of
them; the table says how many each read. The best of `--repeat` runs counts, for all alike.

`--peers` is the folder of an environment, made when it is not there, with pymarc, rmarc, mrrc,
polars-marc21 and marctable; yaz-marcdump is taken from the path (Debian: `apt install yaz`). A peer
that is not there is left out, and said so.
"""

from __future__ import annotations

import argparse
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc"

COLUMNS = """
from techproc.marc import arrow
table = arrow.columns(path, ["001", "008", "020$a", "245$ab"], threads={threads})
assert table.num_rows
"""
COLUMNS_PYMARC = """
import {name} as lib, pyarrow
rows = []
for record in lib.MARCReader(open(path, "rb")):
    if record is None: continue
    t = record.get("245")
    rows.append(dict(a=record["001"].data if "001" in record else None,
        b=record["008"].data if "008" in record else None,
        c=[v for f in record.get_fields("020") for v in f.get_subfields("a")],
        d=t.get_subfields("a", "b") if t else []))
pyarrow.Table.from_pylist(rows)
"""
COLUMNS_MRRC = """
import mrrc, pyarrow
rows = []
for record in mrrc.MARCReader(path):
    t = record.get("245")
    rows.append(dict(a=record.control_field("001"), b=record.control_field("008"),
        c=[v for f in record.get_fields("020") for v in f.get_subfields("a")],
        d=t.get_subfields("a", "b") if t else []))
pyarrow.Table.from_pylist(rows)
"""
COLUMNS_POLARS = """
import polars_marc21 as lib
query = "001, 008, 020/*.a, 245/*.a, 245/*.b"
lib.scan_marc21(path, query).collect()
"""
TOUCH = """
from techproc.marc import read
for item in read(path):
    record = getattr(item, "record", None)
    if record is not None:
        record.get("001"); record.get("020"); record.get("245")
"""
TOUCH_PEER = """
import {name} as lib
for record in lib.MARCReader(open(path, "rb")):
    if record is not None:
        record.get("001"); record.get("020"); record.get("245")
"""
COPY = """
from techproc.marc import read, write, Loaded
write((item for item in read(path) if isinstance(item, Loaded)), out, force=True)
"""
TO_UTF8 = COPY
TO_UTF8_PYMARC = """
import sys, os, pymarc
sys.stderr = open(os.devnull, "w")
with open(out, "wb") as stream:
    for record in pymarc.MARCReader(open(path, "rb")):
        if record is not None: stream.write(record.as_marc())
"""
XML = """
from techproc.marc import read
for item in read(path):
    record = getattr(item, "record", None)
    if record is not None: record.get("245")
"""
XML_PYMARC = """
import pymarc
def touch(record): record.get("245")
pymarc.map_xml(touch, path)
"""
XML_MRRC = """
import mrrc
for record in mrrc.xml_to_records(open(path).read()): record.get("245")
"""
PARQUET = """
from techproc.marc import arrow
with open(out, "wb") as stream: arrow.write_subfields(path, stream, threads={threads})
"""
CLOCK = """
import time, pyarrow
from techproc.marc import arrow, iso2709, rows, weights
weights.core()
begun = time.perf_counter()
{program}
print(time.perf_counter() - begun)
"""
PARQUET_MARCTABLE = """
import marctable
marctable.to_parquet(open(path, "rb"), open(out, "wb"))
"""


END = b"\x1d"  # of a record
PEERS = ["pymarc", "rmarc", "mrrc", "polars-marc21", "marctable", "pyarrow"]


@dataclass(frozen=True)
class Sample:
    """A file of records, and the first of them for those that take long."""

    name: str
    whole: Path
    records: int
    part: Path
    part_records: int


@dataclass(frozen=True)
class Run:
    """One reader at one task, the file that it writes, and whether it does so as its output."""

    who: str
    command: list[str]
    records: int
    out: Path
    prints: bool = False

    def make_way(self) -> None:
        """Take away what an earlier run wrote, on the disk too: no run pays for another's file."""
        self.out.unlink(missing_ok=True)
        os.sync()


def measure(run: Run) -> tuple[float, float, float] | str:
    """Return CPU seconds, wall seconds and peak megabytes, or why there are none."""
    if not shutil.which(run.command[0]):
        return "not there"
    run.make_way()
    started = os.times().elapsed
    to = run.out if run.prints else Path(os.devnull)
    with tempfile.TemporaryFile() as errors, to.open("wb") as output:
        process = subprocess.Popen(run.command, stdout=output, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        wall = os.times().elapsed - started
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip().splitlines()
    if status:
        reason = said[-1][:60] if said else f"status {status}"
        return "not there" if "ModuleNotFound" in reason else f"failed: {reason}"
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024


def table(title: str, runs: list[Run], repeat: int) -> None:
    """Measure and print one task: the ratios are ours over theirs."""
    print(f"\n### {title}\n")
    print("| who | records read | records per CPU-second | techproc is | wall s | peak MB |")
    print("|---|---:|---:|---:|---:|---:|")
    ours = 0.0
    for run in runs:
        found = [measure(run) for _ in range(repeat)]
        good = [f for f in found if not isinstance(f, str)]
        if not good:
            print(f"| {run.who} | {found[0]} | | | | |", flush=True)
            continue
        cpu, _, peak = min(good)
        wall = min(f[1] for f in good)
        rate = run.records / cpu
        ours = ours or rate
        print(
            f"| {run.who} | {run.records:,} | {rate:,.0f} | {ours / rate:.1f}× "
            f"| {wall:.2f} | {peak:.0f} |",
            flush=True,
        )


def two_cores(title: str, one: Run, two: Run, repeat: int) -> None:
    """Measure and print what a second thread gains on the clock, the runs taking turns.

    The runs print their own seconds, start-up left out. On a machine that has other work a second
    thread cannot gain more than two runs at once do over two in turn, so that is measured beside it.
    """
    print(f"\n### {title}\n")
    print("| one thread, wall s | two threads | ratio | two runs at once, over in turn | load |")
    print("|---:|---:|---:|---:|---:|")
    for _ in range(repeat):
        walls = []
        for runs in ([one], [two], [one, one]):
            one.make_way()
            begun = [subprocess.Popen(each.command, stdout=subprocess.PIPE) for each in runs]
            walls.append(max(float(process.communicate()[0] or "nan") for process in begun))
        single, double, both = walls
        print(
            f"| {single:.2f} | {double:.2f} | {single / double:.2f}× | {2 * single / both:.2f}× "
            f"| {os.getloadavg()[0]:.1f} |",
            flush=True,
        )


def unpack(name: str, folder: Path, records: int, most: int) -> Sample:
    """Write a file, unpacked and repeated, and its first records; little of it is in memory."""
    whole, part = folder / f"{name}.mrc", folder / f"{name}-part.mrc"
    count = first = 0
    with (
        lzma.open(DATA / f"{name}.mrc.xz") as stream,
        whole.open("wb") as out,
        part.open("wb") as beginning,
    ):
        while block := stream.read(1 << 20):
            out.write(block)
            for record in _cut(block):
                if first < most:
                    beginning.write(record)
                    first += record.endswith(END)
                count += record.endswith(END)
    size = whole.stat().st_size
    times = max(1, records // count)
    with whole.open("ab") as out:
        for _ in range(times - 1):
            with whole.open("rb") as again:
                for _ in range(0, size, 1 << 20):
                    out.write(again.read(min(1 << 20, size - again.tell())))
    return Sample(name, whole, times * count, part, first)


def _cut(block: bytes) -> list[bytes]:
    """Divide bytes after each record terminator."""
    *whole, rest = block.split(END)
    return [record + END for record in whole] + ([rest] if rest else [])


def peers_python(folder: Path) -> str:
    """Return the Python of the environment that has the peers, made if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        for peer in PEERS:  # one at a time: one that cannot be had does not keep out the others
            subprocess.run([str(python), "-m", "pip", "install", "-q", peer], check=False)
    return str(python)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peers", type=Path, default=Path("peers"))
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--most", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    from techproc.marc import Loaded, read, scanner, write  # noqa: PLC0415 (unpacking goes first)

    print(f"scanner: {'C' if scanner.COMPILED else 'Python'}")
    peers = peers_python(options.peers)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "out"

        def run(who: str, program: str, sample: Sample, fast: bool = True) -> Run:
            """Return the run of a program in our Python, or in the peers'."""
            interpreter = sys.executable if who.startswith("techproc") else peers
            path = sample.whole if fast else sample.part
            head = f"path, out = {str(path)!r}, {str(out)!r}\n"
            count = sample.records if fast else sample.part_records
            return Run(who, [interpreter, "-c", head + program], count, out)

        def yaz(who: str, arguments: list[str], sample: Sample) -> Run:
            command = ["yaz-marcdump", "-i", "marc", *arguments, str(sample.whole)]
            return Run(who, command, sample.records, out, prints=True)

        def wanted(word: str) -> bool:
            return not options.only or options.only in word

        bulk = ("lc-books-2016-train", "mixed-utf8")
        if any(map(wanted, ("columns", "two cores", "iterate", "copy", "parquet"))):
            for sample in (unpack(each, folder, options.records, options.most) for each in bulk):
                bulk_tables(sample, run, yaz, wanted, options.repeat)
                sample.whole.unlink()
        if wanted("marc8"):
            eight = unpack("mixed-marc8", folder, min(options.records, 60_000), options.most)
            table(
                "marc8: MARC-8 to UTF-8, mixed-marc8",
                [
                    run("techproc", TO_UTF8, eight),
                    run("pymarc", TO_UTF8_PYMARC, eight, fast=False),
                    yaz("yaz-marcdump", ["-f", "marc-8", "-t", "utf-8", "-o", "marc"], eight),
                ],
                options.repeat,
            )
        if wanted("xml"):
            books = unpack("lc-books-2016-train", folder, 0, options.most)
            xml = folder / "books.xml"
            items = (item for item in read(books.part) if isinstance(item, Loaded))
            write(items, xml, form="marcxml")
            sample = Sample("books", xml, books.part_records, xml, books.part_records)
            table(
                "xml: MARCXML read, lc-books-2016-train",
                [
                    run("techproc", XML, sample),
                    run("pymarc", XML_PYMARC, sample),
                    run("mrrc", XML_MRRC, sample),
                ],
                options.repeat,
            )


def bulk_tables(
    sample: Sample,
    run: Callable[..., Run],
    yaz: Callable[..., Run],
    wanted: Callable[[str], bool],
    repeat: int,
) -> None:
    """Print the tables of one file."""
    name = sample.name
    if wanted("columns"):
        table(
            f"columns: 001, 008, 020$a, 245$ab to Arrow, {name}",
            [
                run("techproc", COLUMNS.format(threads=1), sample),
                run("pymarc", COLUMNS_PYMARC.format(name="pymarc"), sample, fast=False),
                run("rmarc", COLUMNS_PYMARC.format(name="rmarc"), sample, fast=False),
                run("mrrc", COLUMNS_MRRC, sample, fast=False),
                run("polars-marc21", COLUMNS_POLARS, sample),
                yaz("yaz-marcdump -n", ["-n"], sample),
            ],
            repeat,
        )
    if wanted("two cores"):
        for what, program in (("columns", COLUMNS), ("parquet", PARQUET)):
            timed = CLOCK.format(program=program)
            one, two = (run("techproc", timed.format(threads=n), sample) for n in (1, 2))
            two_cores(f"two cores: {what}, {name}", one, two, repeat)
    if wanted("iterate"):
        table(
            f"iterate, touching three fields, {name}",
            [
                run("techproc", TOUCH, sample),
                run("pymarc", TOUCH_PEER.format(name="pymarc"), sample, fast=False),
                run("rmarc", TOUCH_PEER.format(name="rmarc"), sample),
            ],
            repeat,
        )
    if wanted("copy"):
        table(
            f"copy: read and write unchanged, {name}",
            [
                run("techproc", COPY, sample),
                yaz("yaz-marcdump -o marc", ["-o", "marc"], sample),
            ],
            repeat,
        )
    if wanted("parquet"):
        table(
            f"parquet: every subfield, {name}",
            [
                run("techproc", PARQUET.format(threads=1), sample),
                run("marctable", PARQUET_MARCTABLE, sample, fast=False),
            ],
            repeat,
        )


if __name__ == "__main__":
    main()

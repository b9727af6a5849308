"""Speed of reading and writing MARC, beside the peers, in records per CPU-second.

    python benchmarks/marc.py [--peers /path/to/venv/bin/python] [--records N] [--only WORD]

Each task runs in a process of its own; CPU time is that of the whole process, start-up included.
`--peers` names the Python of an environment with `pip install pymarc rmarc mrrc polars-marc21
marctable`; yaz-marcdump is taken from the path. A peer that is not there is left out, and said so.
"""

from __future__ import annotations

import argparse
import lzma
import os
import resource
import shutil
import subprocess
import sys
import tempfile
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
with open(out, "wb") as stream: arrow.write_subfields(path, stream)
"""
PARQUET_MARCTABLE = """
import marctable
marctable.to_parquet(open(path, "rb"), open(out, "wb"))
"""


@dataclass(frozen=True)
class Run:
    """One reader at one task."""

    who: str
    command: list[str]


def python(who: str, program: str, path: Path, out: Path, peers: str) -> Run:
    """Return the run of a program in our Python, or in the peers'."""
    interpreter = sys.executable if who.startswith("techproc") else peers
    head = f"path, out = {str(path)!r}, {str(out)!r}\n"
    return Run(who, [interpreter, "-c", head + program])


def measure(run: Run) -> tuple[float, float, float] | str:
    """Return CPU seconds, wall seconds and peak megabytes, or why there are none."""
    if not shutil.which(run.command[0]):
        return "not there"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = os.times().elapsed
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(run.command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        wall = os.times().elapsed - started
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip().splitlines()
    del before
    if status:
        reason = said[-1][:60] if said else f"status {status}"
        return "not there" if "ModuleNotFound" in reason else f"failed: {reason}"
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024


def table(title: str, records: int, runs: list[Run], repeat: int) -> None:
    """Measure and print one task: the ratios are ours over theirs."""
    print(f"\n### {title} ({records:,} records)\n")
    print("| who | records per CPU-second | techproc is | wall s | peak MB |")
    print("|---|---:|---:|---:|---:|")
    ours = 0.0
    for run in runs:
        found = [measure(run) for _ in range(repeat)]
        good = [f for f in found if not isinstance(f, str)]
        if not good:
            print(f"| {run.who} | {found[0]} | | | |")
            continue
        cpu, wall, peak = min(good)
        rate = records / cpu
        ours = ours or rate
        print(f"| {run.who} | {rate:,.0f} | {ours / rate:.1f}× | {wall:.2f} | {peak:.0f} |")


def unpack(name: str, folder: Path, most: int, times: int = 1) -> tuple[Path, int]:
    """Write the first records of a file, `times` over; return the path and how many there are."""
    path = folder / f"{name}.mrc"
    with lzma.open(DATA / f"{name}.mrc.xz") as stream, path.open("wb") as out:
        count = 0
        while count < most and (block := stream.read(1 << 22)):
            count += block.count(b"\x1d")
            if count >= most:
                block = block[: block.rfind(b"\x1d") + 1]
            out.write(block)
    data = path.read_bytes()
    data = data[: data.rfind(b"\x1d") + 1] * times
    path.write_bytes(data)
    return path, data.count(b"\x1d")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    from techproc.marc import Loaded, read, scanner, write  # noqa: PLC0415 (unpacking goes first)

    print(f"scanner: {'C' if scanner.COMPILED else 'Python'}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        books, n_books = unpack("lc-books-2016-train", folder, options.records)
        mixed, n_mixed = unpack("mixed-utf8", folder, options.records)
        eight, n_eight = unpack("mixed-marc8", folder, options.records, times=10)
        out = folder / "out"
        peers = options.peers
        yaz = ["yaz-marcdump", "-i", "marc"]

        def run(who: str, program: str, path: Path) -> Run:
            return python(who, program, path, out, peers)

        def wanted(word: str) -> bool:
            return not options.only or options.only in word

        for path, count in ((books, n_books), (mixed, n_mixed)):
            if wanted("columns"):
                table(
                    f"columns: 001, 008, 020$a, 245$ab to Arrow, {path.stem}",
                    count,
                    [
                        run("techproc", COLUMNS.format(threads=1), path),
                        run("techproc, two threads", COLUMNS.format(threads=2), path),
                        run("pymarc", COLUMNS_PYMARC.format(name="pymarc"), path),
                        run("rmarc", COLUMNS_PYMARC.format(name="rmarc"), path),
                        run("mrrc", COLUMNS_MRRC, path),
                        run("polars-marc21", COLUMNS_POLARS, path),
                        Run("yaz-marcdump -n", [*yaz, "-n", str(path)]),
                    ],
                    options.repeat,
                )
            if wanted("iterate"):
                table(
                    f"iterate, touching three fields, {path.stem}",
                    count,
                    [
                        run("techproc", TOUCH, path),
                        run("pymarc", TOUCH_PEER.format(name="pymarc"), path),
                        run("rmarc", TOUCH_PEER.format(name="rmarc"), path),
                    ],
                    options.repeat,
                )
            if wanted("copy"):
                table(
                    f"copy: read and write unchanged, {path.stem}",
                    count,
                    [
                        run("techproc", COPY, path),
                        Run("yaz-marcdump -o marc", [*yaz, "-o", "marc", str(path)]),
                    ],
                    options.repeat,
                )
            if wanted("parquet"):
                table(
                    f"parquet: every subfield, {path.stem}",
                    count,
                    [run("techproc", PARQUET, path), run("marctable", PARQUET_MARCTABLE, path)],
                    options.repeat,
                )
        if wanted("marc8"):
            table(
                "marc8: MARC-8 to UTF-8, mixed-marc8 ten times over",
                n_eight,
                [
                    run("techproc", TO_UTF8, eight),
                    run("pymarc", TO_UTF8_PYMARC, eight),
                    Run(
                        "yaz-marcdump",
                        [*yaz, "-f", "marc-8", "-t", "utf-8", "-o", "marc", str(eight)],
                    ),
                ],
                options.repeat,
            )
        if wanted("xml"):
            items = (item for item in read(books) if isinstance(item, Loaded))
            write(items, folder / "books.xml", form="marcxml")
            xml = folder / "books.xml"
            table(
                "xml: MARCXML read, lc-books-2016-train",
                n_books,
                [
                    run("techproc", XML, xml),
                    run("pymarc", XML_PYMARC, xml),
                    run("mrrc", XML_MRRC, xml),
                ],
                options.repeat,
            )


if __name__ == "__main__":
    main()

"""Build the heading index and its judges that ship with the package, beside the starter index.

    python scripts/build_heading_index.py RECORDS... --name NAME [--out DIRECTORY]

RECORDS are those that `scripts/build_starter_index.py` learned from; run it first. The starter
index has their list of features and records; what is written here are their LC subject headings, in
the same order. One work in four is held out: two in three of those teach the judges and one calibrates
them, each judged by the index without its own work.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import sys
import time
from array import array
from pathlib import Path

# The products of learning are small: more threads only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from techproc import marc
from techproc.classify.features import same_work
from techproc.classify.fields import Field, control_of
from techproc.classify.headings.clues import clues, subjects, title_of
from techproc.classify.headings.heading import Heading
from techproc.classify.headings.index import with_headings
from techproc.classify.headings.learning import learn_heading_judges
from techproc.classify.headings.storage import save
from techproc.classify.kinds import SUMMARY
from techproc.classify.storage import load_postings
from techproc.classify.training import loaded_fields
from techproc.files import atomic_output

_TEACHING = 20_000


def _tell(text: str) -> None:
    sys.stderr.write(f"{text} after {time.process_time():.0f} s\n")


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--name", required=True, help="said in every suggestion")
    parser.add_argument("--out", type=Path, default=Path("src/techproc/classify/data"))
    parser.add_argument("--date", default=datetime.datetime.now(datetime.UTC).date().isoformat())
    options = parser.parse_args()
    records = load_postings(options.out / "starter.bin")
    place = {control: at for at, control in enumerate(records.controls)}
    headings: list[list[Heading]] = [[] for _ in records.controls]
    titles = [""] * len(headings)
    keys, of = array("I"), array("I")
    teach: list[list[Field]] = []
    check: list[list[Field]] = []
    for path in options.records:
        loaded = (item for item in marc.read(path) if isinstance(item, marc.Loaded))
        for fields in loaded_fields(loaded):
            control = control_of(fields)
            at = place.get(control)
            found = subjects(fields)
            if at is None or not found:
                continue
            headings[at], titles[at] = found, title_of(fields)
            told = [f.key for f in clues(fields) if f.kind < SUMMARY]
            keys.extend(told)
            of.extend([at] * len(told))
            # A work is on one side only: the draw goes by its hash.
            draw = same_work(fields) * 2654435761 % 2**32 / 2**32
            if draw >= 0.75:
                (teach if draw < 0.92 else check).append(fields)
    count = sum(1 for each in headings if each)
    _tell(f"{count} records learned")
    about = {"sources": [{"name": options.name, "records": count, "date": options.date}]}
    pairs = (np.frombuffer(keys, np.uint32), np.frombuffer(of, np.uint32).astype(np.int64))
    index = with_headings(records, headings, titles, pairs, about)
    save(index, options.out / "headings.bin", force=True, level=9, beside=True)
    _tell("index written")
    chance = random.Random(7)
    chance.shuffle(teach)
    chance.shuffle(check)
    bench = learn_heading_judges(index, teach[:_TEACHING], check[: _TEACHING // 2])
    with atomic_output(options.out / "heading_judges.npz", force=True) as stream:
        stream.write(bench.dumps())
    _tell("judges written")


if __name__ == "__main__":
    main()

"""Build the starter index and the judges that ship with the package.

    python scripts/build_starter_index.py RECORDS... --name NAME [--out DIRECTORY]

RECORDS are MARC files with LC and Dewey numbers and LC subject headings; what ships was learned
from the training part of the Library of Congress books of 2016 (US government work). Three works in
five teach the judges, the rest calibrate them, each judged by the index without its own work.
"""

from __future__ import annotations

import argparse
import datetime
import random
import sys
import time
from pathlib import Path

import numpy as np

from techproc import marc
from techproc.classify.evaluation import examples
from techproc.classify.evidence import Lessons, build
from techproc.classify.learning import Example, learn_judges
from techproc.classify.scoring import RARE
from techproc.classify.storage import save
from techproc.classify.training import loaded_fields
from techproc.files import atomic_output

_TEACHING = 30_000


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--name", required=True, help="said in every suggestion")
    parser.add_argument("--out", type=Path, default=Path("src/techproc/classify/data"))
    parser.add_argument("--date", default=datetime.datetime.now(datetime.UTC).date().isoformat())
    options = parser.parse_args()
    chance = random.Random(7)
    lessons = Lessons()
    teach: list[Example] = []
    check: list[Example] = []
    for path in options.records:
        loaded = (item for item in marc.read(path) if isinstance(item, marc.Loaded))
        for fields in loaded_fields(loaded):
            lessons.learn(fields)
            if chance.random() < 0.7:  # enough for both; fewer in memory
                for example in examples([fields], numbers=True):
                    # A work is on one side only: the draw goes by its hash.
                    part = teach if example.work * 2654435761 % 2**32 < 0.6 * 2**32 else check
                    part.append(example)
    _tell(f"{len(lessons)} records learned after {time.process_time():.0f} s")
    source = {"name": options.name, "records": len(lessons), "date": options.date}
    index = build(lessons, {"sources": [source]}, rare=np.flatnonzero(RARE).tolist())
    save(index, options.out / "starter.bin", force=True, level=9)
    _tell(f"index written after {time.process_time():.0f} s")
    del lessons
    chance.shuffle(teach)
    chance.shuffle(check)
    bench = learn_judges(index, teach, check, limit=_TEACHING)
    with atomic_output(options.out / "judges.npz", force=True) as stream:
        stream.write(bench.dumps())
    _tell(f"judges written after {time.process_time():.0f} s")


if __name__ == "__main__":
    main()

"""Build the starter index and the judges that ship with the package.

    python scripts/build_starter_index.py RECORDS... --name NAME [--out DIRECTORY]

RECORDS are MARC files with LC and Dewey numbers and LC subject headings; what ships was learned
from the training part of the Library of Congress books of 2016 (US government work). Every record
goes into the index. Of the works, three in four teach opinions on the coarsest class; of the rest two
in three teach the judges and one calibrates them, each judged by the index without its own work, and
with those opinions. What ships are these opinions, learned on with all works for one round. Afterwards
run `scripts/build_heading_index.py`, which is made beside it.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import sys
import time
from array import array
from collections.abc import Iterator
from pathlib import Path

# The products of learning are small: more threads only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from techproc import marc
from techproc.classify.coarse import Coarse, learn_opinions
from techproc.classify.evaluation import examples
from techproc.classify.evidence import EvidenceIndex, Lessons, build
from techproc.classify.fields import Field
from techproc.classify.kinds import KINDS, SUMMARY, TITLE
from techproc.classify.learning import Example, learn_judges
from techproc.classify.numbers import LEVELS, Scheme, cut
from techproc.classify.scoring import LEAST
from techproc.classify.storage import save
from techproc.classify.training import loaded_fields
from techproc.files import atomic_output

_TEACHING = 20_000
_TITLE = np.isin(np.arange(len(KINDS)), list(TITLE))
# The title's features are looked at from so many records on; the common ones are common.
_TITLES = {"lcc": 3, "ddc": 4}


def _tell(text: str) -> None:
    sys.stderr.write(f"{text} after {time.process_time():.0f} s\n")


class Opinions:
    """What teaches the opinions: features and numbers of records, in arrays."""

    def __init__(self) -> None:
        self.keys, self.kinds, self.counts = array("I"), array("B"), array("H")
        self.apart = array("B")
        self.numbers: dict[Scheme, list[str]] = {scheme: [] for scheme in LEVELS}

    def add(self, example: Example, *, apart: bool) -> None:
        """Take in one record; `apart` when it teaches or calibrates the judges."""
        self.apart.append(apart)
        found = [f for f in example.features if f.kind < SUMMARY or _TITLE[f.kind]]
        self.keys.extend(f.key for f in found)
        self.kinds.extend(f.kind for f in found)
        self.counts.append(len(found))
        for scheme, numbers in self.numbers.items():
            numbers.append(example.numbers.get(scheme, ""))

    def learn(self, index: EvidenceIndex, scheme: Scheme) -> tuple[Coarse, Coarse]:
        """Return the opinions on the coarsest level: without the works apart, and of all."""
        level = LEVELS[scheme][0]
        classes = [cut(n, level) if n else "" for n in self.numbers[scheme]]
        names = sorted(set(classes) - {""})
        known = np.array([c != "" for c in classes])
        right = np.searchsorted(names, np.array(classes)[known])
        record = np.repeat(np.arange(len(known)), np.frombuffer(self.counts, np.uint16))
        keys, kinds = np.frombuffer(self.keys, np.uint32), np.frombuffer(self.kinds, np.uint8)
        common = np.isin(keys, index.keys[np.diff(index.offsets) == 0])
        group = np.array([k.group for k in KINDS])[kinds]
        moved = np.cumsum(known) - 1
        apart = np.frombuffer(self.apart, np.uint8)[known] > 0
        both = []
        for mine, least in (
            (_TITLE[kinds], _TITLES[scheme]),
            (common & ~_TITLE[kinds] & (group != "crosswalk"), 1),
        ):
            of = mine & known[record]
            both.append(
                learn_opinions(
                    *(keys[of], moved[record[of]], right, len(names)),
                    least=least,
                    apart=apart,
                    spared=kinds[of] >= SUMMARY,
                )
            )
            _tell(f"{scheme}: {len(both[-1][1].keys)} features, {len(both[-1][1].weights)} weights")
        first, last = zip(*both, strict=True)
        return Coarse(tuple(names), first), Coarse(tuple(names), last)


def _records(paths: list[Path], every: int) -> Iterator[list[Field]]:
    number = 0
    for path in paths:
        loaded = (item for item in marc.read(path) if isinstance(item, marc.Loaded))
        for fields in loaded_fields(loaded):
            number += 1
            if number % every == 0:
                yield fields


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--name", required=True, help="said in every suggestion")
    parser.add_argument("--out", type=Path, default=Path("src/techproc/classify/data"))
    parser.add_argument("--date", default=datetime.datetime.now(datetime.UTC).date().isoformat())
    parser.add_argument("--every", type=int, default=1, help="learn every n-th record: for trials")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(7)
    lessons, opinions = Lessons(), Opinions()
    teach: list[Example] = []
    check: list[Example] = []
    for fields in _records(options.records, options.every):
        lessons.learn(fields)
        for example in examples([fields], numbers=True):
            # A work is on one side only: the draw goes by its hash.
            draw = example.work * 2654435761 % 2**32 / 2**32
            opinions.add(example, apart=draw >= 0.75)
            if draw >= 0.75:
                (teach if draw < 0.92 else check).append(example)
    _tell(f"{len(lessons)} records learned")
    source = {"name": options.name, "records": len(lessons), "date": options.date}
    index = build(lessons, {"sources": [source]}, least=LEAST)
    save(index, options.out / "starter.bin", force=True, level=9)
    _tell("index written")
    del lessons
    coarse = {scheme: opinions.learn(index, scheme) for scheme in LEVELS}
    del opinions
    chance.shuffle(teach)
    chance.shuffle(check)
    apart = {scheme: first for scheme, (first, _) in coarse.items()}
    bench = learn_judges(index, apart, teach, check, limit=_TEACHING)
    bench.coarse = {scheme: last for scheme, (_, last) in coarse.items()}
    with atomic_output(options.out / "judges.npz", force=True) as stream:
        stream.write(bench.dumps())
    _tell("judges written")


if __name__ == "__main__":
    main()

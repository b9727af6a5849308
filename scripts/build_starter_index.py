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

import os
import random
from array import array
from itertools import islice

# The products of learning are small: more threads only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import index_building
import numpy as np
from index_building import tell

from techproc.classify.coarse import Coarse, learn_opinions
from techproc.classify.evaluation import examples
from techproc.classify.evidence import EvidenceIndex, Lessons, build
from techproc.classify.kinds import KINDS, SUMMARY, TITLE
from techproc.classify.learning import Example, learn_judges
from techproc.classify.numbers import LEVELS, Scheme, cut
from techproc.classify.scoring import LEAST
from techproc.classify.storage import save
from techproc.files import atomic_output

_TEACHING = 20_000
_TITLE = np.isin(np.arange(len(KINDS)), list(TITLE))
# The title's features are looked at from so many records on; the common ones are common.
_TITLES = {"lcc": 3, "ddc": 4}


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
            tell(f"{scheme}: {len(both[-1][1].keys)} features, {len(both[-1][1].weights)} weights")
        first, last = zip(*both, strict=True)
        return Coarse(tuple(names), first), Coarse(tuple(names), last)


def main() -> None:
    """Read, learn, write."""
    parser = index_building.arguments(__doc__.split("\n", 1)[0])
    parser.add_argument("--every", type=int, default=1, help="learn every n-th record: for trials")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(7)
    lessons, opinions = Lessons(), Opinions()
    held_out: dict[str, list[Example]] = {"teach": [], "check": []}
    found = index_building.records(options.records)
    for fields in islice(found, options.every - 1, None, options.every):
        lessons.learn(fields)
        for example in examples([fields], numbers=True):
            side = index_building.side(example.work)
            opinions.add(example, apart=side is not None)
            if side:
                held_out[side].append(example)
    tell(f"{len(lessons)} records learned")
    source = {"name": options.name, "records": len(lessons), "date": options.date}
    index = build(lessons, {"sources": [source]}, least=LEAST)
    save(index, options.out / "starter.bin", force=True, level=9)
    tell("index written")
    del lessons
    coarse = {scheme: opinions.learn(index, scheme) for scheme in LEVELS}
    del opinions
    teach, check = held_out.values()
    chance.shuffle(teach)
    chance.shuffle(check)
    apart = {scheme: first for scheme, (first, _) in coarse.items()}
    bench = learn_judges(index, apart, teach, check, limit=_TEACHING)
    bench.coarse = {scheme: last for scheme, (_, last) in coarse.items()}
    with atomic_output(options.out / "judges.npz", force=True) as stream:
        stream.write(bench.dumps())
    tell("judges written")


if __name__ == "__main__":
    main()

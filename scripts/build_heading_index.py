"""Build the heading index and its judges that ship with the package, beside the starter index.

    python scripts/build_heading_index.py RECORDS... --name NAME [--out DIRECTORY]

RECORDS are those that `scripts/build_starter_index.py` learned from; run it first. The starter
index has their list of features and records; what is written here are their LC subject headings, in
the same order. One work in four is held out: two in three of those teach the judges and one calibrates
them, each judged by the index without its own work; once without and once with their class numbers.
What other editions have is weighed by the works that are not held out and of which there are several
records.
"""

from __future__ import annotations

import os
import random
from array import array

# The products of learning are small: more threads only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import index_building
import numpy as np
from index_building import tell

from techproc.classify.features import same_work
from techproc.classify.fields import Field, control_of
from techproc.classify.headings.building import with_headings
from techproc.classify.headings.clues import clues, has_number, subjects, title_of
from techproc.classify.headings.heading import Heading
from techproc.classify.headings.learning import learn_heading_judges, learn_votes
from techproc.classify.headings.storage import save
from techproc.classify.kinds import SUMMARY
from techproc.classify.storage import load_postings
from techproc.files import atomic_output

_TEACHING = 20_000


def main() -> None:
    """Read, learn, write."""
    options = index_building.arguments(__doc__.split("\n", 1)[0]).parse_args()
    records = load_postings(options.out / "starter.bin")
    place = {control: at for at, control in enumerate(records.controls)}
    headings: list[list[Heading]] = [[] for _ in records.controls]
    titles = [""] * len(headings)
    keys, of = array("I"), array("I")
    works, times = np.unique(records.works, return_counts=True)
    several = set(works[times > 1].tolist())
    editions: list[list[Field]] = []
    held_out: dict[str, list[list[Field]]] = {"teach": [], "check": []}
    for fields in index_building.records(options.records):
        at = place.get(control_of(fields))
        found = subjects(fields)
        if at is None or not found:
            continue
        headings[at], titles[at] = found, title_of(fields)
        told = [f.key for f in clues(fields) if f.kind < SUMMARY]
        keys.extend(told)
        of.extend([at] * len(told))
        work = same_work(fields)
        if side := index_building.side(work):
            held_out[side].append(fields)
        elif work in several:
            editions.append(fields)
    count = sum(1 for each in headings if each)
    tell(f"{count} records learned")
    about = {"sources": [{"name": options.name, "records": count, "date": options.date}]}
    pairs = (np.frombuffer(keys, np.uint32), np.frombuffer(of, np.uint32).astype(np.int64))
    index = with_headings(records, headings, titles, pairs, about)
    save(index, options.out / "headings.bin", force=True, level=9, beside=True)
    tell("index written")
    chance = random.Random(7)
    teach, check = held_out.values()
    chance.shuffle(teach)
    chance.shuffle(check)
    for name, numbers in (("heading_judges", False), ("heading_number_judges", True)):
        if numbers:
            teach, check, editions = (
                [f for f in some if has_number(f)] for some in (teach, check, editions)
            )
        bench = learn_heading_judges(
            index, teach[:_TEACHING], check[: _TEACHING // 2], numbers=numbers
        )
        bench = learn_votes(index, bench, editions, numbers=numbers)
        with atomic_output(options.out / f"{name}.npz", force=True) as stream:
            stream.write(bench.dumps())
        tell(f"{name} written")


if __name__ == "__main__":
    main()

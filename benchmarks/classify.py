"""Class numbers suggested blind for Library of Congress books that the starter index never saw.

    python benchmarks/classify.py [--records N] [--full] [--peers FOLDER [--levels LEVEL...]]

Prints accuracy, calibration and coverage of the starter index on lc-books-2016-dev beside the
targets, for records as they come, without their headings, and by title alone (245 $a $b $n $p, nothing
else); the time to load and to suggest. With --full, the same for an index of all features; with --peers,
Omikuji and Annif's TF-IDF on the same records and texts, in an environment made in that folder when it is
not there. They are run as Annif sets them up (`benchmarks/omikuji_peer.py` says how), without Annif itself.
"""

from __future__ import annotations

import argparse
import lzma
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import annif_peers

from techproc.classify.evaluation import Score, evaluate, examples
from techproc.classify.evidence import Lessons, build
from techproc.classify.fields import Field, scan_fields, split_records
from techproc.classify.kinds import KINDS, TITLE
from techproc.classify.numbers import Level, Scheme, class_number, cut
from techproc.classify.storage import load
from techproc.classify.suggest import Suggester

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc"
INDEX = Path(evaluate.__code__.co_filename).parent / "data" / "starter.bin"
NO_HEADINGS = [
    i
    for i, kind in enumerate(KINDS)
    if kind.group not in ("heading", "subdivision", "place")
    and kind.name not in ("kind of first heading", "geographic code")
]
# What is wanted: scheme, level → @1, @3. "LCC full" of the targets is the level "class", the number
# without Cutters: of it 16 % never occur in training, as the targets say; with Cutters 40 % do not.
TARGETS = {
    ("lcc", "letters"): (0.82, 0.94),
    ("lcc", "class"): (0.48, 0.60),
    ("ddc", "three-digits"): (0.73, 0.88),
    ("ddc", "full"): (0.40, 0.52),
}
TITLE_TARGETS = {("lcc", "letters"): (0.50, 0.70)}
COVERED = {("lcc", "letters"): 0.78, ("lcc", "class"): 0.15, ("ddc", "three-digits"): 0.58}


def read(name: str) -> Iterator[list[Field]]:
    with lzma.open(DATA / name) as stream:
        for raw in split_records(stream.read()):
            if (fields := scan_fields(raw)) is not None:
                yield fields


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--records", type=int, default=6000, help="how many to score (6000)")
    parser.add_argument("--full", action="store_true", help="score an index of all features too")
    parser.add_argument("--peers", type=Path, help="environment of Omikuji and scikit-learn")
    names = [f"{scheme}/{level}" for scheme, level in TARGETS]
    parser.add_argument("--levels", nargs="+", choices=names, default=names, help="for --peers")
    options = parser.parse_args()
    if not DATA.is_dir():
        print(f"{DATA} is not there: nothing to measure")
        return
    records = list(read("lc-books-2016-dev.mrc.xz"))
    random.Random(1).shuffle(records)
    records = records[: options.records]
    tests = list(examples(records))
    bench = Suggester.starter().bench
    begin = time.process_time()
    suggester = Suggester(load(INDEX), bench)
    took = time.process_time() - begin
    print(f"index: {INDEX.stat().st_size / 1e6:.1f} MB, loaded in {took:.2f} s CPU")
    for title, kinds, wanted in (
        ("title and headings, as the records come", None, TARGETS),
        ("without headings and 043: title, names, series, publisher, 008", NO_HEADINGS, {}),
        ("title alone", TITLE, TITLE_TARGETS),
    ):
        print(f"\n{title}")
        for scheme in ("lcc", "ddc"):
            for score in evaluate(suggester, tests, scheme, kinds=kinds):
                show(score, wanted)
    for scheme in ("lcc", "ddc"):
        begin, size = time.process_time(), 1000
        for at in range(0, size, 128):
            suggester.suggest_all(records[at : min(at + 128, size)], scheme, blind=True)
        each = (time.process_time() - begin) / size
        print(f"\n{scheme}: {each * 1e3:.2f} ms CPU a record with its evidence")
        print(f"  {2 / each:.0f} records a second on two cores")
    if options.full:
        score_full(suggester, tests)
    if options.peers:
        peers(options.peers, records, options.levels)


def show(score: Score, wanted: Mapping[tuple[str, str], tuple[float, float]]) -> None:
    at = (score.scheme, score.level)
    aim = ""
    if at in wanted:
        one, three = wanted[at]
        aim = f"   wanted {one:.0%} / {three:.0%}"
        aim += f", covered {COVERED[at]:.0%}" if wanted is TARGETS and at in COVERED else ""
    print(
        f"  {score.scheme} {score.level:<13} n={score.records:<5} @1 {score.first:6.1%} "
        f" @3 {score.third:6.1%}  @10 {score.tenth:6.1%}  ECE {score.error:.3f} "
        f" covered {score.covered:5.1%}  "
        f"unseen {score.unseen:5.1%}{aim}"
    )


def score_full(starter: Suggester, tests: Sequence[object]) -> None:
    """Learn everything, rare turns of phrase too, and score with the same judges."""
    begin = time.process_time()
    lessons = Lessons()
    for fields in read("lc-books-2016-train.mrc.xz"):
        lessons.learn(fields)
    index = build(lessons, {"sources": [{"name": "all", "records": len(lessons), "date": ""}]})
    print(
        f"\nall features: {len(lessons)} records learned in {time.process_time() - begin:.0f} s CPU"
    )
    for scheme in ("lcc", "ddc"):
        for score in evaluate(Suggester(index, starter.bench), tests, scheme):  # type: ignore[arg-type]
            show(score, {})


def peers(folder: Path, records: Sequence[Sequence[Field]], wanted: Sequence[str]) -> None:
    """Train Omikuji and Annif's TF-IDF on the same texts and score them on the same records."""
    learned = list(read("lc-books-2016-train.mrc.xz"))
    print("\n| title and headings | level | n | @1 | @3 | cost |\n|---|---|---|---|---|---|")
    for scheme, level in TARGETS:
        if f"{scheme}/{level}" not in wanted:
            continue
        train = [pair for fields in learned if (pair := text_of(fields, scheme, level))]
        test = [pair for fields in records if (pair := text_of(fields, scheme, level))]
        taught = [(text, [number]) for text, number in train]
        for name, (cost, found) in annif_peers.run(folder, taught, [t for t, _ in test]).items():
            places = [
                next((i for i, (n, _) in enumerate(ranked) if n == number), 1000)
                for ranked, (_, number) in zip(found, test, strict=True)
            ]
            first, third = (sum(p < top for p in places) / len(test) for top in (1, 3))
            print(
                f"| Annif's {name} | {scheme} {level} | {len(test)} | {first:.1%} | {third:.1%} "
                f"| {cost} |",
                flush=True,
            )


def text_of(fields: Sequence[Field], scheme: Scheme, level: Level) -> tuple[str, str] | None:
    """Return the title and headings of a record as one text, with its number cut at a level."""
    number = class_number(fields, scheme)
    if not number:
        return None
    values = [
        value
        for tag, _, subfields in fields
        if tag == "245" or tag[0] == "6"
        for code, value in subfields
        if code in "abnpvxyz"
    ]
    return " ".join(" ".join(values).split()), cut(number, level)


if __name__ == "__main__":
    main()

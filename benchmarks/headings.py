"""LC subject headings suggested blind for Library of Congress books that the index never saw.

    python benchmarks/headings.py [--records N] [--full] [--peers FOLDER] [--editions]

Prints F1 on lc-books-2016-dev, of records that have LCSH headings: *concept* compares main headings,
*exact* whole strings; each once with five headings for every record, once with as many as are worth
it. Nearest records (TF-IDF) and lexical matching are taken from the same index; with --peers, Omikuji
and Annif's TF-IDF learn from the same records in an environment of their own, made when it is not
there. All see title, summary, contents, creator and series; those others, no codes. Of the others, the
likeliest up to five that pass a threshold are taken, the threshold that suits each best on these very
records. Then learning, size, memory, time to load and records a second.

--full learns an index from lc-books-2016-train first (as `classify headings train` does) and scores it
beside the starter index. --editions scores the records of which dev or train has another of the same
work (creator and title, or an identifier and the beginning of the title), with and without those, as
`classify headings suggest --catalog` counts them.
"""

from __future__ import annotations

import argparse
import lzma
import os
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its products are small

import annif_peers
import numpy as np

from techproc.classify.calibration import expected_error
from techproc.classify.features import same_work
from techproc.classify.fields import Field, scan_fields, split_records
from techproc.classify.headings.building import HeadingLessons, build
from techproc.classify.headings.clues import subjects
from techproc.classify.headings.evaluation import evaluate, f1
from techproc.classify.headings.gathering import gather, votes
from techproc.classify.headings.index import HeadingIndex
from techproc.classify.headings.suggesting import HeadingSuggester
from techproc.classify.tally import same_work_among

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc"
BATCH = 64
MOST = 5
Ranked = list[tuple[str, float]]


def read(name: str) -> Iterator[list[Field]]:
    with lzma.open(DATA / name) as stream:
        for raw in split_records(stream.read()):
            if (fields := scan_fields(raw)) is not None:
                yield fields


def best_threshold(found: Sequence[Ranked], wanted: Sequence[set[str]]) -> tuple[float, float]:
    """Return F1 with five for every record, and with the threshold that suits best."""
    five = np.mean([f1([n for n, _ in r[:MOST]], w) for r, w in zip(found, wanted, strict=True)])
    scores = np.quantile([s for ranked in found for _, s in ranked[:MOST]], np.arange(0, 1, 0.02))
    best = max(
        float(np.mean([
            f1([n for n, s in r[:MOST] if s >= least], w)
            for r, w in zip(found, wanted, strict=True)
        ]))
        for least in scores
    )  # fmt: skip
    return float(five), best


def show(name: str, concept: tuple[float, float], exact: tuple[float, float]) -> None:
    print(
        f"| {name:<28} | {concept[0]:.3f} | {concept[1]:.3f} | {exact[0]:.3f} | {exact[1]:.3f} |",
        flush=True,
    )


def ours(
    name: str,
    suggester: HeadingSuggester,
    records: Sequence[Sequence[Field]],
    *,
    numbers: bool = False,
) -> None:
    concept, exact = evaluate(suggester, records, numbers=numbers)
    show(name, (concept.f1_at_5, concept.f1), (exact.f1_at_5, exact.f1))
    print(
        f"  {concept.given:.2f} main headings a record; expected calibration error "
        f"{concept.error:.3f} of main headings, {exact.error:.3f} of strings"
    )


def neighbours(
    index: HeadingIndex, records: Sequence[Sequence[Field]]
) -> tuple[list[Ranked], list[Ranked], list[Ranked]]:
    """Return main headings and strings by the votes of nearest records, and labels in titles."""
    found: tuple[list[Ranked], list[Ranked], list[Ranked]] = ([], [], [])
    for at in range(0, len(records), BATCH):
        got = gather(index, records[at : at + BATCH], apart=True)
        size = len(got)
        for place, labels in enumerate((index.by_main, index.by_string)):
            told = votes(index, got, labels, None)
            totals: list[dict[int, float]] = [{} for _ in range(size)]
            for q, label, share in zip(
                told.near_query.tolist(), told.near_label.tolist(), told.near_sharp.tolist(),
                strict=True,
            ):  # fmt: skip
                totals[q][label] = totals[q].get(label, 0.0) + share
            for each in totals:
                best = sorted(each.items(), key=lambda pair: -pair[1])[:MOST]
                found[place].append([(name_of(index, place, n), s) for n, s in best])
        match = got.matches
        held: list[Ranked] = [[] for _ in range(size)]
        for q, main, words, seen, right in zip(
            match.query.tolist(), match.main.tolist(), match.words.tolist(), match.seen.tolist(),
            match.right.tolist(), strict=True,
        ):  # fmt: skip
            # The longest label, of those as long the one that titles meant most often.
            held[q].append((index.mains[main], words + (right + 0.3) / (seen + 1.5)))
        found[2].extend(sorted(each, key=lambda pair: -pair[1]) for each in held)
    return found


def name_of(index: HeadingIndex, place: int, label: int) -> str:
    if place == 0:
        return index.mains[label]
    return index.text(int(index.string_main[label]), int(index.string_chain[label]))


def omikuji(
    folder: Path, learned: Sequence[Sequence[Field]], records: Sequence[Sequence[Field]],
    concept: Sequence[set[str]], exact: Sequence[set[str]],
) -> None:  # fmt: skip
    scored: dict[str, list[tuple[float, float]]] = {}
    for what, wanted in (("main", concept), ("text", exact)):
        train = [(annif_peers.text_of(f), [getattr(h, what) for h in subjects(f)]) for f in learned]
        test = [annif_peers.text_of(f) for f in records]
        for name, (told, found) in annif_peers.run(folder, train, test).items():
            scored.setdefault(name, []).append(best_threshold(found, wanted))
            print(f"  {name}, {'main headings' if what == 'main' else 'strings'}: {told}")
    for name, (one, two) in scored.items():
        show(f"Annif's {name}", one, two)


def with_editions(suggester: HeadingSuggester) -> None:
    dev = [f for f in read("lc-books-2016-dev.mrc.xz") if subjects(f)]
    by_key: dict[object, list[list[Field]]] = {}
    for fields in [*dev, *(f for f in read("lc-books-2016-train.mrc.xz") if subjects(f))]:
        for key in keys(fields):
            by_key.setdefault(key, []).append(fields)
    asked, others = [], []
    for fields in dev:
        near = {id(o): o for key in keys(fields) for o in by_key[key] if o is not fields}
        same = [other for other, _ in same_work_among(fields, near.values())]
        if any(map(subjects, same)):
            asked.append(fields)
            others.append(same)
    truth = [subjects(fields) for fields in asked]
    print(f"{len(asked)} records of which there is another of the same work")
    for name, more in (("without it", []), ("with it", others)):
        scores = []
        for top in (MOST, None):
            found = [
                each
                for at in range(0, len(asked), BATCH)
                for each in suggester.suggest_all(
                    asked[at : at + BATCH], top=top, blind=True, others=more[at : at + BATCH]
                )
            ]
            pairs = list(zip(found, truth, strict=True))
            scores.append((
                float(np.mean([f1([s.main for s in f], {h.main for h in w}) for f, w in pairs])),
                float(np.mean([f1([s.text for s in f], {h.text for h in w}) for f, w in pairs])),
            ))  # fmt: skip
        show(name, *zip(*scores, strict=True))
        sure = [(s.main_confidence, s.main in {h.main for h in w}) for f, w in pairs for s in f]
        said, right = np.array(sure, float).T
        print(
            f"  expected calibration error {expected_error(said, right > 0):.3f} of main headings"
        )


def keys(fields: Sequence[Field]) -> list[object]:
    """Return what records of one work may share: the work, and identifiers as they are written."""
    return [
        same_work(fields),
        *(v.split()[0] for tag, _, subs in fields if tag in ("010", "020") for c, v in subs
          if c == "a" and v.strip()),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--records", type=int, default=3000, help="how many to score (3000)")
    parser.add_argument("--full", action="store_true", help="learn and score a full index too")
    parser.add_argument("--peers", type=Path, help="environment of Omikuji and scikit-learn")
    parser.add_argument("--editions", action="store_true", help="score with other editions too")
    options = parser.parse_args()
    if not DATA.is_dir():
        print(f"{DATA} is not there: nothing to measure")
        return
    begin = time.process_time()
    starter = HeadingSuggester.starter()
    took = time.process_time() - begin
    records = [f for f in read("lc-books-2016-dev.mrc.xz") if subjects(f)]
    random.Random(1).shuffle(records)
    records = records[: options.records]
    truth = [subjects(fields) for fields in records]
    concept = [{h.main for h in each} for each in truth]
    exact = [{h.text for h in each} for each in truth]
    print(f"{len(records)} records; F1@5\n")
    print("| | concept, five | concept, worth it | exact, five | exact, worth it |")
    print("|---|---|---|---|---|")
    ours("techproc, starter index", starter, records)
    ours("the same, numbers known", starter, records, numbers=True)
    learned: list[list[Field]] = []
    index = starter.index
    if options.full or options.peers:
        learned = [f for f in read("lc-books-2016-train.mrc.xz") if subjects(f)]
    if options.full:
        begin = time.process_time()
        lessons = HeadingLessons()
        for fields in learned:
            lessons.learn(fields)
        index = build(lessons, {"sources": [{"name": "all", "records": len(lessons), "date": ""}]})
        seconds = time.process_time() - begin
        ours("techproc, full index", HeadingSuggester(index, starter.bench), records)
        print(f"  {len(lessons)} records learned in {seconds:.0f} s CPU")
    mains, strings, lexical = neighbours(index, records)
    show("nearest records (TF-IDF)", best_threshold(mains, concept), best_threshold(strings, exact))
    show("lexical matching", best_threshold(lexical, concept), best_threshold(lexical, exact))
    if options.peers:
        omikuji(options.peers, learned, records, concept, exact)
    if options.editions:
        with_editions(starter)
    begin, size = time.process_time(), min(1024, len(records))
    for at in range(0, size, BATCH):
        starter.suggest_all(records[at : at + BATCH])
    each = (time.process_time() - begin) / size
    data = Path(sys.modules[HeadingSuggester.__module__].__file__ or "").parents[1] / "data"
    held = sum((data / name).stat().st_size for name in ("headings.bin", "heading_judges.npz"))
    print(f"\nstarter: {held / 1e6:.1f} MB beside the starter index, loaded in {took:.2f} s CPU")
    print(
        f"{1e3 * each:.2f} ms CPU a record with its evidence, {2 / each:.0f} a second on two cores"
    )
    print(
        f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, benchmark included"
    )


if __name__ == "__main__":
    main()

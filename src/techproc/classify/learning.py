"""Learning the judges and their calibration, on held-out works of the records learned from.

Each record that teaches a judge is judged by the index without the records of its own work
(leave one work out), so nothing is learned from an edition of the same book. Records are drawn by
work: some teach the judges, others, never those, calibrate them.

A record is also shown with less than it has, as an arriving book may come: without its subject
headings, with its title alone, with its number in the other scheme known. Each such situation has
judges of its own and is calibrated apart.

The opinions on the coarsest class (`coarse`) are learned first, on works that neither teach nor
calibrate: of a title that it has learned by heart, an opinion would be too sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from techproc.classify.calibration import Calibration, isotonic
from techproc.classify.coarse import Coarse
from techproc.classify.evidence import EvidenceIndex
from techproc.classify.features import Feature
from techproc.classify.judging import (
    NUMBERED,
    SITUATIONS,
    Bench,
    Situation,
    found_at,
    judge_batch,
    lift,
    situations,
    weigh,
)
from techproc.classify.kinds import KINDS, TITLE
from techproc.classify.numbers import LEVELS, Level, Scheme, cut
from techproc.classify.ranking import learn
from techproc.classify.scoring import Candidates, Query, look_up
from techproc.classify.view import View

__all__ = ["Example", "learn_judges", "right_candidates"]

_HEADING = {
    i for i, kind in enumerate(KINDS) if kind.group in ("heading", "subdivision", "place")
} | {19, 27}
_BATCH = 64
_JUDGED = 5  # candidates of a record that are calibrated: the first and its rivals


@dataclass(frozen=True, slots=True)
class Example:
    """A record whose numbers are known, for learning or for scoring."""

    features: Sequence[Feature]
    work: int
    numbers: dict[Scheme, str]


def learn_judges(
    index: EvidenceIndex,
    coarse: dict[Scheme, Coarse],
    teach: Sequence[Example],
    check: Sequence[Example],
    *,
    limit: int = 30_000,
) -> Bench:
    """Return judges learned on `teach` and calibrated on `check`, two sets with no work in common.

    At most `limit` examples teach each scheme, and half as many calibrate it. What taught the
    opinions in `coarse` must be in neither.
    """
    bench = Bench()
    bench.coarse = coarse
    for scheme, levels in LEVELS.items():
        views = [View(index, scheme, level) for level in levels]
        lessons = list(_shown([e for e in teach if e.numbers.get(scheme)][:limit], scheme))
        tests = list(_shown([e for e in check if e.numbers.get(scheme)][: limit // 2], scheme))
        _learn_scheme(bench, views, lessons)
        _calibrate(bench, views, tests)
    _measure_same_work(bench, index)
    return bench


def _learn_scheme(bench: Bench, views: Sequence[View], lessons: Sequence[Example]) -> None:
    """Learn the judges of one scheme; the finer level is told what the coarser made of it."""
    scheme = views[0].scheme
    queries = [Query(e.features, e.work) for e in lessons]
    known = situations(queries, scheme)
    coarser: dict[int, tuple[Candidates, npt.NDArray[np.float64]]] = {}
    for depth, view in enumerate(views):
        all_found: dict[int, Candidates] = {}
        right: list[npt.NDArray[np.bool_]] = []
        for at in range(0, len(lessons), _BATCH):
            some = slice(at, at + _BATCH)
            hits = look_up(view.index, queries[some], scheme, apart=True)
            above = lift(*coarser[at], views[depth - 1]) if depth else None
            all_found[at] = found_at(bench, views, depth, queries[some], hits=hits, above=above)
            right.append(right_candidates(all_found[at], view, lessons[some], scheme)[0])
        inputs = np.concatenate([f.inputs for f in all_found.values()])
        query = np.concatenate([f.query + at for at, f in all_found.items()])
        good = np.concatenate(right)
        for i, name in enumerate(SITUATIONS):
            rows = known[query] == i
            bench.judges[scheme, view.level, name] = learn(inputs[rows], query[rows], good[rows])
        coarser = {
            at: (f, weigh(bench, f, view, known[at : at + _BATCH])) for at, f in all_found.items()
        }


def _shown(examples: Sequence[Example], scheme: Scheme) -> Iterator[Example]:
    """Yield examples as books come: whole, without headings, title alone, with a number."""
    for place, e in enumerate(examples):
        hidden = set(NUMBERED)
        if place % 6 == 1:
            hidden |= _HEADING
        elif place % 6 == 3:
            hidden = set(range(len(KINDS))) - TITLE
        elif place % 6 == 5:
            hidden = set()
        yield Example([f for f in e.features if f[0] not in hidden], e.work, e.numbers)


def right_candidates(
    found: Candidates, view: View, examples: Sequence[Example], scheme: Scheme
) -> tuple[npt.NDArray[np.bool_], int]:
    """Return which candidates their records have, and how many numbers are not in the index."""
    names = [cut(e.numbers[scheme], view.level) for e in examples]
    places = [view.place(name) for name in names]
    built = {name: view.size + at for at, name in enumerate(found.built)}
    wanted = np.array(
        [
            built.get(name, -1) if place is None else place
            for name, place in zip(names, places, strict=True)
        ],
        np.int64,
    )
    right: npt.NDArray[np.bool_] = np.equal(found.number, wanted[found.query])
    return right, places.count(None)


def _calibrate(bench: Bench, views: Sequence[View], tests: Sequence[Example]) -> None:
    """Learn for each level and situation how often a share proves right."""
    scheme = views[0].scheme
    straight = Calibration(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    bench.curves |= {
        (scheme, view.level, name, rank): straight
        for view in views
        for name in SITUATIONS
        for rank in (0, 1)
    }
    seen: dict[
        tuple[Level, Situation, int], list[tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]]
    ] = {}
    for at in range(0, len(tests), _BATCH):
        some = tests[at : at + _BATCH]
        queries = [Query(e.features, e.work) for e in some]
        known = situations(queries, scheme)
        hits = look_up(views[0].index, queries, scheme, apart=True)
        for view, judged in zip(views, judge_batch(bench, views, queries, hits=hits), strict=True):
            right = right_candidates(judged.found, view, some, scheme)[0]
            order = np.lexsort((-judged.share, judged.found.query))
            query = judged.found.query[order]
            place = np.arange(len(order)) - np.searchsorted(query, np.arange(len(some)))[query]
            for i, name in enumerate(SITUATIONS):
                mine = known[query] == i
                for rank, at_rank in enumerate((place == 0, (place > 0) & (place < _JUDGED))):
                    rows = order[mine & at_rank]
                    pool = seen.setdefault((view.level, name, rank), [])
                    pool.append((judged.share[rows], right[rows]))
    for (level, name, rank), parts in seen.items():
        share = np.concatenate([s for s, _ in parts])
        right = np.concatenate([r for _, r in parts])
        if not len(share):  # nobody came so
            continue
        bench.curves[scheme, level, name, rank] = isotonic(share, right)


def _measure_same_work(bench: Bench, index: EvidenceIndex) -> None:
    """Count how often neighbours in a work have one number, at each level."""
    order = np.argsort(index.works, kind="stable")
    same = index.works[order][1:] == index.works[order][:-1]
    one, two = order[:-1][same], order[1:][same]
    for scheme, levels in LEVELS.items():
        for level in levels:
            number = View(index, scheme, level).number
            both = (number[one] >= 0) & (number[two] >= 0)
            agree = (number[one] == number[two])[both]
            bench.same_work[scheme, level] = float((agree.sum() + 1) / (len(agree) + 2))

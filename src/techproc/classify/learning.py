"""Learning the judges and their calibration, on held-out works of the records learned from.

Each record that teaches a judge is judged by the index without the records of its own work
(leave one work out), so nothing is learned from an edition of the same book. Records are drawn by
work: some teach the judges, others, never those, calibrate them.

A record is also shown with less than it has, as an arriving book may come: without its subject
headings, with its title alone, with its number in the other scheme known. Each such situation is
calibrated apart.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from techproc.classify.calibration import Calibration, isotonic
from techproc.classify.evidence import FORMAT, EvidenceIndex
from techproc.classify.features import KINDS, Feature
from techproc.classify.numbers import LEVELS, Level, Scheme, cut
from techproc.classify.ranking import Judge, learn, shares
from techproc.classify.scoring import (
    Candidates,
    Floats,
    Hits,
    Places,
    Query,
    View,
    candidates,
    look_up,
)
from techproc.errors import CatalogError

__all__ = ["Bench", "Example", "Situation", "judge_batch", "learn_judges", "situation"]

Situation = Literal["headings", "bare", "crosswalk"]
SITUATIONS: tuple[Situation, ...] = ("headings", "bare", "crosswalk")
_HEADING = {i for i, kind in enumerate(KINDS) if kind.group in ("heading", "subdivision")} | {27}
_CROSSWALK = {i for i, kind in enumerate(KINDS) if kind.group == "crosswalk"}
_TITLE = {10, 11, 12}
_LOWEST = -12.0  # logarithm of the share of a number that is no candidate at the coarser level
_BATCH = 64
_JUDGED = 5  # candidates of a record that are calibrated: the first and its rivals


@dataclass(frozen=True, slots=True)
class Example:
    """A record whose numbers are known, for learning or for scoring."""

    features: Sequence[Feature]
    work: int
    numbers: dict[Scheme, str]


def situation(features: Sequence[Feature], scheme: Scheme) -> Situation:
    """Return what is known of a record: its number in the other scheme, headings, or neither."""
    kinds = {f.kind for f in features}
    if kinds & ({28, 29} if scheme == "lcc" else {30, 31}):
        return "crosswalk"
    return "headings" if kinds & {0, 24} else "bare"


class Bench:
    """The judges of every level with their calibrations: what turns evidence into confidence."""

    def __init__(self) -> None:
        self.judges: dict[tuple[Scheme, Level, Situation], Judge] = {}
        # The first suggestion and its rivals are calibrated apart: 0 and 1.
        self.curves: dict[tuple[Scheme, Level, Situation, int], Calibration] = {}
        # scheme, level → how often two records of one work have the same number there
        self.same_work: dict[tuple[Scheme, Level], float] = {}

    def dumps(self) -> bytes:
        """Return the bench as the bytes of a numpy archive, the same for the same bench."""
        arrays: dict[str, npt.NDArray[np.float32]] = {"format": np.array([FORMAT], np.float32)}
        for key, judge in self.judges.items():
            for part in Judge.__slots__:
                arrays["/".join(("judge", *key, part))] = getattr(judge, part)
        for at, curve in self.curves.items():
            arrays["/".join(("curve", *map(str, at)))] = np.stack(
                [curve.share, curve.right]
            ).astype("f4")
        for pair, rate in self.same_work.items():
            arrays["/".join(("same", *pair))] = np.array([rate], np.float32)
        stream = io.BytesIO()
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
        return stream.getvalue()

    @staticmethod
    def load(path: Path) -> Bench:
        """Return the bench of a file; CatalogError when it is damaged or of another version."""
        bench = Bench()
        parts: dict[tuple[str, ...], dict[str, Floats]] = {}
        try:
            with np.load(path, allow_pickle=False) as archive:
                if int(archive["format"][0]) != FORMAT:
                    raise CatalogError(f"{path}: the weights are of another version; install anew")
                for name in archive.files:
                    kind, *key = name.split("/")
                    if kind == "judge":
                        parts.setdefault(tuple(key[:3]), {})[key[3]] = archive[name]
                    elif kind == "curve":
                        share, right = archive[name].astype(np.float64)
                        at: Any = (*key[:3], int(key[3]))
                        bench.curves[at] = Calibration(share, right)
                    elif kind == "same":
                        bench.same_work[tuple(key)] = float(archive[name][0])
        except (OSError, ValueError, KeyError) as error:
            raise CatalogError(
                f"{path}: the weights are damaged ({error}); install anew"
            ) from error
        bench.judges = {at: Judge(**found) for at, found in parts.items()}  # type: ignore[misc]
        return bench


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of a batch at one level with the judge's share and the confidence of each."""

    found: Candidates
    share: npt.NDArray[np.float64]
    confidence: npt.NDArray[np.float64]


def judge_batch(
    bench: Bench, views: Sequence[View], queries: Sequence[Query], *, hits: Hits
) -> list[Judged]:
    """Return the judged candidates of the queries at each level of the views, coarsest first."""
    scheme = views[0].scheme
    known = _situations(queries, scheme)
    results: list[Judged] = []
    above: Floats | None = None
    for place, view in enumerate(views):
        found = candidates(view, hits, above=above)
        share = _shares(bench, found, view, known)
        confidence = np.zeros(len(share))
        first = np.zeros(len(share), bool)
        first[_leaders(found, share)] = True
        for i, rows in _by_situation(found, known):
            for rank in (0, 1):
                at = rows & (first if rank == 0 else ~first)
                curve = bench.curves[scheme, view.level, SITUATIONS[i], rank]
                confidence[at] = curve(share[at])
        results.append(Judged(found, share, confidence))
        if place + 1 < len(views):
            above = lift(found, share, view, views[place + 1])
    return results


def _leaders(found: Candidates, share: npt.NDArray[np.float64]) -> Places:
    """Return the row of each query's likeliest candidate."""
    order = np.lexsort((-share, found.query))
    leaders: Places = order[found.starts]
    return leaders


def _situations(queries: Sequence[Query], scheme: Scheme) -> npt.NDArray[np.int64]:
    return np.array([SITUATIONS.index(situation(q.features, scheme)) for q in queries], np.int64)


def _by_situation(
    found: Candidates, known: npt.NDArray[np.int64]
) -> Iterator[tuple[int, npt.NDArray[np.bool_]]]:
    of_rows = known[found.query]
    for i in range(len(SITUATIONS)):
        rows = of_rows == i
        if rows.any():
            yield i, rows


def _shares(
    bench: Bench, found: Candidates, view: View, known: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the softmax of each query's scores by the judge of its situation."""
    score = np.zeros(len(found.query), np.float32)
    for i, rows in _by_situation(found, known):
        judge = bench.judges[view.scheme, view.level, SITUATIONS[i]]
        score[rows] = judge.score(found.inputs[rows])
    return shares(score, found.starts, len(score))


def lift(found: Candidates, share: npt.NDArray[np.float64], view: View, finer: View) -> Floats:
    """Return, by query and finer number, the logarithm of the share of the number above it."""
    table = np.full((found.queries, view.size), _LOWEST, np.float32)
    table[found.query, found.number] = np.log(share + 1e-5)
    lifted: Floats = table[:, finer.above(view)]
    return lifted


def learn_judges(
    index: EvidenceIndex, teach: Sequence[Example], check: Sequence[Example], *, limit: int = 30_000
) -> Bench:
    """Return judges learned on `teach` and calibrated on `check`, two sets with no work in common.

    At most `limit` examples teach each scheme, and half as many calibrate it.
    """
    bench = Bench()
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
    known = _situations(queries, scheme)
    coarser: dict[int, tuple[Candidates, npt.NDArray[np.float64]]] = {}
    for depth, view in enumerate(views):
        all_found: dict[int, Candidates] = {}
        right: list[npt.NDArray[np.bool_]] = []
        for at in range(0, len(lessons), _BATCH):
            some = slice(at, at + _BATCH)
            hits = look_up(view.index, queries[some], scheme, apart=True)
            above = lift(*coarser[at], views[depth - 1], view) if depth else None
            all_found[at] = candidates(view, hits, above=above)
            right.append(right_candidates(all_found[at], view, lessons[some], scheme)[0])
        inputs = np.concatenate([f.inputs for f in all_found.values()])
        query = np.concatenate([f.query + at for at, f in all_found.items()])
        good = np.concatenate(right)
        for i, name in enumerate(SITUATIONS):
            rows = known[query] == i
            bench.judges[scheme, view.level, name] = learn(inputs[rows], query[rows], good[rows])
        coarser = {
            at: (f, _shares(bench, f, view, known[at : at + _BATCH])) for at, f in all_found.items()
        }


def _shown(examples: Sequence[Example], scheme: Scheme) -> Iterator[Example]:
    """Yield examples as books come: whole, without headings, title alone, with a number."""
    for place, e in enumerate(examples):
        hidden = set(_CROSSWALK)
        if place % 8 == 1:
            hidden |= _HEADING
        elif place % 8 == 6:
            hidden = set(range(len(KINDS))) - _TITLE
        elif place % 8 == 3:
            hidden = set()
        yield Example([f for f in e.features if f.kind not in hidden], e.work, e.numbers)


def right_candidates(
    found: Candidates, view: View, examples: Sequence[Example], scheme: Scheme
) -> tuple[npt.NDArray[np.bool_], int]:
    """Return which candidates their records have, and how many numbers are not in the index."""
    places = [view.place(cut(e.numbers[scheme], view.level)) for e in examples]
    wanted = np.array([-1 if place is None else place for place in places], np.int64)
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
        known = _situations(queries, scheme)
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

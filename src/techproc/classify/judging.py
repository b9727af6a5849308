"""From what was found to confidence: the judges of each level and situation, and their file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from techproc.classify.building import build_numbers
from techproc.classify.calibration import Calibration
from techproc.classify.coarse import Coarse, Floats, Places
from techproc.classify.evidence import FORMAT
from techproc.classify.features import Feature
from techproc.classify.kinds import KINDS, TITLE
from techproc.classify.numbers import Level, Scheme
from techproc.classify.ranking import Judge, shares
from techproc.classify.scoring import Above, Candidates, Hits, Query, candidates
from techproc.classify.view import View
from techproc.errors import CatalogError

__all__ = [
    "NUMBERED",
    "SITUATIONS",
    "Bench",
    "Judged",
    "Situation",
    "by_situation",
    "found_at",
    "judge_batch",
    "lift",
    "situation",
    "situations",
    "weigh",
]

Situation = Literal["headings", "bare", "title", "crosswalk"]
SITUATIONS: tuple[Situation, ...] = ("headings", "bare", "title", "crosswalk")
# Kinds that say a number of the other scheme.
NUMBERED = frozenset(i for i, kind in enumerate(KINDS) if kind.group == "crosswalk")
_LOWEST = -12.0  # logarithm of the share of a number that is no candidate at the coarser level


def situation(features: Sequence[Feature], scheme: Scheme) -> Situation:
    """Return what is known of a record: the other scheme's number, headings, more than the title."""
    kinds = {f[0] for f in features}
    if kinds & ({28, 29} if scheme == "lcc" else {30, 31}):
        return "crosswalk"
    if kinds & {0, 24}:
        return "headings"
    return "bare" if kinds - TITLE - NUMBERED - {27} else "title"


class Bench:
    """The judges of every level with their calibrations: what turns evidence into confidence."""

    def __init__(self) -> None:
        self.coarse: dict[Scheme, Coarse] = {}
        self.judges: dict[tuple[Scheme, Level, Situation], Judge] = {}
        # The first suggestion and its rivals are calibrated apart: 0 and 1.
        self.curves: dict[tuple[Scheme, Level, Situation, int], Calibration] = {}
        # scheme, level → how often two records of one work have the same number there
        self.same_work: dict[tuple[Scheme, Level], float] = {}

    def dumps(self) -> bytes:
        """Return the bench as the bytes of a numpy archive, the same for the same bench."""
        arrays: dict[str, npt.NDArray[Any]] = {"format": np.array([FORMAT], np.float32)}
        for scheme, coarse in self.coarse.items():
            for name, array in coarse.arrays().items():
                arrays[f"coarse/{scheme}/{name}"] = array
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
        opinions: dict[Scheme, dict[str, npt.NDArray[Any]]] = {}
        try:
            with np.load(path, allow_pickle=False) as archive:
                if int(archive["format"][0]) != FORMAT:
                    raise CatalogError(f"{path}: the weights are of another version; install anew")
                for name in archive.files:
                    kind, *key = name.split("/")
                    if kind == "judge":
                        parts.setdefault(tuple(key[:3]), {})[key[3]] = archive[name]
                    elif kind == "coarse":
                        opinions.setdefault(_scheme(key[0]), {})["/".join(key[1:])] = archive[name]
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
        bench.coarse = {at: Coarse.from_arrays(found) for at, found in opinions.items()}
        bench.judges = {at: Judge(**found) for at, found in parts.items()}  # type: ignore[misc]
        return bench


def _scheme(name: str) -> Scheme:
    return "lcc" if name == "lcc" else "ddc"


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
    known = situations(queries, scheme)
    results: list[Judged] = []
    above: Above | None = None
    for place, view in enumerate(views):
        found = found_at(bench, views, place, queries, hits=hits, above=above)
        share = weigh(bench, found, view, known)
        confidence = np.zeros(len(share))
        first = np.zeros(len(share), bool)
        first[_leaders(found, share)] = True
        for i, rows in by_situation(found, known):
            for rank in (0, 1):
                at = rows & (first if rank == 0 else ~first)
                curve = bench.curves[scheme, view.level, SITUATIONS[i], rank]
                confidence[at] = curve(share[at])
        results.append(Judged(found, share, confidence))
        if place + 1 < len(views):
            above = lift(found, share, view)
    return results


def found_at(
    bench: Bench,
    views: Sequence[View],
    place: int,
    queries: Sequence[Query],
    *,
    hits: Hits,
    above: Above | None,
) -> Candidates:
    """Return the candidates at one of the views, with all that speaks for them there."""
    view = views[place]
    if above is None:
        opinions = view.opinions(bench.coarse[view.scheme], [q.features for q in queries])
        return candidates(view, hits, opinions=opinions)
    building = None
    if place + 1 == len(views):
        building = build_numbers(view, view.patterns, hits, queries)
    return candidates(view, hits, above=above, building=building)


def _leaders(found: Candidates, share: npt.NDArray[np.float64]) -> Places:
    """Return the row of each query's likeliest candidate."""
    order = np.lexsort((-share, found.query))
    leaders: Places = order[found.starts]
    return leaders


def situations(queries: Sequence[Query], scheme: Scheme) -> npt.NDArray[np.int64]:
    """Return the situation of each query, as its place in `SITUATIONS`."""
    return np.array([SITUATIONS.index(situation(q.features, scheme)) for q in queries], np.int64)


def by_situation(
    found: Candidates, known: npt.NDArray[np.int64]
) -> Iterator[tuple[int, npt.NDArray[np.bool_]]]:
    """Yield the situations that occur, each with the candidates of its queries."""
    of_rows = known[found.query]
    for i in range(len(SITUATIONS)):
        rows = of_rows == i
        if rows.any():
            yield i, rows


def weigh(
    bench: Bench, found: Candidates, view: View, known: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the softmax of each query's scores by the judge of its situation."""
    score = np.zeros(len(found.query), np.float32)
    for i, rows in by_situation(found, known):
        judge = bench.judges[view.scheme, view.level, SITUATIONS[i]]
        score[rows] = judge.score(found.inputs[rows])
    return shares(score, found.starts, len(score))


def lift(found: Candidates, share: npt.NDArray[np.float64], view: View) -> Above:
    """Return what the next level is told: by query and number, the logarithm of the share."""
    table = np.full((found.queries, view.size + 1), _LOWEST, np.float32)
    table[found.query, found.number] = np.log(share + 1e-5)
    return Above(view, table)

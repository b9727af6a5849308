"""From what was found to confidence: two judges, of main headings and of whole strings."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from techproc.classify.calibration import Calibration
from techproc.classify.headings.composing import string_candidates
from techproc.classify.headings.gathering import Doubles, Gathered
from techproc.classify.headings.index import HeadingIndex
from techproc.classify.headings.storage import FORMAT
from techproc.classify.headings.weighing import Candidates, main_candidates
from techproc.classify.ranking import Judge, chances
from techproc.errors import CatalogError

__all__ = ["HeadingBench", "Judged", "judge", "ranked"]


@dataclass(frozen=True, slots=True)
class HeadingBench:
    """The judges with their calibrations.

    `expects` is how many headings a record is taken to have for each that confidence adds up to, when
    it is decided how many are given. `votes` weighs what other editions have (`editions`), of main
    headings and of strings.
    """

    main: Judge
    string: Judge
    main_curve: Calibration
    string_curve: Calibration
    expects: float
    votes: Mapping[str, Doubles]

    def dumps(self) -> bytes:
        """Return the bench as the bytes of a numpy archive."""
        arrays: dict[str, npt.NDArray[Any]] = {"format": np.array([FORMAT, self.expects])}
        for name, held in (("main", self.main), ("string", self.string)):
            arrays |= {f"{name}/{part}": getattr(held, part) for part in Judge.__slots__}
        for name, curve in (("main", self.main_curve), ("string", self.string_curve)):
            arrays[f"{name}/curve"] = np.stack([curve.share, curve.right])
        arrays |= {f"{name}/votes": weights for name, weights in self.votes.items()}
        stream = io.BytesIO()
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
        return stream.getvalue()

    @staticmethod
    def load(path: Path) -> HeadingBench:
        """Return the bench of a file; CatalogError when it is damaged or of another version."""
        try:
            with np.load(path, allow_pickle=False) as archive:
                held = {name: archive[name] for name in archive.files}
            version, expects = held["format"].tolist()
            if version != FORMAT:
                raise CatalogError(f"{path}: the weights are of another version; install anew")
            main, string = (
                Judge(**{part: held[f"{name}/{part}"] for part in Judge.__slots__})
                for name in ("main", "string")
            )
            of_main, of_string = (
                Calibration(*held[f"{name}/curve"]) for name in ("main", "string")
            )
            votes = {name: held[f"{name}/votes"] for name in ("main", "string")}
        except (OSError, ValueError, KeyError) as error:
            raise CatalogError(
                f"{path}: the weights are damaged ({error}); install anew"
            ) from error
        return HeadingBench(main, string, of_main, of_string, expects, votes)


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of a batch with their confidence: main headings, and strings under them."""

    mains: Candidates
    main_confidence: Doubles
    strings: Candidates
    string_confidence: Doubles


def judge(index: HeadingIndex, bench: HeadingBench, found: Gathered) -> Judged:
    """Return the judged candidates of a batch."""
    mains = main_candidates(index, found)
    chance = chances(bench.main.score(mains.inputs))
    strings = string_candidates(index, found, mains, chance)
    whole = chances(bench.string.score(strings.inputs))
    return Judged(mains, bench.main_curve(chance), strings, bench.string_curve(whole))


def ranked(judged: Judged, q: int) -> tuple[dict[int, float], list[tuple[int, int, float]]]:
    """Return the main headings and strings of one query, each with its confidence.

    Rounded: whether a record comes alone or in a batch must not decide between equals.
    """
    start, end = judged.mains.edges[[q, q + 1]].tolist()
    sure = np.round(judged.main_confidence[start:end], 6).tolist()
    mains = dict(zip(judged.mains.main[start:end].tolist(), sure, strict=True))
    start, end = judged.strings.edges[[q, q + 1]].tolist()
    held = judged.strings
    strings = zip(
        held.main[start:end].tolist(), held.chain[start:end].tolist(),
        np.round(judged.string_confidence[start:end], 6).tolist(), strict=True,
    )  # fmt: skip
    return mains, list(strings)

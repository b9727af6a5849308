"""Learning the judges and their calibration, on held-out works of the records learned from.

Each record is judged by the index without the records of its own work. Of the works that teach, the
judge of strings is shown what a judge of main headings made of them that had not learned on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from techproc.classify.calibration import Calibration, isotonic
from techproc.classify.fields import Field
from techproc.classify.headings.choosing import choose
from techproc.classify.headings.clues import subjects
from techproc.classify.headings.composing import string_candidates
from techproc.classify.headings.editions import editions, main_votes, string_votes
from techproc.classify.headings.gathering import Doubles, Gathered, gather
from techproc.classify.headings.index import HeadingIndex, chain_of
from techproc.classify.headings.judging import HeadingBench, Judged, judge, ranked
from techproc.classify.headings.weighing import Candidates, main_candidates
from techproc.classify.ranking import Judge, chances, learn

__all__ = ["learn_heading_judges", "learn_votes"]

_BATCH = 64
_ROUNDS = 30
_EXPECTS = (0.6, 0.8, 1.0, 1.2, 1.5, 2.0)
_Truth = tuple[list[set[str]], list[set[tuple[str, str]]]]
_RIDGE = 1.0  # keeps the weights of the votes small where little speaks for them


def learn_heading_judges(
    index: HeadingIndex,
    teach: Sequence[Sequence[Field]],
    check: Sequence[Sequence[Field]],
    *,
    numbers: bool = False,
) -> HeadingBench:
    """Return judges learned on `teach` and calibrated on `check`, two sets with no work in common.

    With `numbers`, judges of records whose class numbers are looked at.
    """
    main, string = _judges(index, teach, numbers=numbers)
    straight = Calibration(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    return _calibrated(
        index, HeadingBench(main, string, straight, straight, 1.0, {}), check, numbers
    )


def learn_votes(
    index: HeadingIndex,
    bench: HeadingBench,
    records: Sequence[Sequence[Field]],
    *,
    numbers: bool = False,
) -> HeadingBench:
    """Return the bench with weights for what other editions have.

    `records` are of works of which the index has several records, and taught no judge: each is asked
    for without its work, then the others of its work vote.
    """
    inputs: dict[str, list[Doubles]] = {"main": [], "string": []}
    right: dict[str, list[bool]] = {"main": [], "string": []}
    for batch in _batches(records):
        judged = judge(index, bench, gather(index, batch, apart=True, numbers=numbers))
        for q, (fields, truth, whole) in enumerate(zip(batch, *_truth(batch), strict=True)):
            found = editions(index, fields)
            if found is None:
                continue
            mains, strings = ranked(judged, q)
            names, rows = main_votes(found, mains)
            inputs["main"].append(rows)
            right["main"] += [index.mains[main] in truth for main in names]
            pairs, rows = string_votes(found, strings)
            inputs["string"].append(rows)
            right["string"] += [(index.mains[m], index.chains[c]) in whole for m, c in pairs]
    votes = {
        name: _logistic(np.concatenate(inputs[name]), np.array(right[name], np.float64))
        for name in inputs
    }
    return replace(bench, votes=votes)


def _logistic(inputs: Doubles, right: Doubles) -> Doubles:
    """Return the weights of a logistic regression, found by Newton's method."""
    weights: Doubles = np.zeros(inputs.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(inputs @ weights)))
        slope = inputs.T @ (right - chance) - _RIDGE * weights
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + _RIDGE * np.eye(
            len(weights)
        )
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _batches(records: Sequence[Sequence[Field]]) -> list[Sequence[Sequence[Field]]]:
    return [records[at : at + _BATCH] for at in range(0, len(records), _BATCH)]


def _truth(records: Sequence[Sequence[Field]]) -> _Truth:
    headings = [subjects(fields) for fields in records]
    return (
        [{h.main for h in each} for each in headings],
        [{(h.main, chain_of(h)) for h in each} for each in headings],
    )


def _right(
    index: HeadingIndex, found: Candidates, truth: _Truth, *, whole: bool
) -> npt.NDArray[np.bool_]:
    rows = zip(found.query.tolist(), found.main.tolist(), found.chain.tolist(), strict=True)
    if whole:
        return np.array(
            [(index.mains[m], index.chains[c]) in truth[1][q] for q, m, c in rows], bool
        )
    return np.array([index.mains[m] in truth[0][q] for q, m, _ in rows], bool)


def _judges(
    index: HeadingIndex, teach: Sequence[Sequence[Field]], *, numbers: bool
) -> tuple[Judge, Judge]:
    gathered: list[tuple[Gathered, Candidates, _Truth]] = []
    right = []
    for batch in _batches(teach):
        found = gather(index, batch, apart=True, numbers=numbers)
        truth = _truth(batch)
        mains = main_candidates(index, found)
        gathered.append((found, mains, truth))
        right.append(_right(index, mains, truth, whole=False))
    inputs = np.concatenate([mains.inputs for _, mains, _ in gathered])
    query = np.concatenate([m.query + at * _BATCH for at, (_, m, _) in enumerate(gathered)])
    good = np.concatenate(right)

    def judged(rows: npt.NDArray[np.bool_]) -> Judge:
        return learn(inputs[rows], query[rows], good[rows], rounds=_ROUNDS, several=True)

    half = query % 2 == 0
    one, other = judged(half), judged(~half)
    chance = np.where(half, chances(other.score(inputs)), chances(one.score(inputs)))
    main = judged(np.ones(len(query), bool))
    whole, whose, right, start = [], [], [], 0
    for at, (found, mains, truth) in enumerate(gathered):
        end = start + len(mains.query)
        strings = string_candidates(index, found, mains, chance[start:end])
        start = end
        whole.append(strings.inputs)
        whose.append(strings.query + at * _BATCH)
        right.append(_right(index, strings, truth, whole=True))
    string = learn(
        np.concatenate(whole), np.concatenate(whose), np.concatenate(right),
        rounds=_ROUNDS, several=True,
    )  # fmt: skip
    return main, string


def _calibrated(
    index: HeadingIndex, bench: HeadingBench, check: Sequence[Sequence[Field]], numbers: bool
) -> HeadingBench:
    """Return the bench with curves from its own chances to how often they proved right."""
    told: list[list[npt.NDArray[np.float64]]] = [[], []]
    right: list[list[npt.NDArray[np.bool_]]] = [[], []]
    seen: list[tuple[Judged, _Truth]] = []
    for batch in _batches(check):
        truth = _truth(batch)
        judged = judge(index, bench, gather(index, batch, apart=True, numbers=numbers))
        seen.append((judged, truth))
        for place, (found, chance) in enumerate(
            ((judged.mains, judged.main_confidence), (judged.strings, judged.string_confidence))
        ):
            told[place].append(chance)
            right[place].append(_right(index, found, truth, whole=place == 1))
    main, string = (
        isotonic(np.concatenate(t), np.concatenate(r)) for t, r in zip(told, right, strict=True)
    )
    lists = []
    for judged, truth in seen:
        sure = replace(
            judged,
            main_confidence=main(judged.main_confidence),
            string_confidence=string(judged.string_confidence),
        )
        lists += [(ranked(sure, q), *each) for q, each in enumerate(zip(*truth, strict=True))]
    expects = max(_EXPECTS, key=lambda each: _reached(index, lists, each))
    return HeadingBench(bench.main, bench.string, main, string, expects, {})


def _reached(
    index: HeadingIndex,
    lists: Sequence[
        tuple[tuple[dict[int, float], list[tuple[int, int, float]]], set[str], set[tuple[str, str]]]
    ],
    expects: float,
) -> float:
    """Return F1 of main headings and of strings, summed over records, when so many are expected."""
    total = 0.0
    for (mains, strings), truth, whole in lists:
        given = choose(mains, strings, expects)
        named = {index.mains[each.main] for each in given}
        texts = {(index.mains[each.main], index.chains[each.chain]) for each in given}
        total += 2 * len(named & truth) / (len(named) + len(truth))
        total += 2 * len(texts & whole) / (len(texts) + len(whole))
    return total

"""Headings scored: every figure is what suggesting blind comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from techproc.classify.fields import Field, fields_of
from techproc.classify.headings.clues import subjects
from techproc.classify.headings.evaluation import HeadingScore, evaluate, f1
from techproc.classify.headings.suggesting import HeadingSuggester
from techproc.marc import Loaded, read

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def records() -> list[list[Field]]:
    """Real records, some without headings."""
    loaded = [i for i in read(EXAMPLES / "catalogue.mrc") if isinstance(i, Loaded)]
    return [fields_of(item.record) for item in loaded][:90]


@pytest.fixture(scope="module")
def scores(records: list[list[Field]]) -> list[HeadingScore]:
    return evaluate(HeadingSuggester.starter(), records)


def test_f1_is_what_suggesting_blind_comes_to(
    records: list[list[Field]], scores: list[HeadingScore]
) -> None:
    """Five, and as many as are worth it, as `suggest_all` gives them."""
    headed = [fields for fields in records if subjects(fields)]
    assert 0 < len(headed) < len(records) + 1
    for top, name in ((5, "f1_at_5"), (None, "f1")):
        found = HeadingSuggester.starter().suggest_all(headed, top=top, blind=True)
        for score, what in zip(scores, ("main", "text"), strict=True):
            each = [
                f1([getattr(s, what) for s in given], {getattr(h, what) for h in subjects(fields)})
                for given, fields in zip(found, headed, strict=True)
            ]
            assert getattr(score, name) == pytest.approx(sum(each) / len(each))
            assert score.records == len(headed)


def test_limits_give_less_the_higher_they_are(scores: list[HeadingScore]) -> None:
    """Coverage and recall fall; every figure is a part."""
    for score in scores:
        for one, other in zip(score.limits, score.limits[1:], strict=False):
            assert one.confidence < other.confidence
            assert one.coverage >= other.coverage
            assert one.recall >= other.recall
        for each in score.limits:
            assert 0 <= each.precision <= 1
            assert each.recall <= 1


def test_numbers_are_looked_at_when_asked_for(
    records: list[list[Field]], scores: list[HeadingScore]
) -> None:
    """Without class numbers the records score as they did; with them, otherwise."""
    bare = [[f for f in fields if f[0] not in ("050", "082")] for fields in records]
    starter = HeadingSuggester.starter()
    assert evaluate(starter, bare) == scores
    assert evaluate(starter, bare, numbers=True) == scores
    assert evaluate(starter, records, numbers=True) != scores


def test_nothing_to_score() -> None:
    """Without headings there is no score."""
    assert evaluate(HeadingSuggester.starter(), [[("245", "10", (("a", "Cats"),))]]) == []


def test_a_perfect_and_a_hopeless_list() -> None:
    """All right is 1, nothing right is 0, and repeating a heading changes nothing."""
    assert f1(["Cats", "Cats"], {"Cats"}) == 1
    assert f1([], {"Cats"}) == f1(["Dogs"], {"Cats"}) == 0

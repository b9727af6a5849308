"""Two heading indexes as one: as if it had been learned in one go."""

from __future__ import annotations

import random

import numpy as np
import pytest

from techproc.classify.fields import Field
from techproc.classify.headings.building import HeadingLessons, build
from techproc.classify.headings.index import HeadingIndex
from techproc.classify.headings.joining import join
from techproc.classify.headings.suggesting import HeadingSuggester

WORDS = ("cats", "soil", "ships", "poems", "law", "iron", "bees")
PLACES = ("Ghana", "France", "Peru", "")


def made(first: int, count: int, *, seed: int) -> list[list[Field]]:
    """Make records of two words with the headings that they say; some words are in most."""
    chance = random.Random(seed)
    records: list[list[Field]] = []
    for number in range(first, first + count):
        one, two = chance.sample(WORDS, 2)
        fields: list[Field] = [
            ("001", str(number), ()),
            ("245", "10", (("a", f"{one} and {two} study {number}"),)),
        ]
        for word in (one, two)[: chance.randint(1, 2)]:
            place = chance.choice(PLACES)
            parts = (("a", word.title()), ("z", place)) if place else (("a", word.title()),)
            fields.append(("650", " 0", parts))
        records.append(fields)
    return records


def learned(records: list[list[Field]]) -> HeadingIndex:
    lessons = HeadingLessons()
    for fields in records:
        lessons.learn(fields)
    return build(lessons, {"sources": [{"name": "made", "records": len(records), "date": ""}]})


@pytest.mark.parametrize("counts", [(30, 40), (700, 20), (700, 900)])
def test_joined_is_as_learned_together(counts: tuple[int, int]) -> None:
    """The same headings, lists and labels, whether features are common in one, both or neither."""
    one, two = made(0, counts[0], seed=1), made(counts[0], counts[1], seed=2)
    joined, whole = join(learned(one), learned(two)), learned(one + two)
    assert joined.mains == whole.mains
    assert joined.chains == whole.chains
    for name in ("tags", "chain_place", "string_main", "string_chain", "starts", "strings"):
        assert np.array_equal(getattr(joined, name), getattr(whole, name)), name
    for name in ("keys", "frequency", "works", "weight"):
        assert np.array_equal(getattr(joined.records, name), getattr(whole.records, name)), name
    assert joined.records.controls == whole.records.controls
    for name in ("keys", "mains", "words", "whole"):
        assert np.array_equal(getattr(joined.phrases, name), getattr(whole.phrases, name)), name


def test_a_known_record_is_learned_anew() -> None:
    """What has the same control number is kept from the second."""
    one, two = made(0, 50, seed=1), made(25, 50, seed=2)
    joined = join(learned(one), learned(two))
    assert len(joined.records) == 75
    assert sorted(joined.records.controls, key=int) == [str(n) for n in range(75)]


def test_suggestions_come_from_both() -> None:
    """What only the second knows is suggested, and its source is named."""
    own: list[Field] = [("001", "x1", ()), ("245", "10", (("a", "Quarkology"),))]
    own.append(("650", " 0", (("a", "Quarkologists"),)))
    starter = HeadingSuggester.starter()
    joined = HeadingSuggester(join(starter.index, learned([own])), starter.bench)
    found = joined.suggest_all([[("245", "10", (("a", "Quarkology today"),))]], top=1)[0]
    assert found[0].main == "Quarkologists"
    assert found[0].index.endswith("made, 1 records, ")

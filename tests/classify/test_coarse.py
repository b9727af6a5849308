"""Opinions on the coarsest class: learned, packed, and silent where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest

from techproc.classify.coarse import Coarse, Opinion, learn_opinions
from techproc.classify.features import Feature, features
from techproc.classify.judging import Bench, situation
from techproc.classify.suggest import Suggester


def title(text: str) -> list[Feature]:
    return features([("245", "10", (("a", text),))])


@pytest.fixture(scope="module")
def opinion() -> Opinion:
    """Class 0 has feature 10, class 1 feature 20, and both have feature 30; 40 is too rare."""
    keys, record, right = [], [], []
    for number in range(6000):
        kind = number % 2
        keys += [20 if kind else 10, 30]
        record += [number, number]
        if number % 10 == 5:  # only records apart have it
            keys.append(50)
            record.append(number)
        right.append(kind)
    keys.append(40)
    record.append(5999)
    first, last = learn_opinions(
        *(np.array(keys, np.uint32), np.array(record), np.array(right)),
        classes=3,
        least=2,
        apart=np.arange(6000) % 5 == 0,
    )
    assert 50 not in first.keys
    assert 50 in last.keys
    return last


def test_what_tells_classes_apart_is_learned(opinion: Opinion) -> None:
    """A telling feature decides; what all have, and what is rare, does not."""
    keys = np.array([10, 20, 30, 40], np.uint32)
    share = np.exp(opinion(keys, np.arange(4), 5))
    assert share.shape == (5, 3)
    assert share.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert share[0, 0] > 0.9
    assert share[1, 1] > 0.9
    assert share[2:, :2] == pytest.approx(np.full((3, 2), 0.5), abs=0.05)
    assert set(opinion.keys.tolist()) <= {10, 20, 30, 50}


def test_opinions_survive_their_arrays(opinion: Opinion) -> None:
    """What is packed is unpacked, an opinion that knows nothing included."""
    none = np.zeros(0, np.uint32), np.zeros(0, int), np.array([0, 1])
    nothing, _ = learn_opinions(*none, 3, least=1, apart=np.zeros(2, bool))
    made = Coarse(("A", "B", "C"), (opinion, nothing))
    again = Coarse.from_arrays(made.arrays())
    assert again.names == made.names
    for one, two in zip(again.opinions, made.opinions, strict=True):
        for part in ("keys", "offsets", "columns", "weights", "bias"):
            assert np.array_equal(getattr(one, part), getattr(two, part)), part


def test_the_opinions_that_ship_know_words_in_several_languages() -> None:
    """Stems and small words lead from titles the index never saw to their letters."""
    bench = Suggester.starter().bench
    for text, letters in (
        ("Introduction to algebraic topology", "QA"),
        ("Histoire de la musique", "ML"),
        ("Musikwissenschaftliche Studien", "ML"),
        ("Geologische Untersuchungen", "QE"),
    ):
        told = bench.coarse["lcc"]([title(text)])[0][0]
        likely = [bench.coarse["lcc"].names[n] for n in np.argsort(-told)[:5]]
        assert letters in likely, text


def test_opinions_are_in_the_file_of_the_bench() -> None:
    """What dumps writes, load reads."""
    bench = Suggester.starter().bench
    assert set(bench.coarse) == {"lcc", "ddc"}
    assert isinstance(bench, Bench)
    assert len(bench.coarse["ddc"].names) > 800


def test_situations() -> None:
    """What is known of a record decides which judges it has."""
    heading = ("650", " 0", (("a", "Soils"),))
    author = ("100", "1 ", (("a", "Mensah, A."),))
    name = ("245", "10", (("a", "Soil"),))
    dewey = ("082", "00", (("a", "631.4"),))
    assert situation(features([name]), "lcc") == "title"
    assert situation(features([name, author]), "lcc") == "bare"
    assert situation(features([name, author, heading]), "lcc") == "headings"
    assert situation(features([name, dewey], numbers=True), "lcc") == "crosswalk"
    assert situation(features([name, dewey], numbers=True), "ddc") == "title"

"""Sets as rows of hashes: the compiled core and its twins agree; what falls together and what not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from techproc.dedupe import rows
from techproc.dedupe.rows import (
    Rows,
    Texts,
    columns,
    columns_plainly,
    hashes,
    hashes_plainly,
    overlap,
    overlap_plainly,
    similarities,
)

texts = st.text("abcdehilmnostuy 0123éßЖ京", max_size=80)
compiled = pytest.mark.skipif(rows._core is None, reason="the C core was not built here")


def rows_of(some: list[str]) -> Rows:
    """Return the sets of the words of texts."""
    return Rows.read(*columns("w", [(text,) for text in some])[0])


def texts_of(some: list[str]) -> Texts:
    """Return texts as a column."""
    return Texts.read(*columns("t", [(text,) for text in some])[0])


@compiled
@given(
    st.lists(
        st.tuples(
            *[st.one_of(texts, st.lists(texts, max_size=4).map(tuple))] * 4,
            st.frozensets(st.integers(0, 2**32 - 1), max_size=5),
            texts | st.just("\ud800"),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_columns_are_the_same_without_the_core(records):
    """Every kind of column, of one text or several, holds the same values."""
    assert columns("wsnidt", records) == columns_plainly("wsnidt", records)
    keys = [text for record in records for text in record if isinstance(text, str)]
    assert hashes(keys).tolist() == hashes_plainly(keys).tolist()


@given(st.lists(texts, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_overlap_counts_what_two_sets_share(some, random):
    """Both ways of counting give the size of the intersection, whatever the pairs."""
    table = rows_of(some)
    pairs = [(random.randrange(len(some)), random.randrange(len(some))) for _ in range(20)]
    at, to = np.array(pairs, dtype=np.int64).T
    wanted = [len({*some[i].split()} & {*some[j].split()}) for i, j in pairs]
    assert overlap(table, at, table, to).tolist() == wanted
    assert overlap_plainly(table, at, table, to).tolist() == wanted


@compiled
@pytest.mark.parametrize("pair", [(0, 3), (3, 0), (-1, 0)])
def test_a_row_that_is_not_there_is_an_error(pair):
    """A wrong position is refused, not read past the end."""
    table = rows_of(["a b", "", "c"])
    at, to = (np.array([place], dtype=np.int64) for place in pair)
    with pytest.raises(IndexError):
        overlap(table, at, table, to)


@compiled
@given(texts | st.text("ab", max_size=1000), texts | st.text("abc", max_size=1000))
def test_similarities_are_those_of_rapidfuzz(text, other):
    """To the last bit, of whole texts and of starts; what is left to others is marked."""
    table, at, to = texts_of([text, other]), np.array([0]), np.array([1])
    least = min(len(text), len(other))
    for what, x, y in (("whole", text, other), ("start", text[:least], other[:least])):
        found = similarities(table, at, table, to, what)[0]
        assert found in (-1, np.float32(Indel.normalized_similarity(x, y)))
        assert found >= 0 or len(text) > 448 or not (text + other).isascii()
    assert bool(similarities(table, at, table, to, "equal")[0] == 1) is (text == other)


@compiled
def test_a_text_that_is_not_there_is_an_error():
    """A wrong position is refused, not read past the end."""
    table = texts_of(["a", "b"])
    with pytest.raises(IndexError):
        similarities(table, np.array([0]), table, np.array([2]), "whole")


@given(st.lists(texts, max_size=8))
def test_texts_come_back(some):
    """Any text is given back, in whatever order and however often it is asked for."""
    held = texts_of(some)
    at = np.array([*range(len(some)), *reversed(range(len(some)))], dtype=np.int64)
    assert held.take(at) == [*some, *reversed(some)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("gynaecology", "gynecology", True),
        ("painting", "paintings", True),
        ("noblewomen", "noblewoman", True),
        ("catfish", "crawfish", False),
        ("rock", "rose", False),
        ("1970", "1971", False),
        ("art", "arts", True),
    ],
)
def test_what_a_misprint_or_a_plural_sets_apart(one, other, same):
    """Spellings of a word fall together; other words and numbers do not."""
    assert (columns("s", [(one,)]) == columns("s", [(other,)])) is same


@compiled
@given(texts, texts)
def test_without_the_core_in_use(text, other):
    """With the core put away, everything still works, to the same result."""
    with_core = columns("ws", [(text, text)])
    held, rows._core = rows._core, None
    try:
        assert columns("ws", [(text, text)]) == with_core
        table = rows_of([text, other])
        at = np.array([0, 1], dtype=np.int64)
        assert (
            overlap(table, at, table, at[::-1].copy()).tolist()
            == [len({*text.split()} & {*other.split()})] * 2
        )
    finally:
        rows._core = held

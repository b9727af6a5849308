"""Arrays in one file: every codec gives back what it was given, lines come out as they went in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.classify.arrayfile import ArrayFile, Lines, from_lines, to_lines
from techproc.classify.headings.index import distinct
from techproc.errors import CatalogError

FILE = ArrayFile(b"made for a test\n", "a test", 1, "make it again")
numbers = st.lists(st.integers(-(2**31), 2**31 - 1)).map(lambda many: np.array(many, np.int32))
lines = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])))


@given(numbers, st.sampled_from(["plain", "narrow", "wide", "planes"]))
def test_every_codec_gives_back_its_numbers(values: np.ndarray, codec: str) -> None:
    """Rising or not, small or large: what is stored as differences or bytes comes back."""
    data = FILE.pack({"one": (codec, values), "two": (codec, values[::-1])}, {})
    arrays, _ = FILE.unpack(data, "here")
    assert np.array_equal(arrays["one"], values)
    assert np.array_equal(arrays["two"], values[::-1])
    assert list(FILE.unpack(data, "here", ["two"])[0]) == ["two"]


@given(numbers, st.sampled_from(["plain", "narrow", "wide", "planes"]))
def test_what_is_wanted_later_is_the_same_then(values: np.ndarray, codec: str) -> None:
    """An array put together when it is asked for, once."""
    data = FILE.pack({"one": (codec, values), "two": (codec, values)}, {})
    one = FILE.unpack(data, "here", later=["one"])[0]["one"]
    assert np.array_equal(one(), values)
    assert one() is one()


@given(lines)
def test_lines_are_those_of_a_tuple(texts: list[str]) -> None:
    """Length, order, places from either end and slices are those of all the lines at once."""
    held = from_lines(texts)
    if held.tobytes() == b"\0" and texts:  # a zero byte alone stands for no line
        return
    every, one = to_lines(held), Lines(held)
    assert list(one) == list(every) == texts
    assert one == every
    assert [one[at] for at in range(-len(texts), len(texts))] == [*texts, *texts]
    assert one[1:3] == every[1:3]
    with pytest.raises(IndexError):
        one[len(texts)]


def test_lines_that_are_no_text_are_refused_at_once() -> None:
    """Bytes that are not UTF-8 are told when they are read, not when a line is shown."""
    with pytest.raises(ValueError, match="utf-8"):
        Lines(np.frombuffer(b"one\n\xff", np.uint8))


@given(st.integers(0, 10**6))
def test_a_changed_byte_is_told_with_the_array_it_is_in(place: int) -> None:
    """Whatever byte of the blocks is another: which array is damaged is said."""
    data = bytearray(
        FILE.pack({"first": ("plain", np.arange(50)), "last": ("plain", np.arange(50))}, {})
    )
    start = len(FILE.magic) + 4
    start += int.from_bytes(data[start - 4 : start], "little")
    data[start + place % (len(data) - start)] ^= 0xFF
    for later in ((), ("first", "last")):
        with pytest.raises(CatalogError, match=r"here: the test is damaged \((first|last)\)"):
            FILE.unpack(bytes(data), "here", later=later)


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1)))
def test_distinct_is_what_numpy_calls_unique(values: list[int]) -> None:
    """Each value once, rising."""
    held = np.array(values, np.int64)
    assert np.array_equal(distinct(held), np.unique(held))

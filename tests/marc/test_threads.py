"""Work on several threads comes out in order, all of it, and ends when it should."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.marc.threads import in_order


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_results_stand_in_the_order_of_the_items(waits: list[int], threads: int) -> None:
    """However long each takes."""
    pause = threading.Event()

    def work(item: tuple[int, int]) -> int:
        pause.wait(item[1] / 5000)
        return item[0]

    assert list(in_order(enumerate(waits), work, threads)) == list(range(len(waits)))


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("error", [ValueError, StopIteration, KeyboardInterrupt])
def test_an_exception_stands_in_the_place_of_its_item(
    threads: int, error: type[BaseException]
) -> None:
    """What was before it comes out; nothing after it does."""

    def work(number: int) -> int:
        if number == 7:
            raise error
        return number

    found = []
    with pytest.raises((error, RuntimeError)):
        for result in in_order(iter(range(100)), work, threads):
            found.append(result)  # noqa: PERF402 (they are to be kept when it raises)
    assert found == list(range(7))


def test_items_that_cannot_be_had_are_told_of() -> None:
    """Those before are worked on."""

    def items() -> Iterator[int]:
        yield from (1, 2, 3)
        raise OSError("no more")

    found = in_order(items(), str, 2)
    assert [next(found), next(found), next(found)] == ["1", "2", "3"]
    with pytest.raises(OSError, match="no more"):
        next(found)


def test_nothing_is_taken_far_ahead_and_threads_end() -> None:
    """Memory stays bounded where results are taken slowly, and where they are taken no more."""
    before = threading.active_count()
    taken: list[int] = []
    found = in_order((taken.append(n) or n for n in range(1000)), lambda n: n, 3)
    assert next(found) == 0
    threading.Event().wait(0.05)
    assert len(taken) <= 6
    found.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before

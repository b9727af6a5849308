"""Work in several processes comes out in order and all of it, whatever becomes of a process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing

import pytest

from techproc.workers import in_order

FIRST = os.getpid()


def square(number: int) -> int:
    return number * number


def where(_: int) -> int:
    return os.getpid()


def dies_elsewhere(number: int) -> int:
    if os.getpid() != FIRST and number == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fails(number: int) -> int:
    if number == 20:
        raise ValueError("twenty")
    return number


@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_stand_in_the_order_of_the_items(jobs: int) -> None:
    """By as many processes as are asked for."""
    assert list(in_order(square, iter(range(100)), jobs)) == [n * n for n in range(100)]
    assert len(set(in_order(where, iter(range(100)), jobs))) >= jobs


@pytest.mark.usefixtures("forking")
def test_a_process_that_is_killed_costs_nothing() -> None:
    """As when memory runs out: the first process does what is left, and does not wait for ever."""
    assert list(in_order(dies_elsewhere, iter(range(100)), 2)) == list(range(100))


@pytest.mark.usefixtures("forking")
def test_an_exception_stands_in_the_place_of_its_item() -> None:
    """What was before it comes out."""
    found = []
    with pytest.raises(ValueError, match="twenty"):
        for result in in_order(fails, iter(range(100)), 2):
            found.append(result)  # noqa: PERF402 (they are to be kept when it raises)
    assert found == list(range(20))


@pytest.mark.usefixtures("forking")
def test_nothing_is_taken_far_ahead() -> None:
    """Memory stays bounded where results are taken slowly, and nothing is left when they end."""
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with closing(in_order(square, items(), 2)) as results:
        assert [next(results), next(results)] == [0, 1]
        assert len(taken) < 20

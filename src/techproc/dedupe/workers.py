"""A `map` over forked processes, which inherit what they work on."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["inherited", "mapper"]

T = TypeVar("T")
U = TypeVar("U")

_state: Any = None


def inherited() -> Any:
    """Return what this process was given to work on."""
    return _state


@contextmanager
def mapper(processes: int, state: Any) -> Iterator[Any]:
    """Give a `map` over processes, in order; in this one when it is enough or can't fork."""
    global _state  # noqa: PLW0603  (inherited by the forked processes)
    _state = state
    try:
        if processes <= 1 or "fork" not in multiprocessing.get_all_start_methods():
            yield map
            return
        # The batches make no cycles, and looking for some takes a third of the time.
        with multiprocessing.get_context("fork").Pool(processes, gc.disable) as pool:
            yield _limited(pool, processes)
    finally:
        _state = None


def _limited(pool: Any, processes: int) -> Callable[..., Iterator[Any]]:
    """Return a `map` that keeps only a few batches under way, so that memory stays bounded."""

    def run(function: Callable[[T], U], items: Iterable[T]) -> Iterator[U]:
        waiting: list[Any] = []
        for item in items:
            waiting.append(pool.apply_async(function, (item,)))
            if len(waiting) > 2 * processes:
                yield waiting.pop(0).get()
        for result in waiting:
            yield result.get()

    return run

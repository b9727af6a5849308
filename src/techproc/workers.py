"""Working on the parts of something in several processes: what comes of them is in their order."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from itertools import chain, islice
from typing import Any, TypeVar

__all__ = ["in_order", "usual_jobs"]

SOON = 0.25  # seconds: to start processes and to hand blocks to them costs about as much
_AHEAD = 3  # blocks that each process may have waiting
_MOST = 4
B = TypeVar("B")
C = TypeVar("C")

_work: Callable[[Any], Any] | None = None  # of a second process


def usual_jobs() -> int:
    """Return how many processes are worth it here: one a processor, at most four."""
    able = getattr(os, "sched_getaffinity", None)
    return min(len(able(0)) if able else os.cpu_count() or 1, _MOST)


def in_order(
    work: Callable[[B], C], blocks: Iterator[B], jobs: int = 1
) -> Generator[C, None, None]:
    """Yield what becomes of each block, in order, by as many processes as are worth it.

    Other processes are forks of this one, which have `work` with all that belongs to it; blocks
    and results are pickled. Where one is killed, this one does what is left. What is soon done is
    done here, and all of it where forking is not safe (not Linux, other threads).
    """
    if jobs < 2 or not sys.platform.startswith("linux") or threading.active_count() > 1:
        yield from map(work, blocks)
        return
    begun = time.monotonic()
    for block in blocks:
        yield work(block)
        if time.monotonic() - begun >= SOON:
            break
    first = list(islice(blocks, 2 * jobs))
    if len(first) < 2 * jobs:
        yield from map(work, first)
        return
    from concurrent.futures import Future, ProcessPoolExecutor  # noqa: PLC0415 (slow; most files are small)
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415
    from multiprocessing import get_context  # noqa: PLC0415

    waiting = deque(first)  # in order: those whose results were not given out
    results: deque[Future[C]] = deque()
    with ProcessPoolExecutor(jobs, get_context("fork"), _begin, (work,)) as pool:
        try:
            while waiting:
                for block in islice(waiting, len(results), None):
                    results.append(pool.submit(_work_there, block))
                yield results.popleft().result()
                waiting.popleft()
                waiting.extend(islice(blocks, _AHEAD * jobs - len(waiting)))
        except BrokenProcessPool:  # a process was killed, or could not begin: go on without
            pass
        finally:
            pool.shutdown(cancel_futures=True)
    yield from map(work, chain(waiting, blocks))


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603 - a process of a pool has no other place for it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides
    gc.freeze()
    gc.set_threshold(100_000)  # records hold no cycles
    _work = work


def _work_there(block: Any) -> Any:
    assert _work is not None
    return _work(block)

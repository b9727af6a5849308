"""Working on several things at a time, with the results in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Generic, TypeVar, cast

__all__ = ["in_order"]

_S = TypeVar("_S")
_T = TypeVar("_T")
_NOTHING = object()


def in_order(items: Iterator[_S], work: Callable[[_S], _T], threads: int) -> Iterator[_T]:
    """Yield what `work` makes of each item, in order, on as many threads as asked.

    One of them is the caller's, which works while there is nothing for it to take. A thread takes
    the next item itself, so that what it then works on is in the cache of its core, and goes on
    without being told to, but never far ahead of what was taken here. An exception is raised in the
    place of its item; nothing follows it.

    >>> list(in_order(iter("abc"), str.upper, 2))
    ['A', 'B', 'C']
    """
    crew = _Crew(items, work, room=threads + 2)
    helpers = [Thread(target=crew.keep_working, daemon=True) for _ in range(threads - 1)]
    for helper in helpers:
        helper.start()
    busy = len(helpers)
    waiting: dict[int, _T | _Failure] = {}  # those that an earlier one is waited for
    following = 0
    try:
        while not crew.ready.empty() or crew.work_on_next(wait=False) or busy:
            if (found := crew.ready.get()) is None:
                busy -= 1
                continue
            waiting[found[0]] = found[1]
            while following in waiting:
                result = waiting.pop(following)
                if isinstance(result, _Failure):
                    raise result.error
                yield result
                crew.room.release()
                following += 1
    finally:
        crew.stop(len(helpers))
        for helper in helpers:
            helper.join()


class _Failure:
    """What was raised in the place of a result."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Crew(Generic[_S, _T]):
    """What the threads share."""

    def __init__(self, items: Iterator[_S], work: Callable[[_S], _T], room: int) -> None:
        # Of each item its number and what came of it; None where a helper ends.
        self.ready: SimpleQueue[tuple[int, _T | _Failure] | None] = SimpleQueue()
        self.room = Semaphore(room)  # for results that are not taken yet
        self._items = items
        self._work = work
        self._taking = Lock()
        self._taken = 0
        self._stopped = False

    def keep_working(self) -> None:
        """Work on one item after the other until there is none."""
        while self.work_on_next(wait=True):
            pass
        self.stop(1)
        self.ready.put(None)

    def work_on_next(self, *, wait: bool) -> bool:
        """Work on the next item; say whether there was one, and room for what comes of it."""
        if not self.room.acquire(blocking=wait) or self._stopped:
            return False
        number = self._taken
        try:
            with self._taking:
                number = self._taken
                item: _S | object = next(self._items, _NOTHING)
                self._taken += 1
            if item is _NOTHING:
                self._stopped = True
                return False
            self.ready.put((number, self._work(cast(_S, item))))
        except BaseException as error:
            self._stopped = True
            self.ready.put((number, _Failure(error)))
        return True

    def stop(self, threads: int) -> None:
        """Have so many threads end when they are done with what they work on."""
        self._stopped = True
        for _ in range(threads):
            self.room.release()

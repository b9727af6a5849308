"""Politeness towards one host: a token bucket, waits that grow, a breaker that gives it a rest."""

from __future__ import annotations

import email.utils
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Backoff", "Breaker", "Clock", "TokenBucket", "retry_after"]


@dataclass(frozen=True, slots=True)
class Clock:
    """The time and the waiting, handed in so that a test of an hour takes a millisecond."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    wall: Callable[[], float] = time.time


class TokenBucket:
    """At most `rate` requests a second in the long run, and `burst` at once; 0 means no limit."""

    def __init__(self, rate: float, burst: int, clock: Clock) -> None:
        self._rate = rate
        self._burst = max(burst, 1)
        self._clock = clock
        self._tokens = float(self._burst)
        self._then = clock.now()
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def reserve(self) -> float:
        """Take one token and return the seconds to wait before using it."""
        with self._lock:
            now = self._clock.now()
            wait = max(self._closed_until - now, 0.0)
            if self._rate <= 0:
                return wait
            gained = (now - self._then) * self._rate
            self._tokens = min(self._tokens + gained, float(self._burst)) - 1
            self._then = now
            return max(wait, -self._tokens / self._rate)

    def close_for(self, seconds: float) -> None:
        """Let nobody through for `seconds`: what a Retry-After asks for."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock.now() + seconds)


class Breaker:
    """After `threshold` failures on end a host is left alone for `rest` seconds.

    Afterwards one request tries again: its success closes the breaker, its failure opens it anew.
    """

    def __init__(self, clock: Clock, *, threshold: int = 3, rest: float = 60.0) -> None:
        self._clock = clock
        self._threshold = threshold
        self._rest = rest
        self._failures = 0
        self._open_until = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Return whether a request may go out now."""
        with self._lock:
            now = self._clock.now()
            if self._failures < self._threshold:
                return True
            if now < self._open_until:
                return False
            self._open_until = now + self._rest  # this one tries; the others wait for it
            return True

    def record(self, *, success: bool) -> None:
        """Note how a request ended."""
        with self._lock:
            if success:
                self._failures = 0
                return
            self._failures += 1
            if self._failures >= self._threshold:
                self._open_until = self._clock.now() + self._rest


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before attempt n + 1: twice as long each time, with full jitter.

    >>> [Backoff(chance=lambda: 1.0).seconds(n) for n in (1, 2, 3, 9)]
    [0.5, 1.0, 2.0, 8.0]
    """

    base: float = 0.5
    cap: float = 8.0
    chance: Callable[[], float] = random.random

    def seconds(self, attempt: int) -> float:
        """Return the seconds to wait after the given failed attempt (counted from 1)."""
        return float(min(self.base * 2 ** (attempt - 1), self.cap)) * self.chance()


def retry_after(value: str | None, wall: float) -> float | None:
    """Return the seconds that a Retry-After header asks for, None when it asks for nothing.

    The header holds seconds or an HTTP date (RFC 9110, 10.2.3); `wall` is the time now (Unix).

    >>> retry_after("120", 0.0), retry_after("Thu, 01 Jan 1970 00:00:30 GMT", 10.0)
    (120.0, 20.0)
    >>> retry_after("soon", 0.0) is None
    True
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(moment.timestamp() - wall, 0.0)

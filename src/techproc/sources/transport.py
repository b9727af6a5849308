"""The network: one session a host, few connections, bounded answers, nothing followed elsewhere.

Every request has a timeout for each wait and a deadline for the whole, retries included. Answers
are read up to a cap of bytes, redirects are followed on the same host only, TLS is verified, and
what is logged or shown never holds a password.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

from techproc.errors import SourceUnavailable
from techproc.sources._connections import session_of
from techproc.sources.exchange import Ask, Limits, PassingError, Reply, exchange, shown
from techproc.sources.politeness import Backoff, Breaker, Clock, TokenBucket, retry_after

__all__ = ["Limits", "Network", "Reply", "shown"]

_RETRIED = frozenset({429, 500, 502, 503, 504})


@dataclass(slots=True)
class _Host:
    """What is shared by everything that talks to one host."""

    session: requests.Session
    bucket: TokenBucket
    breaker: Breaker
    slots: threading.BoundedSemaphore
    limits: Limits
    local: threading.Lock = field(default_factory=threading.Lock)


class Network:
    """All hosts that one run talks to.

    `contact` (a URL or an address) goes into the User-Agent beside the program's name. `clock`,
    `backoff` and `limits` may be handed in by tests. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        contact: str = "",
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.contact = contact
        self.clock = clock or Clock()
        self.limits = limits or Limits()
        self._backoff = backoff or Backoff()
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every session; whoever asks after that gets SourceUnavailable."""
        with self._lock:
            self._closed = True
            for host in self._hosts.values():
                host.session.close()
            self._hosts.clear()

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        limits: Limits | None = None,
        deadline: float | None = None,
        accept: str = "*/*",
        auth: tuple[str, str] | None = None,
        extent: str = "",
        allowed: frozenset[int] = frozenset(),
        follow: bool = True,
    ) -> Reply:
        """Return the answer to a GET request, asked politely and as often as is reasonable.

        `deadline` is a time of this network's clock, for callers whose question takes several
        requests; `extent` is the part asked for ("bytes=0-99"). A status of 400 or more raises
        unless it is in `allowed`. Redirects on the same host are followed; with `follow` off none
        is, and the caller gets the redirect itself.

        Raises SourceUnavailable, with one sentence for people, when no usable answer came.
        """
        ask = Ask("GET", params, accept, auth, extent=extent, follow=follow)
        return self._ask(url, ask, limits=limits, deadline=deadline, allowed=allowed)

    def post(
        self,
        url: str,
        body: bytes,
        params: Mapping[str, str] | None = None,
        *,
        content_type: str = "application/json",
        limits: Limits | None = None,
        accept: str = "*/*",
        allowed: frozenset[int] = frozenset(),
    ) -> Reply:
        """Return the answer to a question that is too long for an address, asked as `get` asks.

        It may be asked more than once: for questions, not for what changes something.
        """
        ask = Ask("POST", params, accept, None, body, content_type)
        return self._ask(url, ask, limits=limits, deadline=None, allowed=allowed)

    def _ask(
        self,
        url: str,
        ask: Ask,
        *,
        limits: Limits | None,
        deadline: float | None,
        allowed: frozenset[int],
    ) -> Reply:
        limits = limits or self.limits
        deadline = self.clock.now() + limits.deadline if deadline is None else deadline
        host = self._host(url, limits)
        name = shown(url)
        if not host.breaker.allows():
            raise SourceUnavailable(f"{name}: it failed several times on end and is given a rest")
        reason = "no answer"
        for attempt in range(1, limits.attempts + 1):
            self._wait(host.bucket.reserve(), deadline, name, reason)
            try:
                with host.slots:
                    reply = exchange(
                        host.session, url, ask, clock=self.clock, deadline=deadline, limits=limits
                    )
            except PassingError as error:
                reason, asked = str(error), None
            else:
                if reply.status < 400 or reply.status in allowed:
                    host.breaker.record(success=True)
                    return reply
                reason = _status_sentence(reply.status)
                if reply.status not in _RETRIED:
                    # The host works; it is this request that it refuses.
                    raise SourceUnavailable(f"{name}: {reason}")
                asked = retry_after(reply.headers.get("retry-after"), self.clock.wall())
            host.breaker.record(success=False)
            if asked is not None:
                host.bucket.close_for(asked)
            elif attempt < limits.attempts:
                self._wait(self._backoff.seconds(attempt), deadline, name, reason)
            if not host.breaker.allows():
                break
        raise SourceUnavailable(f"{name}: {reason}")

    def _wait(self, seconds: float, deadline: float, name: str, reason: str) -> None:
        if self.clock.now() + seconds > deadline:
            because = "" if reason == "no answer" else f" ({reason})"
            raise SourceUnavailable(f"{name}: no answer within the deadline{because}")
        if seconds > 0:
            self.clock.sleep(seconds)

    def _host(self, url: str, limits: Limits) -> _Host:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SourceUnavailable(f"{shown(url)}: not an http or https address")
        key = f"{parts.scheme}://{parts.hostname}:{parts.port or ''}"
        with self._lock:
            if self._closed:
                raise SourceUnavailable(f"{shown(url)}: the run was stopped")
            if key not in self._hosts:
                self._hosts[key] = _Host(
                    session=session_of(url, limits.connections, self.contact),
                    bucket=TokenBucket(limits.rate, limits.burst, self.clock),
                    breaker=Breaker(self.clock, threshold=max(limits.attempts, 3) * 2),
                    slots=threading.BoundedSemaphore(limits.connections),
                    limits=limits,
                )
            return self._hosts[key]


def _status_sentence(status: int) -> str:
    known = {
        401: "it wants a user name and password (401)",
        403: "it refuses us (403); it may have blocked this address, or want a contact",
        404: "there is nothing at this address (404)",
        429: "it asks us to slow down (429)",
    }
    kind = "it fails on its side" if status >= 500 else "it refuses the request"
    return known.get(status, f"{kind} ({status})")

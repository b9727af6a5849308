"""The network: one session a host, few connections, bounded answers, nothing followed elsewhere.

Every request has a timeout for each wait and a deadline for the whole, retries included. Answers
are read up to a cap of bytes, redirects are followed on the same host only, TLS is verified, and
what is logged or shown never holds a password.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions

from techproc.errors import SourceUnavailable
from techproc.sources._connections import Adapter
from techproc.sources.politeness import Backoff, Breaker, Clock, TokenBucket, retry_after

__all__ = ["Limits", "Network", "Reply", "shown"]

_RETRIED = frozenset({429, 500, 502, 503, 504})
_MAX_REDIRECTS = 3
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one host is asked for at most, and how long it may take.

    Seconds, requests a second (0: unlimited), bytes of one answer after decompression.
    """

    timeout: float = 20.0
    deadline: float = 60.0
    rate: float = 4.0
    burst: int = 8
    connections: int = 4
    max_bytes: int = 32 << 20
    attempts: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that arrived whole: status, headers (names in lower case), body, final URL."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class _Ask:
    """What is asked: the method, what goes into the address, and what goes with it."""

    method: str
    params: Mapping[str, str] | None
    accept: str
    auth: tuple[str, str] | None
    body: bytes | None = None
    content_type: str = ""
    extent: str = ""
    follow: bool = True

    @property
    def headers(self) -> dict[str, str]:
        kind = {"Content-Type": self.content_type} if self.content_type else {}
        span = {"Range": self.extent} if self.extent else {}
        return {"Accept": self.accept, **kind, **span}


def shown(url: str) -> str:
    """Return a URL fit for a message: without user, password, query and fragment.

    >>> shown("https://me:secret@example.org:210/db?query=x")
    'https://example.org:210/db'
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


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
        self._limits = limits or Limits()
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
        ask = _Ask("GET", params, accept, auth, extent=extent, follow=follow)
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
        ask = _Ask("POST", params, accept, None, body, content_type)
        return self._ask(url, ask, limits=limits, deadline=None, allowed=allowed)

    def _ask(
        self,
        url: str,
        ask: _Ask,
        *,
        limits: Limits | None,
        deadline: float | None,
        allowed: frozenset[int],
    ) -> Reply:
        limits = limits or self._limits
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
                    reply = self._exchange(host, url, ask, deadline, limits)
            except _PassingError as error:
                reason, asked = str(error), error.wait
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
                    session=_session(url, limits, self.contact),
                    bucket=TokenBucket(limits.rate, limits.burst, self.clock),
                    breaker=Breaker(self.clock, threshold=max(limits.attempts, 3) * 2),
                    slots=threading.BoundedSemaphore(limits.connections),
                    limits=limits,
                )
            return self._hosts[key]

    def _exchange(
        self,
        host: _Host,
        url: str,
        ask: _Ask,
        deadline: float,
        limits: Limits,
    ) -> Reply:
        query = ask.params
        for _ in range(_MAX_REDIRECTS + 1):
            left = max(min(limits.timeout, deadline - self.clock.now()), 0.001)
            try:
                with host.session.request(
                    ask.method,
                    url,
                    params=query,
                    data=ask.body,
                    headers=ask.headers,
                    auth=ask.auth,
                    timeout=(min(left, 10.0), left),
                    stream=True,
                    allow_redirects=False,
                ) as response:
                    if response.is_redirect and ask.follow:
                        url, query = _same_host(url, response.headers["location"]), None
                        continue
                    body = self._read(response, deadline, limits)
                    return Reply(
                        status=response.status_code,
                        headers={k.lower(): v for k, v in response.headers.items()},
                        body=body,
                        url=url,
                    )
            except requests.exceptions.SSLError as error:
                raise SourceUnavailable(f"{shown(url)}: its certificate is not valid") from error
            except requests.exceptions.Timeout as error:
                raise _PassingError(f"no answer within {left:.3g} s") from error
            except (requests.exceptions.RequestException, OSError) as error:
                raise _PassingError(_connection_sentence(error)) from error
        raise SourceUnavailable(f"{shown(url)}: it redirects in circles")

    def _read(self, response: requests.Response, deadline: float, limits: Limits) -> bytes:
        """Read a body in blocks as they come, so that neither a flood nor a drip holds us."""
        parts: list[bytes] = []
        size = 0
        try:
            while block := response.raw.read1(_BLOCK, decode_content=True):
                size += len(block)
                if size > limits.max_bytes:
                    raise SourceUnavailable(
                        f"{shown(response.url)}: its answer is larger than "
                        f"{limits.max_bytes} bytes and was not read"
                    )
                parts.append(block)
                if self.clock.now() > deadline:
                    raise _PassingError("its answer did not end before the deadline")
        except urllib3.exceptions.ReadTimeoutError as error:
            raise _PassingError("its answer stopped halfway") from error
        except urllib3.exceptions.HTTPError as error:
            raise _PassingError("its answer broke off") from error
        expected = response.headers.get("content-length", "")
        plain = expected.isascii() and expected.isdigit()
        if plain and "content-encoding" not in response.headers and size < int(expected):
            raise _PassingError("its answer broke off")
        return b"".join(parts)


class _PassingError(Exception):
    """A failure that may pass: worth another attempt."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def _same_host(url: str, location: str) -> str:
    """Return where a redirect leads when that is the same host, and no less safe."""
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    same = old.hostname == new.hostname and (
        (old.scheme == new.scheme and old.port == new.port)
        or (old.scheme == "http" and new.scheme == "https")
    )
    if not same:
        raise SourceUnavailable(
            f"{shown(url)}: it redirects to {shown(target)}, another host; if that is its new "
            "address, put it into your targets.toml"
        )
    return target


def _status_sentence(status: int) -> str:
    known = {
        401: "it wants a user name and password (401)",
        403: "it refuses us (403); it may have blocked this address, or want a contact",
        404: "there is nothing at this address (404)",
        429: "it asks us to slow down (429)",
    }
    kind = "it fails on its side" if status >= 500 else "it refuses the request"
    return known.get(status, f"{kind} ({status})")


def _connection_sentence(error: Exception) -> str:
    text = str(error)
    if "NameResolution" in text or "getaddrinfo" in text or "Name or service" in text:
        return "its name is not known; check the address and the network"
    if "refused" in text:
        return "the connection was refused"
    return "the connection broke"


def _session(url: str, limits: Limits, contact: str) -> requests.Session:
    """Make the session of one host; what the environment says is read once, not each time."""
    session = requests.Session()
    session.trust_env = False  # neither .netrc nor a look at the environment for each request
    session.proxies.update(requests.utils.get_environ_proxies(url))
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if bundle:
        session.verify = bundle
    session.headers["User-Agent"] = user_agent(contact)
    adapter: Any = Adapter(limits.connections)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def user_agent(contact: str) -> str:
    """Return how we present ourselves: program, version and the contact the user set.

    >>> user_agent("https://library.example.org/").partition("(")[2]
    'https://library.example.org/)'
    """
    try:
        number = version("techproc")
    except PackageNotFoundError:
        number = "0"
    printable = "".join(c for c in contact if c.isprintable() and c.isascii() and c not in "()")
    return f"techproc/{number}" + (f" ({printable})" if printable else "")

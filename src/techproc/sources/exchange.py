"""One request and its answer: read up to a cap of bytes, redirected on the same host only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions

from techproc.errors import SourceUnavailable
from techproc.sources.politeness import Clock

__all__ = ["Ask", "Limits", "PassingError", "Reply", "exchange", "shown"]

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
class Ask:
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
        """The headers of the request: Accept, and Content-Type and Range where there are such."""
        kind = {"Content-Type": self.content_type} if self.content_type else {}
        span = {"Range": self.extent} if self.extent else {}
        return {"Accept": self.accept, **kind, **span}


class PassingError(Exception):
    """A failure that may pass: worth another attempt."""


def shown(url: str) -> str:
    """Return a URL fit for a message: without user, password, query and fragment.

    >>> shown("https://me:secret@example.org:210/db?query=x")
    'https://example.org:210/db'
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def exchange(
    session: requests.Session,
    url: str,
    ask: Ask,
    *,
    clock: Clock,
    deadline: float,
    limits: Limits,
) -> Reply:
    """Return what a host answers to one request, redirects on that host followed.

    `deadline` is a time of the clock. Raises PassingError for a failure that may pass, and
    SourceUnavailable for one that will not: a certificate, a redirect to elsewhere, a flood.
    """
    query = ask.params
    for _ in range(_MAX_REDIRECTS + 1):
        left = max(min(limits.timeout, deadline - clock.now()), 0.001)
        try:
            with session.request(
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
                body = _read(response, clock, deadline, limits)
                return Reply(
                    status=response.status_code,
                    headers={k.lower(): v for k, v in response.headers.items()},
                    body=body,
                    url=url,
                )
        except requests.exceptions.SSLError as error:
            raise SourceUnavailable(f"{shown(url)}: its certificate is not valid") from error
        except requests.exceptions.Timeout as error:
            raise PassingError(f"no answer within {left:.3g} s") from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise PassingError(_connection_sentence(error)) from error
    raise SourceUnavailable(f"{shown(url)}: it redirects in circles")


def _read(response: requests.Response, clock: Clock, deadline: float, limits: Limits) -> bytes:
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
            if clock.now() > deadline:
                raise PassingError("its answer did not end before the deadline")
    except urllib3.exceptions.ReadTimeoutError as error:
        raise PassingError("its answer stopped halfway") from error
    except urllib3.exceptions.HTTPError as error:
        raise PassingError("its answer broke off") from error
    expected = response.headers.get("content-length", "")
    plain = expected.isascii() and expected.isdigit()
    if plain and "content-encoding" not in response.headers and size < int(expected):
        raise PassingError("its answer broke off")
    return b"".join(parts)


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


def _connection_sentence(error: Exception) -> str:
    text = str(error)
    if "NameResolution" in text or "getaddrinfo" in text or "Name or service" in text:
        return "its name is not known; check the address and the network"
    if "refused" in text:
        return "the connection was refused"
    return "the connection broke"

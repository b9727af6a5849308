"""Loopback servers, a clock that costs nothing, and made records for the tests of sources."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.identifiers import isbn as isbns
from techproc.sources.politeness import Backoff, Clock
from techproc.sources.transport import Limits, Network


@dataclass
class Request:
    """One request as a server saw it."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    connection: int


@dataclass
class Answered:
    """What a server sends: whole, or raw bytes in pieces by `stream`."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stream: Callable[[Any], None] | None = None


@dataclass
class Server:
    """A running loopback server and what it was asked."""

    url: str
    requests: list[Request]
    stop: threading.Event


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one packet

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        request = Request(
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {k.lower(): v for k, v in self.headers.items()},
            id(self),
        )
        with self.server.lock:
            self.server.seen.append(request)
        answer = self.server.respond(request)
        try:
            if answer.stream is not None:
                self.close_connection = True
                answer.stream(self.wfile)
                return
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in {"Content-Type": "text/xml", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:  # a client that hangs up is what we test
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Request], Answered]], Server]]:
    """Start loopback servers that answer by a function; they end with the test."""
    running: list[tuple[_Server, threading.Thread, threading.Event]] = []

    def start(respond: Callable[[Request], Answered]) -> Server:
        server = _Server(("127.0.0.1", 0), _Handler)
        server.lock, server.seen, server.respond = threading.Lock(), [], respond
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        stop = threading.Event()
        running.append((server, thread, stop))
        return Server(f"http://127.0.0.1:{server.server_port}", server.seen, stop)

    yield start
    for server, thread, stop in running:
        stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


class FakeTime:
    """A clock whose waiting takes no time and is written down."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, sleep=self.sleep, wall=lambda: self.time)


@pytest.fixture
def fake_time() -> FakeTime:
    """A clock whose waiting takes no time."""
    return FakeTime()


@pytest.fixture
def network(fake_time: FakeTime) -> Iterator[Network]:
    """A network that retries twice, without waiting or limits."""
    limits = Limits(rate=0, attempts=2, timeout=5)
    with Network(
        "test@example.org", limits=limits, clock=fake_time.clock, backoff=Backoff(chance=lambda: 1)
    ) as made:
        yield made


def number(n: int) -> str:
    """Return the n-th ISBN of a made publisher, 13 digits with a right check digit."""
    return next(
        isbn for digit in "0123456789" if (isbn := isbns.normalize(f"97802620{n:04d}{digit}"))
    )


def book(n: int, **fields: str) -> Record:
    """Return a made record for the n-th ISBN; `f245="…"` sets $a of a field."""
    record = Record()
    record.leader = Leader("00000nam a2200000 i 4500")
    record.fields.append(Field(tag="001", data=f"made{n:05d}"))
    subfields = {"f020": number(n), "f245": f"Book number {n}."} | fields
    for name, text in subfields.items():
        if text:
            record.fields.append(
                Field(
                    tag=name[1:], indicators=Indicators(" ", " "), subfields=[Subfield("a", text)]
                )
            )
    return record


@pytest.fixture
def made_isbn() -> Callable[[int], str]:
    """The n-th made ISBN."""
    return number


@pytest.fixture
def made_book() -> Callable[..., Record]:
    """The n-th made record."""
    return book


@pytest.fixture
def answered() -> type[Answered]:
    """The class of what a server sends."""
    return Answered

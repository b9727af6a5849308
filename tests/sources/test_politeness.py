"""Politeness: the pace that is kept, the waits that are asked for, the rest that is given."""

from __future__ import annotations

import gzip
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.errors import SourceUnavailable
from techproc.sources._connections import user_agent
from techproc.sources.politeness import Backoff, Breaker, Clock, TokenBucket, retry_after
from techproc.sources.transport import Limits, Network, shown


@given(st.floats(0.1, 50), st.integers(1, 30), st.lists(st.floats(0, 5), min_size=1, max_size=80))
def test_a_bucket_never_exceeds_its_pace(rate, burst, pauses) -> None:
    """In any stretch of time no more go out than the burst and the rate allow."""
    now = [0.0]
    bucket = TokenBucket(rate, burst, Clock(now=lambda: now[0]))
    times = []
    for pause in pauses:
        now[0] += pause
        now[0] += bucket.reserve()
        times.append(now[0])
    for i, begin in enumerate(times):
        for j in range(i, len(times)):
            assert j - i + 1 <= burst + rate * (times[j] - begin) + 1e-6 * len(times) + 1e-3


def test_retry_after_closes_the_host_for_everyone(serve, answered, fake_time) -> None:
    """Thirty seconds asked for are thirty seconds waited, by dates as by numbers."""
    replies = iter([("429", "30"), ("503", "Thu, 01 Jan 1970 00:18:10 GMT"), ("200", "")])

    def respond(request):
        status, after = next(replies)
        return answered("ok", status=int(status), headers={"Retry-After": after} if after else {})

    server = serve(respond)
    with Network(limits=Limits(rate=0, deadline=600), clock=fake_time.clock) as network:
        assert network.get(server.url).body == b"ok"
    assert fake_time.waits == [pytest.approx(30), pytest.approx(60)]


def test_a_wait_beyond_the_deadline_is_not_waited(serve, answered, fake_time) -> None:
    """A server that wants an hour is unavailable now, not in an hour."""
    server = serve(lambda request: answered("", status=429, headers={"Retry-After": "3600"}))
    with (
        Network(limits=Limits(rate=0), clock=fake_time.clock) as network,
        pytest.raises(SourceUnavailable, match=r"within the deadline .*slow down"),
    ):
        network.get(server.url)
    assert fake_time.waits == []


def test_a_breaker_opens_rests_and_tries_once() -> None:
    """After the failures nothing goes out; after the rest one does, and decides."""
    now = [0.0]
    breaker = Breaker(Clock(now=lambda: now[0]), threshold=2, rest=10)
    for _ in range(2):
        assert breaker.allows()
        breaker.record(success=False)
    assert not breaker.allows()
    now[0] = 11
    assert breaker.allows()
    assert not breaker.allows()
    breaker.record(success=True)
    assert breaker.allows()


def test_a_dead_host_is_left_alone(serve, answered, fake_time) -> None:
    """After failing again and again a host is not asked any more; another one still is."""
    dead = serve(lambda request: answered("", status=500))
    good = serve(lambda request: answered("ok"))
    with Network(
        limits=Limits(rate=0, attempts=4), clock=fake_time.clock, backoff=Backoff(chance=lambda: 0)
    ) as network:
        for _ in range(20):
            with pytest.raises(SourceUnavailable):
                network.get(dead.url)
        assert len(dead.requests) == 8
        assert network.get(good.url).body == b"ok"


def test_at_most_four_connections_whatever_the_threads(serve, answered) -> None:
    """Sixteen threads share four connections, which are kept."""
    at_once, most, lock = [0], [0], threading.Lock()

    def respond(request):
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        threading.Event().wait(0.005)
        with lock:
            at_once[0] -= 1
        return answered("x")

    server = serve(respond)
    with Network(limits=Limits(rate=0)) as network:
        threads = [
            threading.Thread(target=lambda: [network.get(server.url) for _ in range(5)])
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.requests) == 80
    assert most[0] <= 4
    assert len({r.connection for r in server.requests}) <= 4


@pytest.mark.parametrize("url", ["ftp://x/", "file:///etc/passwd", "javascript:1", "http:///x"])
def test_only_web_addresses_are_asked(url) -> None:
    """No other scheme is ever opened."""
    with Network() as network, pytest.raises(SourceUnavailable, match="not an http"):
        network.get(url)


def test_netrc_is_not_read(serve, answered, tmp_path, monkeypatch) -> None:
    """Passwords of other programs are not sent along."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    server = serve(lambda request: answered("x"))
    with Network() as network:
        network.get(server.url)
    assert "authorization" not in server.requests[0].headers


def test_compressed_floods_are_capped_by_what_comes_out(serve, answered) -> None:
    """A gzip bomb ends at the cap: it is counted after decompression."""
    bomb = gzip.compress(b"0" * (8 << 20))
    server = serve(lambda request: answered(bomb, headers={"Content-Encoding": "gzip"}))
    with (
        Network(limits=Limits(max_bytes=1 << 20)) as network,
        pytest.raises(SourceUnavailable, match="larger than"),
    ):
        network.get(server.url)


def test_a_short_body_is_no_answer(serve, answered, fake_time) -> None:
    """A body shorter than its Content-Length broke off, and is asked for again."""

    def short(out) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half")

    answers = iter([answered(stream=short), answered("whole")])
    server = serve(lambda request: next(answers))
    with Network(limits=Limits(rate=0), clock=fake_time.clock) as network:
        assert network.get(server.url).body == b"whole"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5.0), ("", None), (None, None), ("-3", None), ("٣", None), ("9" * 400, float("inf"))],
)
def test_retry_after_values(value, seconds) -> None:
    """Nonsense asks for nothing; an absurd number is for ever."""
    assert retry_after(value, 0.0) == seconds


def test_how_we_present_ourselves() -> None:
    """The contact is in brackets and cannot add headers; URLs are shown without secrets."""
    assert user_agent("x@y.org\r\nEvil: 1 (é)").endswith("(x@y.orgEvil: 1 )")
    assert "(" not in user_agent("")
    assert shown("https://u:p@h.org/a?b=c#d") == "https://h.org/a"

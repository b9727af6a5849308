"""Gathering: order, forms of ISBNs, and an end when someone interrupts."""

from __future__ import annotations

import _thread
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.errors import SourceUnavailable
from techproc.sources import Answer, Candidate, gather
from techproc.sources.conversion import convert
from techproc.sources.responses import Explanation, ScanTerm, SruResponse
from techproc.sources.sru_source import SruSource
from techproc.sources.targets import Target


class Fixed:
    """A source that gives one record for every ISBN."""

    def __init__(self, key: str, record) -> None:
        self.key = key
        self.record = record

    def by_isbn(self, isbns):
        return Answer(
            candidates={i: [Candidate(record=self.record, source=self.key)] for i in isbns}
        )


def test_candidates_stand_in_the_order_of_the_sources(made_book) -> None:
    """Whoever answers first; and any form of an ISBN finds its candidates."""
    sources = [Fixed(key, made_book(1)) for key in "cab"]
    gathered = gather(["0-306-40615-2", "9780306406157", "bad"], sources)
    assert list(gathered.candidates) == ["9780306406157"]
    assert [c.source for c in gathered.of("0306406152")] == ["c", "a", "b"]
    assert gathered.of("bad") == []
    assert [f.rule for f in gathered.findings] == ["sources.isbn-invalid"]


def test_an_interruption_ends_at_once_and_asks_nothing_more(
    serve, answered, network, made_isbn
) -> None:
    """Ctrl-C leaves a run of hundreds of batches while the first is under way."""
    begun = threading.Event()

    def slow(request):
        begun.set()
        time.sleep(0.3)
        return answered("<x/>")

    server = serve(slow)
    target = Target(key="slow", url=server.url, isbn="x", rate=0.0, batch=1, connections=1)
    source = SruSource(target, network)

    def interrupt() -> None:
        begun.wait(5)
        _thread.interrupt_main()

    threading.Thread(target=interrupt, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        gather([made_isbn(n) for n in range(200)], [source])
    assert time.monotonic() - began < 2
    time.sleep(0.7)
    assert len(server.requests) <= 3


@given(st.data())
def test_damaged_responses_are_read_or_refused_and_nothing_else(fixtures, data) -> None:
    """Any bytes cut, doubled or changed: a response, or SourceUnavailable; records convert."""
    names = ("search20_string.xml", "diagnostic5.xml", "explain.xml", "mods.xml")
    body = bytearray((fixtures / "sru" / data.draw(st.sampled_from(names))).read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
        if not body:
            break
    for parse in (SruResponse.parse, Explanation.parse, ScanTerm.parse_all):
        try:
            response = parse(bytes(body))
        except SourceUnavailable:
            continue
        for position, received in enumerate(getattr(response, "records", ()), 1):
            record, findings = convert(received, position, "fuzz")
            assert record is not None or findings

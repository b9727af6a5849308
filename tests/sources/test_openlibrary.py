"""Open Library against a loopback double written from its documentation.

The double wants a User-Agent with a contact, counts 180 requests a minute with a burst of 25,
answers JavaScript without format=json, leaves out keys that it does not hold, and redirects
/isbn/N.json to the edition on the same host.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from techproc.errors import SourceUnavailable
from techproc.sources.openlibrary import OpenLibrary, OpenLibrarySource
from techproc.sources.openlibrary_marc import record_from_edition
from techproc.sources.politeness import Backoff
from techproc.sources.transport import Limits, Network

EDITION = {
    "key": "/books/OL1M",
    "title": "The left hand of darkness",
    "subtitle": "a novel",
    "by_statement": "Ursula K. Le Guin.",
    "authors": [{"key": "/authors/OL31353A", "name": "Ursula K. Le Guin"}],
    "contributions": ["Smith, John (Translator)", "Illustrated by Mary Ann Evans"],
    "contributors": [{"role": "Editor", "name": "Ludwig van Beethoven"}],
    "publishers": ["Ace Books"],
    "publish_places": ["New York"],
    "publish_date": "July 1, 2000",
    "publish_country": "nyu",
    "languages": [{"key": "/languages/eng"}],
    "number_of_pages": 304,
    "physical_format": "Paperback",
    "physical_dimensions": "8 x 5.4 x 1 inches",
    "isbn_13": ["9780441007318"],
    "isbn_10": ["0441007317", "0441007318"],
    "lccn": ["00-12345"],
    "oclc_numbers": ["000044634567"],
    "lc_classifications": ["PS3562.E42 L44 2000"],
    "dewey_decimal_class": ["813/.54"],
    "series": ["Hainish cycle ; 4", "Ace science fiction"],
    "edition_name": "25th anniversary ed.",
    "table_of_contents": [{"level": 0, "label": "1", "title": "A parade"}, {"title": "Darkness"}],
    "description": {"type": "/type/text", "value": "A lone human emissary."},
    "notes": "First published 1969.",
    "ocaid": "lefthandofdarkne00legu",
    "created": {"type": "/type/datetime", "value": "2008-04-01T03:28:50.625462"},
}
DATA = {
    "title": "The left hand of darkness",
    "authors": [{"name": "Ursula K. Le Guin", "url": "https://openlibrary.org/authors/OL31353A"}],
    "subjects": [{"name": "Science fiction."}, {"name": "Gender"}],
}
MARC = """\
=LDR  00000nam a22000003i 4500
=001  OL1M
=008  080401s2000\\\\\\\\nyu\\\\\\\\\\\\\\\\\\\\\\|||\\||eng\\d
=010  \\\\$a   00012345#
=020  \\\\$a9780441007318$qpaperback
=020  \\\\$z0441007318$qpaperback
=035  \\\\$a(OpenLibrary)OL1M
=035  \\\\$a(OCoLC)44634567
=040  \\\\$aOpenLibrary$cOpenLibrary
=050  \\4$aPS3562.E42$bL44 2000
=082  04$a813/.54
=100  1\\$aLe Guin, Ursula K.,$eauthor$4aut$1https://openlibrary.org/authors/OL31353A
=245  14$aThe left hand of darkness :$ba novel /$cUrsula K. Le Guin.
=250  \\\\$a25th anniversary ed.
=264  \\1$aNew York :$bAce Books,$c2000.
=300  \\\\$a304 pages ;$c21 cm
=336  \\\\$atext$btxt$2rdacontent
=337  \\\\$aunmediated$bn$2rdamedia
=338  \\\\$avolume$bnc$2rdacarrier
=490  0\\$aHainish cycle ;$v4
=490  0\\$aAce science fiction
=500  \\\\$aFirst published 1969.
=505  0\\$a1 A parade -- Darkness.
=520  \\\\$aA lone human emissary.
=653  \\\\$aScience fiction
=653  \\\\$aGender
=700  1\\$aBeethoven, Ludwig van,$eeditor$4edt
=700  1\\$aSmith, John,$etranslator$4trl
=700  1\\$aEvans, Mary Ann,$eillustrator$4ill
=856  42$3Internet Archive$uhttps://archive.org/details/lefthandofdarkne00legu
"""


class Double:
    """What the documentation says Open Library does."""

    def __init__(self, answered, now) -> None:
        self.answered = answered
        self.now = now
        self.editions = {"9780441007318": EDITION, "0441007317": EDITION}
        self.times: list[float] = []
        self.limited = 0

    def __call__(self, request):
        if "(" not in request.headers.get("user-agent", ""):
            return self.answered("Forbidden", status=403)
        self.times = [t for t in self.times if t > self.now() - 60]
        recent = [t for t in self.times if t > self.now() - 1]
        if len(self.times) >= 180 or len(recent) >= 28:  # burst of 25 and three a second
            self.limited += 1
            return self.answered("slow down", status=429, headers={"Retry-After": "2"})
        self.times.append(self.now())
        return self.books(request) if request.path == "/api/books" else self.document(request)

    def document(self, request):
        documents = {"/works/OL1W.json": {"key": "/works/OL1W"}, "/books/OL1M.json": EDITION}
        documents["/authors/OL31353A.json"] = {"name": "Ursula K. Le Guin"}
        documents["/works/OL2W.json"] = {
            "type": {"key": "/type/redirect"}, "location": "/works/OL1W",
        }  # fmt: skip
        documents["/works/OL3W.json"] = {"type": {"key": "/type/delete"}}
        documents["/works/OL4W.json"] = documents["/works/OL2W.json"] | {"location": "/works/OL4W"}
        documents["/search.json"] = {"numFound": 1, "docs": [{"key": "/works/OL1W"}]}
        isbn = re.fullmatch(r"/isbn/([0-9X]+)\.json", request.path)
        if isbn and isbn[1] in self.editions:
            return self.answered("", status=302, headers={"Location": "/books/OL1M.json"})
        if request.path in documents:
            return self.json(documents[request.path])
        return self.answered("<html>not found</html>", status=404)

    def books(self, request):
        if request.query.get("format") != "json":
            return self.answered("var _OLBookInfo = {};")
        keys = request.query["bibkeys"].split(",")
        assert len(keys) <= 25
        detail = request.query["jscmd"]
        held = {}
        for key in keys:
            edition = self.editions.get(key.removeprefix("ISBN:"))
            if edition is not None:
                held[key] = DATA if detail == "data" else {"bib_key": key, "details": edition}
        return self.json(held)

    def json(self, value):
        return self.answered(json.dumps(value), headers={"Content-Type": "application/json"})


@pytest.fixture
def double(serve, answered, fake_time):
    """The double, its URL, and a network with a contact over a clock that costs nothing."""
    made = Double(answered, lambda: fake_time.time)
    server = serve(made)
    with Network(
        "https://library.example.org", clock=fake_time.clock, backoff=Backoff(chance=lambda: 1)
    ) as network:
        yield made, server, network


def test_an_edition_becomes_a_record_a_cataloguer_would_take(double) -> None:
    """Every element of the edition stands where MARC 21 has it, punctuated by ISBD."""
    _, server, network = double
    source = OpenLibrarySource(network, url=server.url)
    answer = source.by_isbn(["9780441007318", "9780306406157"])
    assert answer.candidates["9780306406157"] == []
    (candidate,) = answer.candidates["9780441007318"]
    assert str(candidate.record) == MARC.replace("45#", "45 ")
    about, *told = candidate.findings
    assert about.rule == "sources.made-from-json"
    assert [f.path for f in told] == [
        "publish_date",  # the day and the month
        "physical_dimensions",  # all but the height
        "data.authors[0].url",
    ]


def test_three_hundred_isbns_take_few_requests_and_no_refusal(double, made_isbn, fake_time) -> None:
    """Batches of 25 stay within 180 a minute; what is absent is a confirmed miss."""
    made, server, network = double
    wanted = [made_isbn(n) for n in range(300)]
    made.editions = {isbn: EDITION | {"isbn_13": [isbn], "isbn_10": []} for isbn in wanted[:150]}
    answer = OpenLibrarySource(network, url=server.url).by_isbn(wanted)
    assert len(server.requests) == 12 + 6
    assert made.limited == 0
    assert sum(map(len, answer.candidates.values())) == 150
    assert not answer.unanswered


def test_many_single_requests_keep_the_pace(double, fake_time) -> None:
    """Two hundred documents one by one never exceed the limit, so none is refused."""
    made, server, network = double
    client = OpenLibrary(network, url=server.url)
    began = fake_time.time
    for _ in range(200):
        assert client.document("OL1W") == {"key": "/works/OL1W"}
    assert made.limited == 0
    assert fake_time.time - began >= (200 - 25) / 2.5 - 1


def test_a_429_is_waited_out_as_asked(double, fake_time) -> None:
    """Retry-After is obeyed to the second, then the answer comes."""
    made, server, network = double
    made.times = [fake_time.time] * 180
    made.now = lambda: fake_time.time
    client = OpenLibrary(network, url=server.url)
    client.limits = replace(client.limits, attempts=40, deadline=600)
    assert client.edition("9780441007318")["title"] == EDITION["title"]
    assert fake_time.waits[0] == pytest.approx(2.0)
    assert made.limited >= 1


def test_without_a_contact_the_source_is_unavailable(double) -> None:
    """A 403 for strangers is a reason, not a miss."""
    _, server, _ = double
    with Network("", limits=Limits(rate=0)) as network:
        answer = OpenLibrarySource(network, url=server.url).by_isbn(["9780441007318"])
    assert "want a contact" in answer.unavailable
    assert answer.candidates == {}


def test_documents_of_every_kind(double) -> None:
    """Editions by ISBN (over a redirect), works, authors and search; None for what is not held."""
    _, server, network = double
    client = OpenLibrary(network, url=server.url)
    assert client.edition("0441007317")["key"] == "/books/OL1M"
    assert client.document("/authors/OL31353A")["name"] == "Ursula K. Le Guin"
    assert client.document("OL999W") is None
    assert client.document("OL2W") == {"key": "/works/OL1W"}  # merged into another
    assert client.document("OL3W") is None  # deleted
    with pytest.raises(SourceUnavailable, match="in circles"):
        client.document("OL4W")
    assert client.search(title="darkness")[0]["key"] == "/works/OL1W"
    with pytest.raises(SourceUnavailable, match="not a key"):
        client.document("../admin")


@pytest.mark.parametrize("body", ["var _OLBookInfo = {};", "[]", "[" * 100_000, ""])
def test_answers_that_are_not_as_documented_are_no_misses(serve, answered, network, body) -> None:
    """JavaScript, lists, absurd nesting and nothing leave the ISBN unanswered."""
    server = serve(lambda request: answered(body))
    answer = OpenLibrarySource(network, url=server.url).by_isbn(["9780441007318"])
    assert answer.unanswered == {"9780441007318"}
    assert answer.unavailable


def test_strange_values_never_break_a_record(serve, answered, network) -> None:
    """Numbers for strings, strings for lists and nulls are left out, the rest is kept."""
    edition = {
        "title": "T", "isbn_13": ["9780441007318"], "authors": "x", "publishers": [None, 3],
        "languages": [{}], "subjects": {"a": 1}, "created": "yesterday", "series": "s",
        "table_of_contents": ["x"], "physical_dimensions": "a x b", "ocaid": "../x",
    }  # fmt: skip
    server = serve(
        lambda request: answered(json.dumps({"ISBN:9780441007318": {"details": edition}}))
    )
    answer = OpenLibrarySource(network, url=server.url).by_isbn(["9780441007318"])
    record = answer.candidates["9780441007318"][0].record
    assert str(record["245"]) == "=245  00$aT."
    assert len(record["008"].data) == 40
    assert not record.get_fields("856", "490", "653")
    told = answer.candidates["9780441007318"][0].findings[1:]
    assert [(f.path, f.message.rpartition(": ")[2]) for f in told] == [
        ("authors", "'x'"),
        ("subjects.a", "'1'"),
        ("created", "'yesterday'"),
        ("series", "'s'"),
        ("physical_dimensions", "'a x b'"),
        ("ocaid", "'../x'"),
    ]


def test_repeated_classes_titles_and_links_are_all_carried() -> None:
    """A second Dewey number, LC number and title of the work; the work, links, identifiers."""
    record, findings = record_from_edition(
        {
            "title": "T", "key": "/books/OL1M", "dewey_decimal_class": ["813.54", "823"],
            "lc_classifications": ["PS1 .A1", "PZ4"], "work_titles": ["One", "Two"],
            "works": [{"key": "/works/OL2W"}], "links": [{"title": "A", "url": "http://a.org"}],
            "identifiers": {"goodreads": ["12"]}, "genres": ["Fiction."], "type": {"key": "x"},
            "revision": 3, "subject_place": ["Paris"], "translated_from": [{"key": "/languages/fre"}],
            "last_modified": {"type": "/type/datetime", "value": "2010-04-01T03:28:50.625462"},
        },
        {},
    )  # fmt: skip
    assert [f["a"] for f in record.get_fields("082")] == ["813.54", "823"]
    assert len(record.get_fields("050")) == 2
    assert (record["240"]["a"], record["730"]["a"]) == ("One.", "Two.")
    assert record["758"]["1"] == "https://openlibrary.org/works/OL2W"
    assert str(record["856"]) == "=856  42$3A$uhttp://a.org"
    assert str(record["024"]) == r"=024  8\$a12$qgoodreads"
    assert {str(f) for f in record.get_fields("653")} == {r"=653  \6$aFiction.", r"=653  \5$aParis"}
    assert str(record["041"]) == r"=041  1\$hfre"
    assert record["005"].data == "20100401032850.6"
    assert [f.rule for f in findings] == ["sources.made-from-json"]

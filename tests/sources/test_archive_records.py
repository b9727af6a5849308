"""The library records behind Open Library's editions, from a double of the Internet Archive.

The double sends every download on to a data node under another name of its own domain, serves
ranges of a catalogue's file, and the MARC of a scanned book.
"""

from __future__ import annotations

import json
import re
import socket

import pytest
from pymarc import Field, Indicators, Record, Subfield

from techproc.marc.marcxml import to_xml
from techproc.sources.archive_records import Place, places
from techproc.sources.cache import AnswerStore, Cached
from techproc.sources.openlibrary import OpenLibrarySource

ISBN = "9780441007318"
FILE = "marc_loc_2016/BooksAll.2016.part25.utf8"


def library_record(control: str, isbn: str = ISBN) -> Record:
    """Return a record as a library would have it, with a heading and letters beyond ASCII."""
    record = Record()
    blank = Indicators(" ", " ")
    record.add_field(Field("001", data=control))
    record.add_field(Field("020", blank, [Subfield("a", isbn)]))
    record.add_field(Field("245", Indicators("1", "4"), [Subfield("a", "The left hand — Łódź.")]))
    record.add_field(Field("650", Indicators(" ", "0"), [Subfield("a", "Gender identity.")]))
    record.leader = type(record.leader)("00000cam a2200000 a 4500")
    return record


class Both:
    """Open Library and the Archive on one port; `down` is the status of a dead Archive."""

    def __init__(self, answered, edition: dict) -> None:
        self.answered, self.edition = answered, edition
        self.down = 0
        self.node = "node7.localhost"
        self.files: dict[str, bytes] = {}
        self.ranged = True
        self.asked: list[str] = []

    def __call__(self, request):
        if request.path == "/api/books":
            details = {"details": {"title": "T", "isbn_13": [ISBN], **self.edition}}
            data = {"subjects": [{"name": "Work term"}]}
            held = details if request.query["jscmd"] == "details" else data
            body = {f"ISBN:{ISBN}": held} if ISBN in request.query["bibkeys"] else {}
            return self.answered(json.dumps(body))
        self.asked.append(request.headers["host"].partition(":")[0] + request.path)
        if self.down:
            return self.answered("", status=self.down)
        if request.path.startswith("/download/"):
            port = request.headers["host"].rpartition(":")[2]
            place = f"http://{self.node}:{port}/0/items/{request.path.removeprefix('/download/')}"
            return self.answered("", status=302, headers={"Location": place})
        body = self.files.get(request.path.removeprefix("/0/items/"))
        if body is None:
            return self.answered("gone", status=404)
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", ""))
        if span and self.ranged:
            return self.answered(body[int(span[1]) : int(span[2]) + 1], status=206)
        return self.answered(body)


@pytest.fixture
def both(serve, answered, network, monkeypatch):
    """Return a function that gives the double and a source that asks it, for an edition."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more)
    )

    def make(edition: dict):
        double = Both(answered, edition)
        url = serve(double).url.replace("127.0.0.1", "localhost")
        return double, OpenLibrarySource(network, url=url, archive=url)

    return make


def test_a_record_within_a_catalogues_file_is_fetched_by_its_bytes(both) -> None:
    """One request for exactly its bytes; the library's record stands before the made one."""
    before, wanted = library_record("other", "9780306406157").as_marc(), library_record("loc1")
    raw = wanted.as_marc()
    double, source = both({"source_records": [f"marc:{FILE}:{len(before)}:{len(raw)}"]})
    double.files[FILE] = before + raw + before
    answer = source.by_isbn([ISBN])
    library, made = answer.candidates[ISBN]
    assert [str(f) for f in library.record.fields] == [str(f) for f in wanted.fields]
    assert "sources.openlibrary-marc" in [f.rule for f in library.findings]
    assert made.record["040"]["a"] == "OpenLibrary"
    assert double.asked == [f"localhost/download/{FILE}", f"node7.localhost/0/items/{FILE}"]
    assert not answer.unavailable


def test_the_record_of_a_scanned_book_comes_as_xml_or_else_in_binary(both) -> None:
    """ITEM_marc.xml first, ITEM_meta.mrc where that is not there."""
    double, source = both({"source_records": ["ia:lefthand00legu"]})
    double.files["lefthand00legu/lefthand00legu_meta.mrc"] = library_record("bin").as_marc()
    assert source.by_isbn([ISBN]).candidates[ISBN][0].record["001"].data == "bin"
    double.files["lefthand00legu/lefthand00legu_marc.xml"] = to_xml(library_record("xml")).encode()
    assert source.by_isbn([ISBN]).candidates[ISBN][0].record["001"].data == "xml"


def test_what_is_gone_and_what_is_another_book_leave_the_made_record(both) -> None:
    """A 404 is no failure, and a record of another ISBN no candidate."""
    double, source = both({"source_records": ["ia:gone", "ia:other"]})
    other = library_record("x", "9780306406157")
    double.files["other/other_marc.xml"] = to_xml(other).encode()
    answer = source.by_isbn([ISBN])
    assert [c.record["001"].data for c in answer.candidates[ISBN] if "001" in c.record] == []
    assert len(answer.candidates[ISBN]) == 1
    assert "sources.isbn-not-claimed" in [f.rule for f in answer.findings]


def test_an_archive_that_is_down_costs_its_records_alone_and_is_not_kept(both, tmp_path) -> None:
    """The made record is there, the failure is said, and the answer is asked anew next time."""
    double, source = both({"source_records": ["ia:lefthand00legu"]})
    double.down = 503
    with AnswerStore(tmp_path / "answers.sqlite") as store:
        answer = Cached(source, store).by_isbn([ISBN])
        assert len(answer.candidates[ISBN]) == 1
        assert "503" in answer.unavailable
        assert store.look_up(source.identity, [ISBN], "x").unanswered == {ISBN}


@pytest.mark.parametrize("node", ["evil-localhost", "localhost.example.org", "127.0.0.1"])
def test_a_redirect_out_of_the_archive_is_not_followed(both, node) -> None:
    """Only hosts below the Archive's own name are data nodes."""
    double, source = both({"source_records": ["ia:x"]})
    double.node = node
    answer = source.by_isbn([ISBN])
    assert "not its own" in answer.unavailable
    assert double.asked == ["localhost/download/x/x_marc.xml"]


def test_a_server_that_ignores_the_range_is_not_believed(both) -> None:
    """The first bytes of a whole file are another record."""
    double, source = both({"source_records": [f"marc:{FILE}:300:200"]})
    double.files[FILE] = library_record("first").as_marc() * 3
    double.ranged = False
    answer = source.by_isbn([ISBN])
    assert "other bytes" in answer.unavailable
    assert len(answer.candidates[ISBN]) == 1


def test_the_library_of_congress_comes_first_and_nonsense_is_no_place() -> None:
    """At most two places; paths that climb, empty lengths and other sources are none."""
    named = ["ia:a", "ia:../b", "marc:x/../y:1:100", "marc:x/y:1:0", "amazon:1", 7, "marc:y:1:100",
             f"marc:{FILE}:5:900", "ia:c"]  # fmt: skip
    found = places({"source_records": named})
    assert found == (Place((FILE,), 5, 900), Place(("a/a_marc.xml", "a/a_meta.mrc")))
    assert places({"source_records": "ia:a"}) == ()


def test_subjects_out_of_a_librarys_record_are_headings(both) -> None:
    """650 of an unknown vocabulary with subdivisions; terms of the work stay uncontrolled."""
    double, source = both({"source_records": ["ia:x"], "subjects": ["Sex role -- Fiction."]})
    record = source.by_isbn([ISBN]).candidates[ISBN][0].record
    assert str(record["650"]) == r"=650  \4$aSex role$xFiction."
    double.edition = {"source_records": ["ia:x"]}
    record = source.by_isbn([ISBN]).candidates[ISBN][0].record
    assert [str(f) for f in record.get_fields("650", "653")] == [r"=653  \\$aWork term"]

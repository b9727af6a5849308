"""The SRU client: versions, paging limits, batches refused, fewer records asked for."""

from __future__ import annotations

import re

import pytest

from techproc.sources.sru import Refused, SruClient
from techproc.sources.sru_source import SruSource
from techproc.sources.targets import Target


def target(url: str, **more) -> Target:
    return Target(**{"key": "t", "url": url, "rate": 0.0, "isbn": "bath.isbn", "page": 10} | more)


def result(count: int, records: str = "") -> str:
    return (
        f"<searchRetrieveResponse><numberOfRecords>{count}</numberOfRecords>"
        f"<records>{records}</records></searchRetrieveResponse>"
    )


def refused(code: int, count: int = 0) -> str:
    return (
        f"<searchRetrieveResponse><numberOfRecords>{count}</numberOfRecords><diagnostics>"
        f"<diagnostic><uri>info:srw/diagnostic/1/{code}</uri></diagnostic></diagnostics>"
        "</searchRetrieveResponse>"
    )


def marc(isbn: str, more: str = "") -> str:
    return (
        "<record><recordData><record><leader>00000nam a2200000 i 4500</leader>"
        f'<controlfield tag="001">c{isbn}</controlfield><datafield tag="020">'
        f'<subfield code="a">{isbn}</subfield></datafield>{more}</record></recordData></record>'
    )


def test_the_version_is_negotiated_once(serve, answered, network, fixtures) -> None:
    """Diagnostic 5 names the version spoken; it is used at once and remembered."""
    refusal = (fixtures / "sru/diagnostic5.xml").read_bytes()

    def respond(request):
        if request.query.get("version") != "1.1":
            return answered(refusal)
        return answered(result(0))

    server = serve(respond)
    client = SruClient(target(server.url, version="2.0"), network)
    assert client.search("x").count == 0
    client.search("y")
    assert [r.query.get("version") for r in server.requests] == [None, "1.1", "1.1"]
    assert "operation" not in server.requests[0].query


def test_a_server_that_refuses_every_version_is_not_asked_for_ever(
    serve, answered, network
) -> None:
    """Three versions at most are tried."""
    server = serve(lambda request: answered(refused(5)))
    with pytest.raises(Refused):
        SruClient(target(server.url, version="2.0"), network).search("x")
    assert len(server.requests) <= 3


EXPLAIN = (
    "<explainResponse><record><recordData><explain><schemaInfo><schema name='dc'/>"
    "<schema name='mods36'/></schemaInfo></explain></recordData></record></explainResponse>"
)


@pytest.mark.parametrize(
    ("explains", "asked"),
    [
        (True, ["marcxml", None, "mods36", "mods36"]),
        (False, ["marcxml", None, "marc21", None, "marcxchange", None, "unimarc", None, "mods",
                 "mods"]),
    ],
)  # fmt: skip
def test_the_schema_is_negotiated_once(serve, answered, network, explains, asked) -> None:
    """After diagnostic 66 the best schema that explain names is taken, else the usual ones."""

    def respond(request):
        if "query" not in request.query:
            return answered(EXPLAIN if explains else "<html/>")
        good = request.query["recordSchema"].startswith("mods")
        return answered(result(0) if good else refused(66))

    server = serve(respond)
    client = SruClient(target(server.url), network)
    assert client.search("x").count == 0
    client.search("y")
    assert [r.query.get("recordSchema") for r in server.requests] == asked


def test_a_server_without_any_schema_is_refused(serve, answered, network) -> None:
    """Every schema is tried once, not for ever."""
    server = serve(lambda request: answered(refused(66) if request.query else "<html/>"))
    with pytest.raises(Refused):
        SruClient(target(server.url), network).search("x")
    assert len(server.requests) < 20


def test_parameters_of_each_version(serve, answered, network) -> None:
    """1.x says operation, version and recordPacking; 2.0 says recordXMLEscaping instead."""
    server = serve(lambda request: answered(result(0)))
    SruClient(target(server.url, version="1.2"), network, packing="string").search("x", start=4)
    SruClient(target(server.url, version="2.0"), network).search("x")
    old, new = (r.query for r in server.requests)
    assert old == {
        "version": "1.2", "operation": "searchRetrieve", "query": "x", "startRecord": "4",
        "maximumRecords": "10", "recordSchema": "marcxml", "recordPacking": "string",
    }  # fmt: skip
    assert new == {
        "query": "x", "startRecord": "1", "maximumRecords": "10", "recordSchema": "marcxml",
        "recordXMLEscaping": "xml",
    }  # fmt: skip


def test_fewer_records_are_asked_for_when_so_many_are_refused(
    serve, answered, network, made_isbn
) -> None:
    """A page of 100 refused with diagnostic 6 becomes pages of 10, and every record comes."""

    def respond(request):
        start, size = (int(request.query[k]) for k in ("startRecord", "maximumRecords"))
        if size > 10:
            return answered(refused(6))
        numbers = range(start, min(start + size, 36))
        return answered(result(35, "".join(marc(made_isbn(n)) for n in numbers)))

    client = SruClient(target(serve(respond).url, page=100), network)
    pages = list(client.pages("x"))
    assert [p.start for p in pages] == [1, 11, 21, 31]
    assert sum(len(p.records) for p in pages) == 35


def test_a_limit_is_kept(serve, answered, network, made_isbn) -> None:
    """No more records than asked for, even from a server that sends more."""
    server = serve(
        lambda request: answered(result(50, "".join(marc(made_isbn(n)) for n in range(25))))
    )
    pages = list(SruClient(target(server.url), network).pages("x", limit=7))
    assert [len(p.records) for p in pages] == [7]


def test_a_refused_batch_is_asked_one_by_one_once(serve, answered, network, made_isbn) -> None:
    """Diagnostic 38 (too many operators) leads to single questions, and batches end there."""

    def respond(request):
        query = request.query["query"]
        wanted = re.findall(r"97[0-9]{11}", query)
        if len(wanted) > 1:
            return answered(refused(38))
        return answered(result(1, marc(wanted[0])))

    server = serve(respond)
    wanted = [made_isbn(n) for n in range(40)]
    source = SruSource(target(server.url, batch=20, connections=1), network)
    answer = source.by_isbn(wanted)
    assert all(len(answer.candidates[isbn]) == 1 for isbn in wanted)
    assert {f.rule for f in answer.findings} == {"sources.batch-refused"}
    assert len(server.requests) == 2 + 40


def test_a_batch_is_attributed_by_both_forms_of_an_isbn(serve, answered, network) -> None:
    """Records with ten digits and with thirteen both answer; 020 $z is only a cancelled claim."""
    other = '<datafield tag="020"><subfield code="z">9780140449136</subfield></datafield>'
    records = marc("0306406152 (pbk.)", other) + marc("978-0-14-044926-6")
    server = serve(lambda request: answered(result(2, records)))
    wanted = ["9780306406157", "9780140449266", "9780140449136", "9780441007318"]
    answer = SruSource(target(server.url), network).by_isbn(wanted)
    assert {isbn: [c.claim for c in found] for isbn, found in answer.candidates.items()} == {
        "9780306406157": ["valid"],
        "9780140449266": ["valid"],
        "9780140449136": ["cancelled"],
        "9780441007318": [],
    }
    query = server.requests[0].query["query"]
    assert "bath.isbn = 9780306406157 or bath.isbn = 0306406152" in query


def test_passwords_go_out_and_are_never_shown(serve, answered, network, monkeypatch) -> None:
    """The account of a target is sent to it, and stands in no message."""
    monkeypatch.setenv("MADE_PASSWORD", "s3cret")
    server = serve(lambda request: answered("", status=401))
    account = target(server.url, username="me", password_env="MADE_PASSWORD")
    answer = SruSource(account, network).by_isbn(["9780306406157"])
    assert server.requests[0].headers["authorization"] == "Basic bWU6czNjcmV0"
    assert "s3cret" not in answer.unavailable
    assert "401" in answer.unavailable

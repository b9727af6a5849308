"""The client against servers that no one here wrote: Zebra and YAZ's test server."""

from __future__ import annotations

import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymarc import Record

from techproc import marc
from techproc.errors import SourceUnavailable
from techproc.sources.checking import check_target
from techproc.sources.conversion import convert
from techproc.sources.cql import clause
from techproc.sources.identity import claims
from techproc.sources.sru import Refused, SruClient
from techproc.sources.sru_source import SruSource
from techproc.sources.targets import Target
from techproc.sources.transport import Limits, Network

pytestmark = pytest.mark.slow

RECORDS = 2400


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(tools: Path, records: list[Record], folder: Path) -> Iterator[str]:
    """Serve records by Zebra; yield the address."""
    missing = [p for p in ("zebraidx", "zebrasrv", "yaz-marcdump") if shutil.which(p) is None]
    if missing or not (tools / "start.sh").is_file():
        pytest.skip("Zebra (Debian: idzebra-2.0, yaz) or its start script is not here")
    marc.write(records, folder / "books.mrc")
    port = free_port()
    script = str(tools / "start.sh")
    subprocess.run(
        ["bash", script, str(folder / "books.mrc"), str(port), str(folder / "index")],
        check=True,
        capture_output=True,
        timeout=150,
    )
    yield f"http://127.0.0.1:{port}/Default"
    subprocess.run(
        ["bash", str(tools / "stop.sh"), str(port)], check=True, capture_output=True, timeout=30
    )


def first_records(path: Path, count: int) -> list[Record]:
    """Return the first records of a file that have control numbers of their own."""
    read = marc.read(path)
    held: dict[str, Record] = {}
    for item in read:
        if isinstance(item, marc.Loaded) and "001" in item.record:
            control = item.record["001"].data.strip()
            if control and not item.findings:
                held.setdefault(control, item.record)
        if len(held) == count:
            break
    read.close()
    return list(held.values())


@pytest.fixture(scope="module")
def zebra(shared_data, tmp_path_factory) -> Iterator[tuple[Target, dict[str, set[str]], set[str]]]:
    """Zebra over Library of Congress records: its target, who claims which ISBN, all controls."""
    records = first_records(shared_data / "marc/lc-books-2016-dev.mrc.xz", RECORDS)
    held: dict[str, set[str]] = {}
    for record in records:
        for isbn, claim in claims(record).items():
            if claim == "valid":
                held.setdefault(isbn, set()).add(record["001"].data.strip())
    tools = shared_data.parent / "tools" / "zebra"
    with serving(tools, records, tmp_path_factory.mktemp("zebra")) as url:
        target = Target(key="zebra", url=url, isbn="bath.isbn", rate=0.0, canary=min(held))
        yield target, held, {record["001"].data.strip() for record in records}


@pytest.fixture(scope="module")
def mixed(shared_data, tmp_path_factory) -> Iterator[tuple[Target, dict[str, Record]]]:
    """Zebra over books, serials, maps and music of many libraries, and what it was given."""
    records = first_records(shared_data / "marc/mixed-utf8.mrc.xz", RECORDS)
    tools = shared_data.parent / "tools" / "zebra"
    with serving(tools, records, tmp_path_factory.mktemp("mixed")) as url:
        yield (
            Target(key="mixed", url=url, rate=0.0),
            {record["001"].data.strip(): record for record in records},
        )


@pytest.fixture(scope="module")
def ztest(tmp_path_factory) -> Iterator[str]:
    """YAZ's test server, which makes up results of a few records."""
    if shutil.which("yaz-ztest") is None:
        pytest.skip("yaz-ztest (Debian: yaz) is not here")
    port = free_port()
    log = Path(tmp_path_factory.mktemp("ztest")) / "log"
    server = subprocess.Popen(
        ["yaz-ztest", "-S", "-l", str(log), f"tcp:127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(50):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}/Default"
    server.kill()  # with a connection open it may take a request to stop for another one
    server.wait()


@pytest.fixture
def open_network() -> Iterator[Network]:
    with Network(limits=Limits(rate=0)) as network:
        yield network


@pytest.mark.parametrize(
    ("size", "version", "packing"),
    [
        (10, "1.2", "xml"),
        (50, "1.1", "xml"),
        (50, "1.2", "string"),
        (500, "1.1", "string"),
        (500, "2.0", "xml"),
    ],
)
def test_every_record_of_a_large_result_comes_exactly_once(
    zebra, open_network, size, version, packing
) -> None:
    """Over 2,000 hits, at three page sizes, in every version: each control number once."""
    target, _, controls = zebra
    client = SruClient(target, open_network, packing=packing)
    client.version = version
    received = []
    for page in client.pages("cql.allRecords=1", size=size):
        assert page.findings == ()
        for position, item in enumerate(page.records, page.start):
            record, _ = convert(item, position, "zebra")
            received.append(record["001"].data.strip())
    assert len(received) == RECORDS
    assert set(received) == controls


@pytest.mark.parametrize("size", [10, 50, 500])
def test_records_of_many_libraries_come_once_and_as_they_are(mixed, open_network, size) -> None:
    """Over 2,000 hits: each control number once, with the fields that the server was given."""
    target, given = mixed
    received = {}
    for page in SruClient(target, open_network).pages("cql.allRecords=1", size=size):
        assert page.findings == ()
        for position, item in enumerate(page.records, page.start):
            record, findings = convert(item, position, "mixed")
            control = record["001"].data.strip()
            assert control not in received
            received[control] = [f.rule for f in findings]
            if not {"sources.converted-unimarc", "sources.bad-subfield"} & set(received[control]):
                assert [f.tag for f in record.fields] == [f.tag for f in given[control].fields]
    assert received.keys() == given.keys()


@pytest.mark.parametrize("batch", [1, 25])
def test_every_isbn_is_answered_by_its_records_and_no_others(zebra, open_network, batch) -> None:
    """Four hundred ISBNs, singly and OR-ed, held and not held, are attributed rightly."""
    target, held, _ = zebra
    drawn = random.Random(11).sample(sorted(held), 350)
    wanted = drawn + [f"{isbn}" for isbn in ("9789999999991", "9780000000002")]
    answer = SruSource(target, open_network, batch=batch).by_isbn(wanted)
    assert not answer.unavailable
    for isbn in wanted:
        valid = [c for c in answer.candidates[isbn] if c.claim == "valid"]
        assert {c.record["001"].data.strip() for c in valid} == held.get(isbn, set()), isbn


def test_a_check_of_a_real_server_passes(zebra, open_network) -> None:
    """Explain, canary, nonsense index and nonsense ISBN are all as they should be."""
    check = check_target(zebra[0], open_network)
    assert [(s.name, s.passed) for s in check.steps] == [
        ("reach", True), ("canary", True), ("nonsense index", True), ("nonsense ISBN", True),
    ]  # fmt: skip


def test_scan_explain_and_refusals_of_a_real_server(zebra, open_network) -> None:
    """Scan gives terms with counts; nonsense is refused with its diagnostic."""
    client = SruClient(zebra[0], open_network)
    assert "bath.isbn" in client.explain().indexes
    terms = client.scan(clause("dc.title", "history"), size=5)
    assert len(terms) == 5
    assert all(term.count for term in terms)
    with pytest.raises(Refused) as refusal:
        client.search("nosuch.index=1")
    assert refusal.value.has(15, 16)


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
def test_the_test_server_of_yaz_is_read_to_the_end(ztest, open_network, version) -> None:
    """Every record of its made-up results comes, at any page size, in any version."""
    target = Target(key="ztest", url=ztest, version=version, schema="", rate=0.0)
    client = SruClient(target, open_network)
    for term in ("computer", "art", "world"):
        try:
            count = client.search(term, size=1).count
        except SourceUnavailable as error:  # it makes failures up as well
            pytest.skip(f"the test server refused: {error}")
        for size in (1, 4, 50):
            pages = list(client.pages(term, size=size))
            assert sum(len(page.records) for page in pages) == count
            assert not [f for page in pages for f in page.findings]

"""SRU and Open Library look-ups: techproc beside sruthi, srupy and isbnlib on loopback servers.

    python benchmarks/sources.py [--records 20000] [--isbns 600] [--page 3000] [--peers FOLDER]
    python benchmarks/sources.py --url http://127.0.0.1:9999/Default --file books.mrc

Starts Zebra (Debian: idzebra-2.0, yaz) over Library of Congress records by the script beside the
data (../shared/tools/zebra), unless --url names a server that is running and --file what it holds.
Three questions: ISBNs a second (one by one and in batches, answers checked against the file), the
records of one large result (how many came, how many of them distinct), and Open Library against a
double that takes 5 ms for an answer. Seconds are of the clock, since the server works too; the CPU
time of the client stands beside. --peers installs sruthi and srupy into a folder of their own, once; a
peer that is not importable is left out, and said so.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from techproc import marc
from techproc.identifiers.isbn import isbn10
from techproc.sources.conversion import convert
from techproc.sources.identity import claims
from techproc.sources.openlibrary import OpenLibrarySource
from techproc.sources.sru import SruClient
from techproc.sources.sru_source import SruSource
from techproc.sources.targets import Target
from techproc.sources.transport import Limits, Network

SHARED = Path(__file__).parents[2] / "shared"
ALL = "cql.allRecords=1"
PEERS = ("sruthi", "srupy")


def peer(name: str) -> Any:
    """Return a peer's module, or None with a line that says so."""
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"  {name} is not installed: left out")
        return None


def install_peers(folder: Path) -> None:
    """Let the peers be imported from a folder, where pip puts them at the first time."""
    if not folder.exists():
        command = [sys.executable, "-m", "pip", "install", "-q", "--target", str(folder), *PEERS]
        subprocess.run(command, check=True)
    sys.path.append(str(folder))  # last: what both need is ours


def measured(name: str, work: Callable[[], tuple[int, str]], base: float | None = None) -> float:
    """Run `work`, which returns (things done, remark), print a line, return things a second."""
    wall, cpu = time.perf_counter(), time.process_time()
    count, remark = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    pace = count / wall
    ratio = f"{pace / base:7.2f} x" if base else " " * 9
    print(f"  {name:34} {pace:8.0f}/s {ratio}  client CPU {cpu:6.2f} s  {remark}")
    return pace


def held_in(path: Path) -> dict[str, set[str]]:
    """Return which control numbers claim which ISBN."""
    held: dict[str, set[str]] = {}
    for item in marc.read(path):
        if isinstance(item, marc.Loaded):
            for isbn, claim in claims(item.record).items():
                if claim == "valid":
                    held.setdefault(isbn, set()).add(item.record["001"].data.strip())
    return held


@contextmanager
def zebra(records: int) -> Iterator[tuple[str, Path]]:
    """Start Zebra over so many Library of Congress records; yield its address and the file."""
    tools = SHARED / "tools" / "zebra"
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        path = Path(folder) / "books.mrc"
        read = marc.read(SHARED / "data/marc/lc-books-2016-train.mrc.xz")
        loaded = (item for item in read if isinstance(item, marc.Loaded))
        marc.write(itertools.islice(loaded, records), path)
        command = ["bash", str(tools / "start.sh"), str(path), str(port), f"{folder}/index"]
        subprocess.run(command, check=True, capture_output=True)
        yield f"http://127.0.0.1:{port}/Default", path
        subprocess.run(["bash", str(tools / "stop.sh"), str(port)], check=True, capture_output=True)


def both_forms(isbn: str) -> str:
    """Return the query that finds a record by either form of its ISBN, written for the peers."""
    return f"bath.isbn={isbn} or bath.isbn={isbn10(isbn) or isbn}"


def look_ups(url: str, held: dict[str, set[str]], count: int) -> None:
    """ISBNs a second, each answer checked."""
    wanted = random.Random(1).sample(sorted(held), count)
    target = Target(key="zebra", url=url, isbn="bath.isbn", rate=0.0, page=50)

    def ours(batch: int) -> tuple[int, str]:
        with Network(limits=Limits(rate=0)) as network:
            answer = SruSource(target, network, batch=batch).by_isbn(wanted)
        right = sum(
            {c.record["001"].data.strip() for c in answer.candidates[i] if c.claim == "valid"}
            == held[i]
            for i in wanted
        )
        return count, f"{right} of {count} right"

    def sruthi_singly() -> tuple[int, str]:
        client = sruthi.Client(url=url, record_schema="marcxml")
        found = sum(len(list(client.searchretrieve(both_forms(i)))) > 0 for i in wanted)
        return count, f"{found} of {count} with an answer"

    def srupy_singly() -> tuple[int, str]:
        client = srupy.SRUpy(url, default_namespace="{http://www.loc.gov/zing/srw/}")
        found = 0
        for isbn in wanted:
            query = {"version": "1.1", "operation": "searchRetrieve", "maximumRecords": 10}
            result = client.get_records(query=both_forms(isbn), **query)
            found += result.number_of_records > 0
        return count, f"{found} of {count} with an answer, a connection for each"

    print(f"ISBN look-ups over SRU ({count} ISBNs)")
    sruthi, srupy = peer("sruthi"), peer("srupy")
    base = measured("techproc, one by one", lambda: ours(1))
    measured("techproc, 25 in one query", lambda: ours(25), base)
    if sruthi:
        measured("sruthi, one by one", sruthi_singly, base)
    if srupy:
        measured("srupy, one by one", srupy_singly, base)


def paging(url: str, count: int) -> None:
    """The first records of a large result: how many, how many distinct."""
    target = Target(key="zebra", url=url, rate=0.0)

    def ours(size: int) -> tuple[int, str]:
        seen: list[str] = []
        with Network(limits=Limits(rate=0)) as network:
            for page in SruClient(target, network).pages(ALL, size=size, limit=count):
                for position, item in enumerate(page.records, page.start):
                    record, _ = convert(item, position, "zebra")
                    seen.append(record["001"].data if record else "")
        return len(seen), f"{len(seen)} records, {len(set(seen))} distinct, as MARC"

    def sruthi_pages() -> tuple[int, str]:
        client = sruthi.Client(url=url, record_schema="marcxml", maximum_records=50)
        seen = [str(record) for record in itertools.islice(client.searchretrieve(ALL), count)]
        return len(seen), f"{len(seen)} records, {len(set(seen))} distinct, as dictionaries"

    def srupy_pages() -> tuple[int, str]:
        client = srupy.SRUpy(url, default_namespace="{http://www.loc.gov/zing/srw/}")
        query = {"version": "1.1", "operation": "searchRetrieve", "recordSchema": "marcxml"}
        result = client.get_records(query=ALL, maximumRecords=count, **query)
        seen = [str(record) for record in itertools.islice(result, count)]
        return len(seen), f"{len(seen)} records, {len(set(seen))} distinct, as XML"

    print(f"A result of many records (the first {count})")
    sruthi, srupy = peer("sruthi"), peer("srupy")
    base = measured("techproc, pages of 50", lambda: ours(50))
    measured("techproc, pages of 500", lambda: ours(500), base)
    if sruthi:
        measured("sruthi, pages of 50", sruthi_pages, base)
    if srupy:
        measured("srupy, pages of 100", srupy_pages, base)


class _OpenLibrary(BaseHTTPRequestHandler):
    """Answers /api/books for any ISBN after 5 ms."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def do_GET(self) -> None:
        time.sleep(0.005)
        query = parse_qs(urlsplit(self.path).query)
        answer = {}
        for key in query["bibkeys"][0].split(","):
            isbn = key.removeprefix("ISBN:")
            title = {"title": f"Book {isbn}", "publishers": [{"name": "X"}], "authors": []}
            answer[key] = title | {"publish_date": "1999", "publishers": [{"name": "X"}]}
            if query["jscmd"] == ["details"]:
                answer[key] = {"details": {"title": f"Book {isbn}", "isbn_13": [isbn]}}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def open_library(held: dict[str, set[str]], count: int) -> None:
    """ISBNs a second against the double."""
    wanted = random.Random(2).sample(sorted(held), count)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _OpenLibrary)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"

    def ours() -> tuple[int, str]:
        with Network("benchmark") as network:
            answer = OpenLibrarySource(network, url=url).by_isbn(wanted)
        return count, f"{sum(map(len, answer.candidates.values()))} MARC records"

    def theirs() -> tuple[int, str]:
        service = importlib.import_module("isbnlib._openl")
        service.SERVICE_URL = url + "/api/books?bibkeys=ISBN:{isbn}&format=json&jscmd=data"
        few = wanted[:20]
        found = sum(bool(service.query(isbn)) for isbn in few)
        return len(few), f"{found} of {len(few)} with five elements; it waits a second each"

    print(f"Open Library's double, 5 ms an answer ({count} ISBNs, at most 150 requests a minute)")
    base = measured("techproc, 25 in two requests", ours)
    if peer("isbnlib"):
        measured("isbnlib, one by one", theirs, base)
    server.shutdown()
    server.server_close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--isbns", type=int, default=600)
    parser.add_argument("--page", type=int, default=3000)
    parser.add_argument("--url")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--peers", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    if options.peers:
        install_peers(options.peers)
    if options.url:
        run(options.url, options.file, options)
        return
    with zebra(options.records) as (url, path):
        run(url, path, options)


def run(url: str, path: Path, options: argparse.Namespace) -> None:
    """Ask the three questions of one server."""
    held = held_in(path)
    look_ups(url, held, options.isbns)
    paging(url, options.page)
    open_library(held, min(options.isbns, 300))


if __name__ == "__main__":
    main()

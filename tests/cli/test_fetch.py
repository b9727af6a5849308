"""`techproc fetch` and `techproc sources`, offline and against a loopback server."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest

from techproc import marc
from techproc.identifiers.isbn import normalize
from techproc.sources.identity import claims

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"
SCAN = (
    b"<scanResponse><terms><term><value>darkness</value><numberOfRecords>7</numberOfRecords></term>"
    b"<term><value>darling</value></term></terms></scanResponse>"
)
EMPTY = b"<searchRetrieveResponse><numberOfRecords>0</numberOfRecords></searchRetrieveResponse>"


class _Sru(BaseHTTPRequestHandler):
    """Holds one record, knows its ISBN index, and answers explain."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        query = parse_qs(urlsplit(self.path).query).get("query", [""])[0]
        body = EMPTY
        time.sleep(self.server.pause)
        if "operation=scan" in self.path:
            body = SCAN
        elif not query:
            body = self.server.explain
        elif "9780262000017" in query:
            body = self.server.hit
        elif "everything" in self.path or ("nosuch" in query and self.server.lax):
            body = EMPTY.replace(b">0<", b">7793152<")
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(fixtures, tmp_path) -> Iterator[ThreadingHTTPServer]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Sru)
    running.daemon_threads = True
    running.handle_error = lambda *_: None  # a client that is killed hangs up
    running.asked, running.lax, running.pause = [], False, 0.0
    running.explain = (fixtures / "sru/explain.xml").read_bytes()
    whole = (fixtures / "sru/search20_string.xml").read_bytes().replace(b">2<", b">1<")
    first, _, rest = whole.partition(b"</sru:record>")
    running.hit = first + b"</sru:record>" + rest[rest.index(b"</sru:records>") :]
    running.hit = running.hit.replace(b"<sru:nextRecordPosition>3</sru:nextRecordPosition>", b"")
    thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    (tmp_path / "targets.toml").write_text(
        f'[made]\nname = "Made"\nurl = "http://127.0.0.1:{running.server_port}/db"\n'
        'version = "1.1"\nisbn = "bath.isbn"\nrate = 0\ncanary = "9780262000017"\n'
    )
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def run(tmp_path, techproc) -> Iterator[Callable[..., tuple[int, bytes, str]]]:
    """Run the command line with a cache of its own; return (code, stdout bytes, stderr text)."""

    def call(*arguments: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
        ran = techproc(*arguments, stdin=stdin)
        return ran.code, ran.raw, ran.err

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TECHPROC_SOURCES_CACHE", str(tmp_path / "cache.sqlite"))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
        patch.chdir(tmp_path)
        yield call


def checked(name: str, output: bytes) -> list[dict]:
    """Return the objects printed, each held against its schema."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    objects = [json.loads(line) for line in output.decode().splitlines()]
    for item in objects:
        jsonschema.Draft202012Validator(schema).validate(item)
    return objects


@pytest.fixture
def dump(examples) -> tuple[str, list[str]]:
    """The example copy source, and three ISBNs that it holds."""
    path = examples / "copy-source.mrc"
    held = [i for item in marc.read(path) for i, c in claims(item.record).items() if c == "valid"]
    return str(path), sorted(held)[:3]


def test_records_go_down_a_pipe_and_reasons_to_json(run, dump) -> None:
    """The records found are MARC on standard output; --json says why, by its schema."""
    path, held = dump
    code, out, err = run("fetch", *held, "--source", path)
    assert code == 0
    records = [item.record for item in marc.read(io.BytesIO(out))]
    assert all(isbn in claims(record) for isbn, record in zip(held, records, strict=True))
    assert err.strip() == "3 ISBNs: 3 found, 0 not found, 0 unanswered"
    code, out, _ = run("fetch", *held, "--source", path, "--json", "--merge")
    assert [o["status"] for o in checked("fetch", out)] == ["found"] * 3


def test_a_terminal_gets_a_table_and_a_pipe_gets_records(dump, tmp_path) -> None:
    """The same command looks at where its output goes."""
    path, held = dump
    code = "from techproc_cli.main import main; main()"
    command = [sys.executable, "-c", code, "fetch", *held, "--source", path]
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "xterm"}
    reader, terminal = pty.openpty()
    shown = subprocess.run(
        command, stdout=terminal, env=environment, stderr=subprocess.PIPE, check=False
    )
    os.close(terminal)
    table = b""
    with contextlib.suppress(OSError):  # what a closed terminal gives at its end
        while block := os.read(reader, 4096):
            table += block
    os.close(reader)
    assert shown.returncode == 0
    assert b"Points" in table
    assert all(isbn.encode() in table for isbn in held)
    piped = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert len(list(marc.read(io.BytesIO(piped.stdout)))) == 3


def test_lists_come_from_files_and_standard_input(run, dump, tmp_path) -> None:
    """A table with an isbn column, a plain list on stdin, an invalid ISBN: exit code 3."""
    path, held = dump
    (tmp_path / "list.csv").write_text("barcode;ISBN\n1;" + "\n2;".join(held) + "\n3;123\n")
    code, out, err = run("fetch", "--from", "list.csv", "--source", path, "-o", "out.mrc")
    assert (code, out) == (3, b"")
    assert "sources.isbn-invalid: '123'" in err
    assert len(list(marc.read(tmp_path / "out.mrc"))) == 3
    code, out, _ = run(
        "fetch", "--from", "-", "--source", path, "--to", "marcxml", stdin=held[0].encode()
    )
    assert code == 0
    assert out.startswith(b"<?xml")


def test_a_target_is_asked_once_and_kept(run, server) -> None:
    """The second run asks nothing, --refresh asks again, --offline answers from what is kept."""
    arguments = ("fetch", "9780262000017", "--target", "made", "--targets-file", "targets.toml")
    code, out, _ = run(*arguments, "--json")
    (found,) = checked("fetch", out)
    assert (code, found["record"], found["candidates"][0]["source"]) == (0, "made1", "made")
    asked = len(server.asked)
    run(*arguments, "--json")
    code, out, _ = run(*arguments, "--offline", "--json")
    assert checked("fetch", out)[0]["status"] == "found"
    assert len(server.asked) == asked
    run(*arguments, "--refresh")
    assert len(server.asked) == asked + 1


def test_a_conversion_is_told_with_what_it_could_not_carry(run, server, fixtures) -> None:
    """A record that came as MODS is named in one line; --verbose adds a line for each value."""
    mods = (fixtures / "sru/mods.xml").read_bytes().partition(b"?>")[2]
    mods = mods.replace(b"</mods>", b"<note ID='n1'>Made.</note></mods>")
    server.hit = (
        b"<searchRetrieveResponse><numberOfRecords>1</numberOfRecords><records><record>"
        b"<recordData>" + mods + b"</recordData></record></records></searchRetrieveResponse>"
    )
    asked = ("fetch", "9780262000017", "--target", "made", "--targets-file", "targets.toml")
    code, out, err = run(*asked)
    assert code == 0
    assert b"The made book" in out
    told = err.strip().splitlines()
    assert len(told) == 2
    assert told[0].startswith("warning sources.converted-mods: 9780262000017 from made: ")
    assert told[0].endswith("; 1 value found no place: note/@ID")
    _, _, err = run(*asked, "--verbose")
    assert "9780262000017 from made, note/@ID: not carried into MARC 21: 'n1'" in err


def test_an_unavailable_target_is_exit_code_4(run, dump, tmp_path) -> None:
    """What the other source had is written all the same."""
    path, held = dump
    (tmp_path / "targets.toml").write_text('[dead]\nurl = "http://127.0.0.1:1/"\nisbn = "x"\n')
    code, out, err = run(
        "fetch", held[0], "0306406152", "--source", path,
        "--target", "dead", "--targets-file", "targets.toml",
    )  # fmt: skip
    assert code == 4
    assert len(list(marc.read(io.BytesIO(out)))) == 1
    assert "dead: http://127.0.0.1:1/: the connection was refused; 2 ISBNs left" in err
    assert err.endswith("2 ISBNs: 1 found, 0 not found, 1 unanswered\n")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("fetch",), "at least one ISBN"),
        (("fetch", "0306406152"), "name a source"),
        (("fetch", "0306406152", "--target", "locc"), "did you mean loc?"),
        (("fetch", "0306406152", "--source", "nowhere.mrc"), "no such file"),
        (("fetch", "--from", "nowhere.csv", "--source", "x"), "no such file"),
        (("sources", "check"), "name a target"),
    ],
)
def test_misuse_is_exit_code_2_with_advice(run, arguments, what) -> None:
    """One sentence, no traceback."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, b"")
    assert what in err


def test_sources_are_listed(run) -> None:
    """Every target has a line, and a JSON object by its schema."""
    code, out, _ = run("sources", "list", "--json")
    keys = [item["key"] for item in checked("sources-list", out)]
    assert code == 0
    assert {"loc", "dnb", "k10plus", "bnf"} <= set(keys)
    code, out, err = run("sources", "list")
    assert len(out.splitlines()) == len(keys)
    assert "targets.toml" in err


def test_a_check_tells_a_good_target_from_one_that_answers_everything(run, server) -> None:
    """The good one passes its four steps; the lax one fails at the nonsense index."""
    arguments = ("sources", "check", "made", "--targets-file", "targets.toml", "--json")
    code, out, _ = run(*arguments)
    (good,) = checked("sources-check", out)
    assert (code, good["usable"], [s["passed"] for s in good["steps"]]) == (0, True, [True] * 4)
    server.lax = True
    code, out, _ = run(*arguments)
    (lax,) = checked("sources-check", out)
    assert (code, [s["passed"] for s in lax["steps"]]) == (4, [True, True, False, True])
    assert "answers an unknown index with anything" in lax["steps"][2]["text"]


def test_a_target_is_searched_in_ones_own_terms(run, server, tmp_path) -> None:
    """Title and author become clauses, CQL is checked, records go down the pipe, hits are told."""
    targets = tmp_path / "targets.toml"
    targets.write_text(targets.read_text() + 'title = "dc.title"\nauthor = "dc.creator"\n')
    own = ("--target", "made", "--targets-file", str(targets))
    code, out, err = run("sources", "search", "--title", "the 9780262000017", *own)
    assert (code, err.strip()) == (0, "made: 1 hits")
    assert len(list(marc.read(io.BytesIO(out)))) == 1
    asked = parse_qs(urlsplit(server.asked[-1]).query)["query"]
    assert asked == ["dc.title = 9780262000017"]
    code, out, _ = run("sources", "search", "bath.isbn=9780262000017", *own, "--json")
    assert [o["target"] for o in checked("sources-search", out)] == ["made"]
    code, out, err = run("sources", "search", "dc.title = two words", *own)
    assert (code, out) == (2, b"")
    assert "put a term of several words in quotes" in err
    code, out, _ = run("sources", "scan", "made", "dark", "--targets-file", str(targets))
    assert (code, out) == (0, b"       7  darkness\n       ?  darling\n")
    scanned = run("sources", "scan", "made", "dark", "--targets-file", str(targets), "--json")[1]
    assert [o["count"] for o in checked("sources-scan", scanned)] == [7, None]
    code, _, err = run("sources", "search", "--lccn", "1", *own)
    assert (code, "index of lccn is not known" in err) == (2, True)


def test_a_killed_fetch_goes_on_from_its_journal(server, tmp_path) -> None:
    """SIGKILL in the middle: the second run asks for what is left, and gives the same records."""
    isbns = [i for n in range(500, 9_000) if (i := normalize(f"97802620{n:05d}"))][:40]
    (tmp_path / "list.txt").write_text("\n".join([*isbns, "9780262000017"]))
    targets = tmp_path / "targets.toml"
    targets.write_text(targets.read_text() + "batch = 1\nconnections = 1\n")
    command = [
        sys.executable, "-c", "from techproc_cli.main import main; main()", "fetch",
        "--from", "list.txt", "--target", "made", "--targets-file", "targets.toml",
        "--refresh", "--journal", "run.journal", "--json",
    ]  # fmt: skip
    environment = os.environ | {"TECHPROC_SOURCES_CACHE": str(tmp_path / "cache.sqlite")}
    server.pause = 0.02
    running = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while len(server.asked) < 15 and running.poll() is None:
        time.sleep(0.005)
    running.kill()
    running.communicate()
    before = len(server.asked)
    assert 15 <= before < 41
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert len(server.asked) <= 41 + 1  # at most the one under way is asked for again
    assert len(server.asked) > before
    objects = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [o["isbn"] for o in objects] == [*isbns, "9780262000017"]
    assert [o["status"] for o in objects] == ["not-found"] * 40 + ["found"]

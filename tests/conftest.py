"""Fixtures that every test may ask for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import settings

from techproc import workers

ROOT = Path(__file__).parents[1]

# A busy machine is no fault of the code: no test fails for the time of one example.
settings.register_profile("techproc", deadline=None)
settings.load_profile("techproc")


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of small made and real files that the tests read."""
    return ROOT / "tests" / "fixtures"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The shipped example batch."""
    return ROOT / "examples"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the project; tests that want it skip without it."""
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        pytest.skip("the real data (../shared/data) is not beside this checkout")
    return data


@dataclass
class AnnifDouble:
    """A loopback server that keeps to Annif's OpenAPI description, and what it was sent."""

    url: str = ""
    # text → results; what is not here gets none.
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    projects: tuple[str, ...] = ("lcc",)
    batches: bool = True  # False: as before version 1.0, without suggest-batch
    backwards: bool = False  # batch results in another order than asked
    raw: bytes | None = None  # sent instead of an answer
    texts: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def reply(self, path: str, query: str, kind: str, body: bytes) -> tuple[int, Any]:
        """Return status and JSON for one POST request."""
        self.paths.append(path)
        *head, project, what = path.split("/")
        if head != ["", "v1", "projects"] or project not in self.projects:
            return 404, {"status": 404, "title": "Not Found"}
        if what == "suggest-batch" and self.batches and kind == "application/json":
            documents = json.loads(body)["documents"]
            limit = int(parse_qs(query).get("limit", ["10"])[0])
            if len(documents) > 32:
                return 400, {"status": 400, "detail": "too many documents"}
            found = [
                {"document_id": d.get("document_id"), **self._results(d["text"], limit)}
                for d in documents
            ]
            return 200, found[::-1] if self.backwards else found
        if what == "suggest" and kind == "application/x-www-form-urlencoded":
            form = parse_qs(body.decode())
            return 200, self._results(form["text"][0], int(form.get("limit", ["10"])[0]))
        return 404, {"status": 404, "title": "Not Found"}

    def _results(self, text: str, limit: int) -> dict[str, Any]:
        self.texts.append(text)
        return {"results": self.answers.get(text, [])[:limit]}


@pytest.fixture
def annif() -> Iterator[AnnifDouble]:
    """A double of Annif on this machine's loopback."""
    double = AnnifDouble()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["content-length"]))
            kind = self.headers["content-type"]
            status, answer = double.reply(parts.path, parts.query, kind, body)
            sent = json.dumps(answer).encode() if double.raw is None else double.raw
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield double
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let several processes begin at once, however little there is to do."""
    monkeypatch.setattr(workers, "SOON", 0.0)

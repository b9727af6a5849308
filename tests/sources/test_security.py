"""What must never happen on the network: a false certificate believed, a password told."""

from __future__ import annotations

import logging
import shutil
import ssl
import subprocess
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from techproc.errors import SourceUnavailable
from techproc.sources.cache import AnswerStore, Cached
from techproc.sources.gathering import gather
from techproc.sources.sru import SruClient
from techproc.sources.sru_source import SruSource
from techproc.sources.targets import Target
from techproc.sources.transport import Limits, Network

ISBN = "9780306406157"


class _Quiet(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:  # a handshake that is broken off is what we test
        pass


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[str]:
    """The address of a server with a certificate that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not here")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = _QuietServer(("127.0.0.1", 0), _Quiet)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_that_nobody_vouches_for_is_refused(self_signed: str) -> None:
    """TLS is verified, and a failure is not tried again."""
    refused = pytest.raises(SourceUnavailable, match="certificate is not valid")
    with Network(limits=Limits(rate=0)) as network, refused:
        network.get(self_signed)


def test_a_certificate_is_believed_when_its_issuer_is(
    self_signed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REQUESTS_CA_BUNDLE names whom to trust: so it was the certificate that was refused."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
    with Network(limits=Limits(rate=0)) as network:
        assert network.get(self_signed).body == b"ok"


@pytest.mark.parametrize("fault", ["401", "500", "redirect", "closed", "html", "diagnostic"])
def test_a_password_stands_nowhere_whatever_goes_wrong(
    serve, answered, network, monkeypatch, tmp_path, caplog, fault
) -> None:
    """Not in logs of any library, messages, tracebacks, findings or the cache; to no other host."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("MADE_PASSWORD", "s3cret")
    elsewhere = serve(lambda request: answered("<x/>"))
    diagnostic = (
        "<searchRetrieveResponse><diagnostics><diagnostic><uri>info:srw/diagnostic/1/3</uri>"
        "<message>Authentication error</message></diagnostic></diagnostics></searchRetrieveResponse>"
    )
    faults = {
        "401": answered("", status=401),
        "500": answered("", status=500),
        "redirect": answered("", status=302, headers={"Location": elsewhere.url}),
        "closed": answered(stream=lambda out: out.write(b"HTTP/1.1 200 OK\r\nContent-Le")),
        "html": answered("<html>log in</html>"),
        "diagnostic": answered(diagnostic),
    }
    server = serve(lambda request: faults[fault])
    account = Target(
        key="made", url=server.url, isbn="bath.isbn", rate=0.0, username="me",
        password_env="MADE_PASSWORD",
    )  # fmt: skip
    with pytest.raises(SourceUnavailable) as failure:
        SruClient(account, network).search("x")
    with AnswerStore(tmp_path / "answers.sqlite") as store:
        gathered = gather([ISBN], [Cached(SruSource(account, network), store)])
    told = "".join(traceback.format_exception(failure.value)) + caplog.text
    told += "".join(str(f.as_json()) for f in gathered.findings) + repr(gathered.unavailable)
    for path in tmp_path.iterdir():
        told += path.read_bytes().decode("latin-1")
    assert server.requests[0].headers["authorization"].startswith("Basic ")
    assert not any("authorization" in r.headers for r in elsewhere.requests)
    assert "made" in told
    assert "s3cret" not in told
    assert "bWU6czNjcmV0" not in told  # as the header has it

"""KubeApi and a TLS server on this host that requires a client certificate."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from labgen.cluster.api import ApiUnreachable, KubeApi
from labgen.system.process import run

LOOPBACK = "127.0.0.1"
ANSWERS = {
    "/api/v1/nodes": (200, b'{"items": []}'),
    "/readyz": (200, b"ok"),
    "/forbidden": (403, b'{"message": "no"}'),
}


class Api(BaseHTTPRequestHandler):
    """Answers as an API server would."""

    def do_GET(self) -> None:
        status, body = ANSWERS.get(self.path, (404, b"{}"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class Web(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore errors: some tests use a client without a certificate."""


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with ca.crt, and server and client certificates with keys; stranger's is
    self-signed."""
    directory = tmp_path_factory.mktemp("pki")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    signed = ["-CA", "ca.crt", "-CAkey", "ca.key"]
    for name, more in {
        "ca": [],
        "server": [*signed, "-addext", f"subjectAltName=IP:{LOOPBACK}"],
        "client": signed,
        "stranger": [],
    }.items():
        files = ["-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}"]
        run(["openssl", "req", "-x509", *key, *files, *more], timeout=30, cwd=directory)
    return directory


@pytest.fixture(scope="module")
def port(pki: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki / "server.crt", pki / "server.key")
    context.load_verify_locations(pki / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    web = Web((LOOPBACK, 0), Api)
    web.socket = context.wrap_socket(web.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=lambda: web.serve_forever(poll_interval=0.05))
    thread.start()
    yield web.server_address[1]
    web.shutdown()
    thread.join()
    web.server_close()


def _client(pki: Path, port: int, *, name: str = "client", ca: str = "ca") -> KubeApi:
    certificate, key = pki / f"{name}.crt", pki / f"{name}.key"
    return KubeApi(LOOPBACK, port, LOOPBACK, pki / f"{ca}.crt", certificate, key, timeout=10)


def test_objects_and_texts_come_back_to_a_client_with_the_admins_certificate(
    pki: Path, port: int
) -> None:
    client = _client(pki, port)
    assert client.get("/api/v1/nodes") == {"items": []}
    assert client.get_text("/readyz") == "ok"


def test_an_answer_that_is_no_success_is_an_error_with_what_the_api_said(
    pki: Path, port: int
) -> None:
    with pytest.raises(ApiUnreachable, match=r'^GET /forbidden: HTTP 403: \{"message": "no"\}$'):
        _client(pki, port).get("/forbidden")


def test_an_answer_that_is_no_json_is_an_error(pki: Path, port: int) -> None:
    with pytest.raises(ApiUnreachable, match=r"answer to /readyz is not JSON: 'ok'"):
        _client(pki, port).get("/readyz")


def test_a_client_that_the_server_does_not_trust_gets_nothing(pki: Path, port: int) -> None:
    # it says why, and closes: which of these comes first is a matter of luck
    said = r"does not trust the CA of the admin's|the connection was (reset|closed)"
    with pytest.raises(ApiUnreachable, match=said):
        _client(pki, port, name="stranger").get("/api/v1/nodes")


def test_a_server_that_the_client_does_not_trust_is_not_spoken_to(pki: Path, port: int) -> None:
    with pytest.raises(ApiUnreachable, match="/api/v1/nodes: its certificate is not signed by the"):
        _client(pki, port, ca="stranger").get("/api/v1/nodes")


def test_an_api_that_is_away_is_unreachable_with_its_address(pki: Path) -> None:
    with pytest.raises(
        ApiUnreachable, match=rf"^https://{LOOPBACK}:1/readyz: nothing listens there$"
    ):
        _client(pki, 1).get_text("/readyz")


def test_a_client_without_its_files_names_the_one_that_is_missing(pki: Path, port: int) -> None:
    with pytest.raises(ApiUnreachable, match=r"absent\.crt does not exist"):
        _client(pki, port, ca="absent").get("/api/v1/nodes")

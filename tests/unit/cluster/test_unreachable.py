"""Connection errors in words, from real handshakes where possible."""

import errno
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labgen.cluster.api import ApiUnreachable, KubeApi
from labgen.cluster.unreachable import words
from labgen.system.process import run

LOOPBACK = "127.0.0.1"
Answer = Callable[[socket.socket], None]
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def _certificate(directory: Path, name: str, *more: str) -> None:
    files = ["-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}"]
    run(["openssl", "req", "-x509", *KEY, *files, *more], timeout=30, cwd=directory)


@contextmanager
def _server(answer: Answer) -> Iterator[int]:
    """Yield a port whose first connection gets that answer."""
    with socket.create_server((LOOPBACK, 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def _said(directory: Path, answer: Answer) -> str:
    """Return the error of a client that trusts ca, for a server with that answer, without the
    address."""
    ca, key = directory / "ca.crt", directory / "ca.key"
    with _server(answer) as port, pytest.raises(ApiUnreachable) as failed:
        KubeApi(LOOPBACK, port, LOOPBACK, ca, ca, key, timeout=1).get_text("/")
    return failed.value.message.partition("/: ")[2]


def _tls(directory: Path, name: str) -> Answer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / f"{name}.crt", directory / f"{name}.key")

    def answer(connection: socket.socket) -> None:
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection, server_side=True)

    return answer


def test_a_certificate_that_is_not_good_is_said_to_be_what_it_is(tmp_path: Path) -> None:
    for_here = ("-addext", f"subjectAltName=IP:{LOOPBACK}")
    signed = ("-CA", "ca.crt", "-CAkey", "ca.key")
    _certificate(tmp_path, "ca", "-days", "1")
    _certificate(tmp_path, "elsewhere", *signed, "-addext", "subjectAltName=IP:192.0.2.1")
    _certificate(tmp_path, "stranger", *for_here)
    assert _said(tmp_path, _tls(tmp_path, "elsewhere")) == "its certificate is for another address"
    told = _said(tmp_path, _tls(tmp_path, "stranger"))
    assert told == "its certificate is not signed by the lab's CA"


def test_what_is_no_tls_or_no_answer_is_said_to_be_so(tmp_path: Path) -> None:
    _certificate(tmp_path, "ca", "-days", "1")

    def http_only(connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    def silent(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    assert _said(tmp_path, http_only) == "what listens there does not speak TLS"
    assert _said(tmp_path, silent) == "no answer came in time"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (10, "its certificate has expired"),
        (9, "its certificate is not valid yet; is this host's clock right?"),
        (7, "its certificate: certificate signature failure"),
    ],
)
def test_what_openssl_found_in_a_certificate_is_said_in_words(code: int, said: str) -> None:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]")
    error.verify_code = code
    error.verify_message = "certificate signature failure"
    assert words(error) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "nothing listens there"),
        (ConnectionResetError(errno.ECONNRESET, "x"), "the connection was reset"),
        (OSError(errno.EHOSTUNREACH, "x"), "no machine answers at that address"),
        (http.client.RemoteDisconnected("x"), "the connection was closed without an answer"),
        (http.client.BadStatusLine("x"), "x"),
        (OSError(errno.EIO, "Input/output error"), "[Errno 5] Input/output error"),
    ],
)
def test_errors_of_the_network_are_said_in_words(error: OSError, said: str) -> None:
    assert words(error) == said

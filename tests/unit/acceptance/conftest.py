"""A TLS server on this host that replaces an API server, and support for tests that are
coroutines."""

import asyncio
import inspect
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from labgen.system.process import run

LOOPBACK = "127.0.0.1"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine in its own event loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.function):
        return None
    wanted = inspect.signature(pyfuncitem.function).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


def unused_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        port: int = found.getsockname()[1]
    return port


@dataclass
class Server:
    """The behaviour of the server, and its ConfigMaps.

    delay in seconds; so many of the next PATCHes as stuck says are not answered in time.
    authorization is what came with the last GET.
    """

    port: int
    trusting: ssl.SSLContext
    status: int = 200
    delay: float = 0.0
    cut_short: bool = False
    loses_writes: bool = False
    stuck: int = 0
    authorization: str = ""
    data: dict[str, dict[str, str]] = field(default_factory=dict)


class Web(ThreadingHTTPServer):
    """Ignores clients that close the connection, as the prober does."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a self-signed certificate of 127.0.0.1 with its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    words = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=server", "-addext", f"subjectAltName=IP:{LOOPBACK}"]
    run(
        ["openssl", "req", "-x509", *words, *names, "-keyout", path, "-out", f"{path}.crt"],
        timeout=30,
    )
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    web = Web((LOOPBACK, 0), BaseHTTPRequestHandler)
    trusting = ssl.create_default_context(cafile=str(certificate))
    known = Server(web.server_address[1], trusting)
    web.RequestHandlerClass = _handler(known)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    # the handshake belongs into each connection's own thread, not into the accepting one
    web.socket = context.wrap_socket(web.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=lambda: web.serve_forever(poll_interval=0.05))
    thread.start()
    yield known
    web.shutdown()
    thread.join()
    web.server_close()


def _handler(server: Server) -> Callable[..., BaseHTTPRequestHandler]:
    known = server.data

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.authorization = self.headers.get("Authorization", "")
            time.sleep(server.delay)
            items = [{"metadata": {"name": name}, "data": held} for name, held in known.items()]
            self._answer({"metadata": {"resourceVersion": "1"}, "items": items})

        def do_POST(self) -> None:
            known[self._body()["metadata"]["name"]] = {}
            self._answer({})

        def do_PATCH(self) -> None:
            if server.stuck:
                server.stuck -= 1
                time.sleep(1.0)
            if not server.loses_writes and server.status == 200:
                known[self.path.rpartition("/")[2]].update(self._body()["data"])
            self._answer({})

        def do_DELETE(self) -> None:
            known.clear()
            self._answer({})

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

        def _body(self) -> dict[str, Any]:
            body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            return body

        def _answer(self, body: dict[str, Any], status: int | None = None) -> None:
            data = json.dumps(body).encode()
            self.send_response(status or server.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:1] if server.cut_short else data)

    return Handler

"""Users of a web server on this host: the answers they get, and how their open connections
break."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from acceptance.framework.clients import persistent_client, web
from acceptance.framework.clients.kubectl import Stream
from labgen.errors import LabgenError
from labgen.system.wait import NotYet, until
from tests.unit.acceptance.conftest import LOOPBACK


class Shop(ThreadingHTTPServer):
    """Returns its pod's name; closed: closes the connection instead; broken: returns an error."""

    daemon_threads = True
    closed = False
    broken = False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Shop

    def do_GET(self) -> None:
        if self.server.closed:
            self.close_connection = True
            return
        self.send_response(500 if self.server.broken else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"web-1")

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    server = Shop((LOOPBACK, 0), Handler)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def wait_for(condition: Callable[[], object]) -> None:
    def look() -> None:
        if not condition():
            raise NotYet("not so")

    until(look, what="that", timeout=10, interval=0.02)


def test_users_hear_who_answers(shop: Shop) -> None:
    with web.asking(LOOPBACK, shop.server_port) as heard:
        wait_for(lambda: len(heard.pods) > 2 * web.USERS)
    assert set(heard.pods) == {"web-1"}
    assert heard.failures == []


def test_users_notice_every_failure(shop: Shop) -> None:
    with web.asking(LOOPBACK, shop.server_port) as heard:
        shop.broken = True
        wait_for(lambda: "HTTPException: status 500" in heard.failures)
        shop.closed = True
        wait_for(lambda: any("RemoteDisconnected" in failure for failure in heard.failures))


def test_a_talk_goes_on_over_one_connection_until_it_breaks(shop: Shop) -> None:
    with persistent_client.talking(LOOPBACK, shop.server_port) as talk:
        wait_for(lambda: talk.answers >= 3)
        assert talk.ended is None
        shop.closed = True
        wait_for(lambda: talk.ended)
        answers = talk.answers
        shop.closed = False
    assert talk.failure.startswith("RemoteDisconnected")
    assert talk.answers == answers, "it was opened anew"


def test_a_stream_is_taken_down_line_by_line_to_its_end() -> None:
    script = "import sys; print(1); print(2, file=sys.stderr, flush=True); sys.exit(3)"
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    stream = Stream(process)
    assert stream.exit_code is None
    stream.listen()
    assert stream.await_lines(2) == ["1", "2"]
    assert stream.exit_code == 3
    assert stream.ended is not None
    assert stream.lines[0][0] <= stream.lines[1][0] <= stream.ended


def test_a_stream_that_says_too_little_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acceptance.framework.clients.kubectl.FIRST_WORDS", 0.1)
    process = subprocess.Popen(["echo", "no pod"], stdout=subprocess.PIPE)
    stream = Stream(process)
    stream.listen()
    with pytest.raises(LabgenError, match="2 lines of kubectl") as error:
        stream.await_lines(2)
    assert "no pod" in str(error.value)

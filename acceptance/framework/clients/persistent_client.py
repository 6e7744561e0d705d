"""One HTTP connection that is used for many requests, as a browser uses it."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

EVERY = 0.2  # seconds between two questions
TIMEOUT = 90.0  # seconds for one answer; longer than any wait that is measured with it


@dataclass
class Talk:
    """The number of good answers, and when (time.monotonic()) and why the connection broke."""

    answers: int = 0
    ended: float | None = None
    failure: str = ""


@contextmanager
def talking(host: str, port: int) -> Iterator[Talk]:
    """Send requests over one connection during the block, or until it breaks."""
    talk, stop = Talk(), threading.Event()
    with closing(http.client.HTTPConnection(host, port, timeout=TIMEOUT)) as connection:
        thread = threading.Thread(target=_talk, args=(connection, talk, stop), name="talk")
        thread.start()
        try:
            yield talk
        finally:
            stop.set()
    thread.join()


def _talk(connection: http.client.HTTPConnection, talk: Talk, stop: threading.Event) -> None:
    connection.connect()
    connection.auto_open = 0  # a broken connection stays broken
    while not stop.wait(EVERY):
        try:
            connection.request("GET", "/hostname")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException) as error:
            talk.failure, talk.ended = f"{type(error).__name__}: {error}", time.monotonic()
            return
        talk.answers += 1

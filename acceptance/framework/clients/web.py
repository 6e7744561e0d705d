"""Query the suite's web servers over plain HTTP from outside the lab."""

import http.client
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

FAILURES = (OSError, http.client.HTTPException)
USERS = 4
PAUSE = 0.1  # seconds between a user's answer and the next question
PATIENCE = 2.0  # seconds a user waits


def get(host: str, port: int, path: str = "/hostname", *, timeout: float = 5.0) -> str:
    """Return the body of a good answer, over a new connection. Raises one of FAILURES."""
    with closing(http.client.HTTPConnection(host, port, timeout=timeout)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
    if answer.status != http.client.OK:
        raise http.client.HTTPException(f"status {answer.status}")
    return body


@dataclass
class Heard:
    """The results of all users: the pods that answered, and the failures."""

    pods: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@contextmanager
def asking(host: str, port: int) -> Iterator[Heard]:
    """Let several users send requests during the block."""
    heard, stop = Heard(), threading.Event()
    with ThreadPoolExecutor(max_workers=USERS, thread_name_prefix="user") as pool:
        users = [pool.submit(_ask, host, port, heard, stop) for _ in range(USERS)]
        try:
            yield heard
        finally:
            stop.set()
        for user in users:
            user.result()


def _ask(host: str, port: int, heard: Heard, stop: threading.Event) -> None:
    while not stop.wait(PAUSE):
        try:
            heard.pods.append(get(host, port, timeout=PATIENCE))
        except FAILURES as error:
            heard.failures.append(f"{type(error).__name__}: {error}")

"""A mutation in the middle of a run: a thread repeats an attempt until it has succeeded once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from acceptance.framework.clients.api import FAILURES
from labgen.errors import LabgenError
from labgen.system.journal import Journal
from tests.e2e.mutation.cluster_editor import ClusterEditor

EVERY = 0.1  # seconds between two attempts
INJECTED, HEALED = "fault-injected", "fault-healed"


@contextmanager
def meanwhile(attempt: Callable[[], bool]) -> Iterator[None]:
    """Repeat attempt during the block, until it returns true. Errors of the API are retried.

    Raises AssertionError if it never did, because then there was no mutation.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="mutation") as pool:
        trying = pool.submit(_try, attempt, stop)
        try:
            yield
        finally:
            stop.set()
    assert trying.result(), "the moment for this mutation never came"


@contextmanager
def upon(begins: Callable[[], bool], act: Callable[[], object]) -> Iterator[None]:
    """Do something during the block, once something has begun; see meanwhile."""

    def attempt() -> bool:
        if not begins():
            return False
        act()
        return True

    with meanwhile(attempt):
        yield


def after(editor: ClusterEditor, event: str, number: int = 1) -> Callable[[], bool]:
    """Return whether the event has been added that many times to the lab's journal since this was
    called."""
    journal = Journal(editor.lab.directory / "journal.jsonl")
    before = _count(journal, event)
    return lambda: _count(journal, event) >= before + number


def _count(journal: Journal, event: str) -> int:
    return sum(line.get("event") == event for line in journal.read())


def _try(attempt: Callable[[], bool], stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            if attempt():
                return True
        except (*FAILURES, LabgenError):
            pass  # a cluster that is disturbed refuses many things
        stop.wait(EVERY)
    return False

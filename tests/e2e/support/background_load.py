"""Something done again and again beside a test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def beside(look: Callable[[], None], *, every: float) -> Iterator[None]:
    """Call look in a thread while in here, every so many seconds after it returned."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(every):
            look()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()

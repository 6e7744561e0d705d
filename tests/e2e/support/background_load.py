"""A function that is called repeatedly in the background of a test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeating(look: Callable[[], None], *, every: float) -> Iterator[None]:
    """Call look in a thread during the block, with a pause of `every` seconds between calls."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(every):
            look()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()

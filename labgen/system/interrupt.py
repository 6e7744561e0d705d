"""Ending early: after interrupt(), processes are killed and waits raise, in every thread.

This is the program's one piece of shared state besides loggers: Ctrl-C has no other way to
reach threads that wait on a process or on a condition.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from labgen.report.errors import LabgenError

_stop = threading.Event()
_processes: set[int] = set()
_lock = threading.Lock()


class Interrupted(LabgenError):
    """The user or the system asked the program to end."""

    exit_code = 130  # 128 + SIGINT, as shells report it

    def __init__(self) -> None:
        super().__init__("interrupted")


def interrupt() -> None:
    """Kill every process that run() has under way and make all waits raise Interrupted."""
    _stop.set()
    with _lock:
        for group in _processes:
            kill_group(group)


def check() -> None:
    """Raise Interrupted after interrupt()."""
    if _stop.is_set():
        raise Interrupted


def pause(seconds: float) -> None:
    """Wait between two observations; raises Interrupted after interrupt()."""
    if _stop.wait(seconds):
        raise Interrupted


@contextmanager
def watched(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Have process, the leader of its own session, killed by interrupt() while in here."""
    with _lock:
        _processes.add(process.pid)
        if _stop.is_set():  # interrupt() came between the process's start and this line
            kill_group(process.pid)
    try:
        yield
    finally:
        with _lock:
            _processes.discard(process.pid)


def kill_group(leader: int) -> None:
    """Kill a process that leads its own session, with its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)

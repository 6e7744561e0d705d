"""Stop early: after interrupt(), processes are killed and waits raise Interrupted, in every thread.

This is the program's only shared state besides loggers, because a signal can reach threads that
wait for a process or a condition in no other way.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from labgen.errors import LabgenError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_stop = threading.Event()
_processes: set[int] = set()
_lock = threading.Lock()


class Interrupted(LabgenError):
    """The user or the system requested the end of the program."""

    exit_code = 130  # 128 + SIGINT, as shells report it

    def __init__(self) -> None:
        super().__init__("interrupted")


def interrupt() -> None:
    """Kill every process that run() is running, and make all waits raise Interrupted."""
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
def held() -> Iterator[None]:
    """Hold back signals in the block. They call interrupt() immediately and are delivered at its
    end.

    Otherwise a KeyboardInterrupt could leave a process that is not yet registered or a partially
    started thread, or could be lost in a callback of the interpreter. Code that cleans up
    afterwards can run processes again.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals strike the main thread only
        return
    came: list[int] = []
    try:
        with ExitStack() as changed:
            for number in SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler):  # neither ignored nor left to the kernel
                    changed.callback(signal.signal, number, handler)
                    signal.signal(number, lambda number, _frame: came.append(number))
            with _listening():
                if came:  # before anyone listened
                    interrupt()
                yield
    finally:
        if came:
            _stop.clear()
            signal.raise_signal(came[0])


@contextmanager
def _listening() -> Iterator[None]:
    """Run a thread that calls interrupt() as soon as one of SIGNALS arrives.

    Python's own handlers run at the main thread's next line. If the signal arrives just before the
    main thread blocks, that line never comes: the thread waits for the very process that the signal
    should stop.
    """
    ear, mouth = os.pipe()
    os.set_blocking(mouth, False)  # Python wants it so

    def listen() -> None:
        while number := os.read(ear, 1)[0]:
            if number in SIGNALS:
                interrupt()

    listener = threading.Thread(target=listen)
    listener.start()
    before = signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.write(mouth, b"\0")  # no signal has that number: the end
        listener.join()
        os.close(mouth)
        os.close(ear)


@contextmanager
def watched(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Register process, the leader of its own session, so that interrupt() kills it during the
    block."""
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
    """Kill a process that leads its own session, together with its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)

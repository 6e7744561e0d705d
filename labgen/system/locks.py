"""Locks between processes: flock on a file, released by the kernel when the holder dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from labgen.errors import LabgenError
from labgen.system import interrupt

POLL = 0.1  # seconds


@contextmanager
def locked(
    path: Path,
    *,
    timeout: float,
    waiting: Callable[[str], None] = lambda _: None,
    shared: bool = False,
    doing: str = "",
) -> Iterator[None]:
    """Hold the lock at path; wait at most timeout seconds for another process.

    With shared, others may share it. doing names the work, for those who wait. Before the wait,
    waiting is called once with the holder. Raises LabgenError when another process
    still holds the lock after the timeout.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + timeout
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    descriptor = _acquire(path, kind, deadline, waiting)
    while not _is_at(descriptor, path):  # removed by its last holder while this one waited
        os.close(descriptor)
        descriptor = _acquire(path, kind, deadline, waiting)
    try:
        with suppress(OSError):  # the holder's name has no room on a full disk; the lock has
            os.ftruncate(descriptor, 0)
            holder = f"process {os.getpid()}" + (f" ({doing})" if doing else "")
            os.pwrite(descriptor, holder.encode(), 0)
        yield
    finally:
        os.close(descriptor)


def exclusive_holder(path: Path) -> str:
    """Return who holds the lock at path alone; an empty text if nobody does, or if it is shared."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(descriptor)
    finally:
        os.close(descriptor)
    return ""


def _holder(descriptor: int) -> str:
    return os.pread(descriptor, 100, 0).decode(errors="replace") or "another process"


def _acquire(path: Path, kind: int, deadline: float, waiting: Callable[[str], None]) -> int:
    """Open path, lock it and return the descriptor, which holds the lock until it is closed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, path, kind, deadline, waiting)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.fstat(descriptor).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _lock(
    descriptor: int, path: Path, kind: int, deadline: float, waiting: Callable[[str], None]
) -> None:
    told = False
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            if not told:
                waiting(holder)
                told = True
            if time.monotonic() >= deadline:
                raise LabgenError(
                    f"{path} is held by {holder}",
                    hint="wait until it has ended, or end it and try again",
                ) from None
            interrupt.pause(POLL)
        else:
            return

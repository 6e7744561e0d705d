"""Runs of the end-to-end tests: each has its own directory, network namespace and lab names.

A run holds a lock while its process lives. A directory whose lock is free belongs to a run that was
killed, and everything that it left on this host is removed.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from labgen.system import files, paths
from labgen.system.locks import locked
from labgen.system.process import run

VARIABLE = "LABGEN_TEST_RUN"
TURN = 600.0  # seconds for another run's sweeping; one dead run takes about ten


@dataclass(frozen=True)
class Run:
    """One run. Everything that it creates on this host has its id in the name or is in its
    directory."""

    directory: Path

    @property
    def id(self) -> str:
        return self.directory.name

    @property
    def namespace(self) -> str:
        return f"labgen-test-{self.id}"

    @property
    def state(self) -> Path:
        """Return $XDG_STATE_HOME of the run's labgen."""
        return self.directory / "state"

    @property
    def labs(self) -> list[Path]:
        """Return the state directories of the run's labs."""
        return sorted(path for path in self.state.glob("labgen/labs/*") if path.is_dir())

    def lab_name(self, kind: str) -> str:
        """Return a name for a lab that no other run and no user has, because containers are named
        after it."""
        return f"{kind}-{self.id}"

    def environment(self) -> dict[str, str]:
        """Return this process's environment, with the run's state and the user's bundle."""
        ours = {
            VARIABLE: str(self.directory),
            "XDG_STATE_HOME": str(self.state),
            "XDG_CACHE_HOME": str(self._cache_home()),
            "VAGRANT_HOME": str(paths.cache() / "vagrant" / "tests"),
            "KUBECONFIG": str(self.directory / "kubeconfig"),
            "LABGEN_TEST_LAB": self.lab_name("ha"),
            "LABGEN_COLD": "1",  # except in tests of warm starts
        }
        kept = {key: value for key, value in os.environ.items() if key != "LABGEN_HOME"}
        return {**kept, **ours}

    def _cache_home(self) -> Path:
        """Return a directory that has the user's cache as `labgen`."""
        cache = paths.cache()
        if cache.name == "labgen":
            return cache.parent
        link = self.directory / "cache" / "labgen"
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(cache)
        return link.parent


def home() -> Path:
    """Return the directory of all runs, next to labgen's own state."""
    return paths.state().with_name("labgen-tests")


def current() -> Run | None:
    """Return the run that this process belongs to."""
    named = os.environ.get(VARIABLE)
    return Run(Path(named)) if named else None


@contextmanager
def new() -> Iterator[Run]:
    """Create a run with a namespace without a route to the outside. It is locked during the
    block."""
    files.private_directory(home())
    with turn():
        made = Run(files.private_directory(home() / secrets.token_hex(3)))
        lock = _try_lock(made)
    if lock is None:
        raise RuntimeError(f"{made.directory} was just made and is locked already")
    try:
        run(["ip", "netns", "add", made.namespace], timeout=30)
        run(["ip", "-n", made.namespace, "link", "set", "lo", "up"], timeout=30)
        yield made
    finally:
        os.close(lock)


@contextmanager
def dead() -> Iterator[list[Run]]:
    """Yield the runs whose process has ended; no run starts during the block."""
    with turn():
        locks = {}
        for directory in sorted(home().glob("*/")):
            lock = _try_lock(Run(directory))
            if lock is not None:
                locks[directory] = lock
        try:
            yield [Run(directory) for directory in locks]
        finally:
            for lock in locks.values():
                os.close(lock)


@contextmanager
def turn() -> Iterator[None]:
    """Let only one process at a time start a run or sweep."""
    with locked(home() / ".turn", timeout=TURN):
        yield


def _try_lock(made: Run) -> int | None:
    """Return the descriptor that holds the run's lock; None while another process holds it."""
    lock = os.open(made.directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock

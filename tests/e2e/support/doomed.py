"""`python -m tests.e2e.support.doomed STEP FILE WORDS...`: labgen, killed at a step of its work.

A step is a program that labgen starts, or a change in the cache: a directory, a file or a rename.
What is the same for every machine counts once, except renames, which could mix two states. Python's
audit events name the steps (PEP 578), so labgen itself has no code for it. The process kills itself
with SIGKILL immediately before that step; 0 lets it end. FILE gets the names of the steps that were
begun, one per line.
"""

import os
import re
import signal
import sys
import threading
from pathlib import Path
from typing import Any

CHANGES = {"os.mkdir", "os.remove", "os.rmdir", "os.rename", "os.chmod", "os.truncate"}
ONCE = re.compile(r"[0-9a-f]{8,}|(master|node)\d+|(?<=shared/)\d+|(?<=snapshots/)\d+")
DEPTH = 6  # of a path, from the cache: below that, it is what a machine or an image consists of


class Steps:
    """Counts steps, and kills this process before one of them."""

    def __init__(self, last: int, log: Path) -> None:
        self._last = last
        self._log = log.open("w", buffering=1)
        self._lock = threading.RLock()
        self._seen: set[str] = set()

    def __call__(self, event: str, facts: tuple[Any, ...]) -> None:
        step = _named(event, facts)
        if step is None:
            return
        with self._lock:
            if step in self._seen:
                return
            self._seen.add(step)
            if len(self._seen) == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()
            self._log.write(f"{step}\n")


def _named(event: str, facts: tuple[Any, ...]) -> str | None:
    if event == "subprocess.Popen":
        words = [os.fsdecode(it) for it in facts[1]]
        return ONCE.sub("*", f"run {Path(words[0]).name} {_verb(words)}")
    if event == "open" and facts[2] & (os.O_WRONLY | os.O_RDWR):
        event = "write"
    elif event not in CHANGES:
        return None
    path = os.fsdecode(facts[0]) if not isinstance(facts[0], int) else ""
    if event == "os.rename":
        return f"{event} {_short(path)} {_short(os.fsdecode(facts[1]))}"
    short = _short(path)
    return ONCE.sub("*", f"{event} {short}") if short else None


def _verb(words: list[str]) -> str:
    """Return what the program does, without the paths that it does it to."""
    return " ".join(it for it in words[1:] if re.fullmatch(r"-*[a-z][a-z-]*", it))[:60]


def _short(path: str) -> str:
    """Return the path below labgen's cache or podman's storage, as deep as it matters."""
    for root in ("/cache/labgen/", "/.cache/labgen/", "/overlay/", "/cgroup/"):
        _, found, below = path.partition(root)
        if found:
            return "/".join(below.split("/")[:DEPTH])
    return ""


def main() -> None:
    last, log, *words = sys.argv[1:]
    from labgen.cli import main as labgen  # noqa: PLC0415 - imports are no steps

    sys.argv = ["labgen", *words]
    sys.addaudithook(Steps(int(last), Path(log)))
    labgen()


if __name__ == "__main__":
    main()

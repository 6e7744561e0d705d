"""Processes of this host that heal a fault after its duration if its machine cannot.

A timer is found by its command line. No pid is stored, so labgen never kills an unrelated process.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

from labgen.faults.records import Injection
from labgen.lab.lab import Lab
from labgen.lab.ownership import Owner, owner
from labgen.system.process import run
from labgen.system.wait import NotYet, until

MODULE = "labgen.faults.heal_timer_process"
PROC = Path("/proc")
START_TIMEOUT = 30.0  # seconds; Python's own start takes most of one on a busy host
END_TIMEOUT = 10.0  # seconds


def start(lab: Lab, injection: Injection) -> None:
    """Start a process, which outlives this one, to heal the injection after its duration."""
    words = [str(lab.directory), injection.id, f"{injection.duration:g}", lab.id]
    run([sys.executable, "-m", MODULE, *words], timeout=START_TIMEOUT, cwd=Path("/"))


def end(lab: Lab, id: str | None = None) -> None:
    """End the lab's timers, or the one of that injection, but never this process."""
    for process in running(lab, id):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)  # it has no lock while it waits

    def look() -> None:
        left = running(lab, id)
        if left:
            raise NotYet(f"processes {left}")

    until(look, what="the end of the heal timers", timeout=END_TIMEOUT, interval=0.02)


def running(lab: Lab, id: str | None = None) -> list[int]:
    """Return the pids of the lab's timers, or of that injection's timer, without this process."""
    return [
        process
        for process, words in _everywhere()
        if _owner(words) == owner(lab) and (id is None or id.encode() in words)
    ]


def of_labs() -> list[tuple[int, Owner]]:
    """Return all timers of this host: their pids and their labs."""
    found = [(process, _owner(words)) for process, words in _everywhere()]
    return [(process, lab) for process, lab in found if lab]


def _owner(words: list[bytes]) -> Owner | None:
    """Return the lab of a timer with that command line; versions before labs' ids named only the
    directory."""
    directory, *others = [os.fsdecode(it) for it in words[words.index(MODULE.encode()) + 1 :] if it]
    return Owner.at(Path(directory), others[2] if len(others) > 2 else None) if directory else None


def _everywhere() -> list[tuple[int, list[bytes]]]:
    """Return pid and command line of all timers except this process."""
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if MODULE.encode() in words:
                found.append((int(entry.name), words))
    return found

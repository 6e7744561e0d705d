"""The processes of the host that heal a fault after its time, where its machine cannot: found by
their command line, so that no pid is ever kept and none of another process's is ended.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

from labgen.faults.records import Injection
from labgen.lab.lab import Lab
from labgen.system.process import run
from labgen.system.wait import NotYet, until

MODULE = "labgen.faults.heal_timer_process"
PROC = Path("/proc")
START_TIMEOUT = 30.0  # seconds; Python's own start takes most of one on a busy host
END_TIMEOUT = 10.0  # seconds


def start(lab: Lab, injection: Injection) -> None:
    """Have the injection undone after its time by a process that outlives this one."""
    words = [str(lab.directory), injection.id, f"{injection.duration:g}"]
    run([sys.executable, "-m", MODULE, *words], timeout=START_TIMEOUT, cwd=Path("/"))


def end(lab: Lab, id: str | None = None) -> None:
    """End the lab's waiting processes, or the one for that injection; not this process itself."""
    for process in running(lab, id):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)  # it holds nothing while it waits

    def look() -> None:
        left = running(lab, id)
        if left:
            raise NotYet(f"processes {left}")

    until(look, what="the end of what waits to heal", timeout=END_TIMEOUT, interval=0.02)


def running(lab: Lab, id: str | None = None) -> list[int]:
    """The lab's waiting processes, or those for that injection, without this process."""
    return [
        process
        for process, words in _everywhere()
        if os.fsencode(lab.directory) in words and (id is None or id.encode() in words)
    ]


def of_labs() -> list[tuple[int, Path]]:
    """All waiting processes of this host, each with its lab's directory."""
    found = []
    for process, words in _everywhere():
        arguments = words[words.index(MODULE.encode()) + 1 :]
        if arguments:
            found.append((process, Path(os.fsdecode(arguments[0]))))
    return found


def _everywhere() -> list[tuple[int, list[bytes]]]:
    """Pid and command line of all of them but this process."""
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if MODULE.encode() in words:
                found.append((int(entry.name), words))
    return found

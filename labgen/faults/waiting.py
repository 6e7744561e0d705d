"""The processes of the host that heal a fault after its time, where its machine cannot: found by
their command line, so that no pid is ever kept and none of another process's is ended.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

from labgen.faults.injection import Injection
from labgen.lab.lab import Lab
from labgen.system.run import run
from labgen.system.wait import NotYet, until

MODULE = "labgen.faults.later"
PROC = Path("/proc")
START_TIMEOUT = 30.0  # seconds; Python's own start takes most of one on a busy host
END_TIMEOUT = 10.0  # seconds


def start(lab: Lab, injection: Injection) -> None:
    """Have the injection undone after its time by a process that outlives this one."""
    words = [str(lab.directory), injection.id, f"{injection.lasting:g}"]
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
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if MODULE.encode() not in words or os.fsencode(lab.directory) not in words:
                continue
            if id is None or id.encode() in words:
                found.append(int(entry.name))
    return found

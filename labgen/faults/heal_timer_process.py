"""Heal an injection after its duration.

python -m labgen.faults.heal_timer_process LAB-DIRECTORY ID SECONDS LAB-ID

The process detaches from its caller. It ends early if the fault has been healed by then. It is not
a part of heal_timer.py because it imports the engine, which imports that.
"""

import os
import sys
import time
from pathlib import Path

from labgen.errors import LabgenError, reason
from labgen.faults import records
from labgen.faults.engine import undo_one
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.system.journal import Journal

INTERVAL = 0.5  # seconds between two checks whether the fault is still recorded


def main(directory: str, id: str, seconds: str, _lab_id: str = "") -> None:
    """Detach, wait and heal. The lab's id is there for heal_timer, which finds timers by it."""
    lab = store.load(Path(directory).name)
    caller = os.getpid()
    if os.fork():
        os._exit(0)
    _detach(caller)
    _wait(lab, id, time.monotonic() + float(seconds))
    if not records.path(lab, id).exists():
        return
    try:
        undo_one(lab, id)
    except LabgenError as error:
        journal = Journal(lab.journal)
        journal.write("fault-heal-failed", id=id, error=reason(error)[:300])


def _wait(lab: Lab, id: str, deadline: float) -> None:
    while records.path(lab, id).exists() and (left := deadline - time.monotonic()) > 0:
        time.sleep(min(INTERVAL, left))


def _detach(caller: int) -> None:
    """Start a new session and close the caller's files, because run() waits for their end.

    Return when the caller, which has the same command line, has ended: from then on this is the
    only timer.
    """
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    while os.getppid() == caller:
        time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])

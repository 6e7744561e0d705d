"""A process that has the terminal until it ends, for as long as it likes: others wait for it."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

# Ctrl-C reaches the process by itself, since it belongs to the same terminal
PASSED_ON = (signal.SIGTERM, signal.SIGHUP)


def foreground(argv: Sequence[str | Path]) -> int:
    """Run argv with this process's input and outputs; its exit code, negative for a signal.

    On Ctrl-C, SIGTERM and SIGHUP the process is interrupted (SIGINT) once, and has the time it
    needs to put things in order; then KeyboardInterrupt is raised here. OSError when it cannot be
    started.
    """
    told: list[int] = []
    started: list[subprocess.Popen[bytes]] = []

    def tell(number: int, _frame: FrameType | None) -> None:
        if number in PASSED_ON and not told:
            for process in started:
                process.send_signal(signal.SIGINT)
        told.append(number)

    before = {it: signal.signal(it, tell) for it in (signal.SIGINT, *PASSED_ON)}
    try:
        started.append(subprocess.Popen([str(word) for word in argv]))
        code = started[0].wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if told:
        raise KeyboardInterrupt
    return code

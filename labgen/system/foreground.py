"""Run a process that uses the terminal until it ends, without a time limit."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

# Ctrl-C reaches the process by itself, since it belongs to the same terminal
PASSED_ON = (signal.SIGTERM, signal.SIGHUP)


def foreground(argv: Sequence[str | Path]) -> int:
    """Run argv with this process's standard streams, and return its exit code.

    The code is negative after a signal. On Ctrl-C, SIGTERM and SIGHUP the process is interrupted
    (SIGINT) once and gets as much time as it needs to clean up. After that KeyboardInterrupt is
    raised. Raises OSError when the process cannot be started.
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

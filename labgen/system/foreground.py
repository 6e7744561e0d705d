"""Run a process that uses the terminal until it ends, without a time limit."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from labgen.system.process import environment

# Ctrl-C reaches the process by itself, since it belongs to the same terminal
PASSED_ON = (signal.SIGTERM, signal.SIGHUP)


def foreground(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str | None] | None = None,
    all_to_stderr: bool = False,
) -> int:
    """Run argv with this process's standard streams, and return its exit code.

    env changes the environment as in process.run(). With all_to_stderr, what the process writes to
    standard output goes to standard error.

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
        words = [str(word) for word in argv]
        out = sys.__stderr__ if all_to_stderr else sys.__stdout__
        # A stream that was closed before this program began is no stream for the process, either.
        streams = [it or subprocess.DEVNULL for it in (sys.__stdin__, out, sys.__stderr__)]
        started.append(
            subprocess.Popen(
                words,
                env=environment(env or {}),
                stdin=streams[0],
                stdout=streams[1],
                stderr=streams[2],
            )
        )
        code = started[0].wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if told:
        raise KeyboardInterrupt
    return code

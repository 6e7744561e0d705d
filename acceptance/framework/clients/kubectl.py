"""kubectl as a user calls it: the bundle's, through the VIP, in a separate process."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from labgen.lab.lab import Lab
from labgen.system import interrupt
from labgen.system.process import run
from labgen.system.wait import NotYet, until

TIMEOUT = 30.0  # seconds for a command that ends by itself
FIRST_WORDS = 20.0  # seconds until a stream has printed the lines that a test waits for


@dataclass
class Stream:
    """A command that keeps running, and each line of its output with the time of its arrival.

    Times are those of time.monotonic(). ended and exit_code are None while the command runs.
    """

    process: subprocess.Popen[bytes]
    lines: list[tuple[float, str]] = field(default_factory=list)
    ended: float | None = None

    @property
    def exit_code(self) -> int | None:
        return self.process.returncode

    def await_lines(self, number: int) -> list[str]:
        """Wait until it has printed that many lines. Raises LabgenError if it does not."""

        def look() -> list[str]:
            if len(self.lines) < number:
                raise NotYet(f"{len(self.lines)}, the last: {self.lines[-1:]}")
            return [text for _, text in self.lines[:number]]

        return until(look, what=f"{number} lines of kubectl", timeout=FIRST_WORDS, interval=0.05)

    def listen(self) -> None:
        """Record the command's output until it ends."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append((time.monotonic(), line.decode(errors="replace").rstrip()))
        self.process.wait()
        self.ended = time.monotonic()


def call(lab: Lab, *words: str) -> str:
    """Run kubectl to its end and return its output. Raises LabgenError if it fails."""
    return run(_argv(lab, words), timeout=TIMEOUT).stdout


@contextmanager
def begun(lab: Lab, *words: str) -> Iterator[Stream]:
    """Run kubectl during the block; it is killed at the end if it still runs."""
    process = subprocess.Popen(
        _argv(lab, words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    stream = Stream(process)
    thread = threading.Thread(target=stream.listen, name="kubectl")
    with interrupt.watched(process):
        thread.start()
        try:
            yield stream
        finally:
            interrupt.kill_group(process.pid)
            thread.join()


def _argv(lab: Lab, words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "labgen", "kubectl", lab.name, "--", *words]

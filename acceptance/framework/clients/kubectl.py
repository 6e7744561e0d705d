"""kubectl as a user calls it: the bundle's own, through the VIP, in a process of its own."""

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
FIRST_WORDS = 20.0  # seconds until a stream has said what it is waited for


@dataclass
class Stream:
    """A command that goes on, and each line it said with its moment.

    Moments are those of time.monotonic(). ended and exit_code are None while it runs.
    """

    process: subprocess.Popen[bytes]
    lines: list[tuple[float, str]] = field(default_factory=list)
    ended: float | None = None

    @property
    def exit_code(self) -> int | None:
        return self.process.returncode

    def await_lines(self, number: int) -> list[str]:
        """Wait until it has said so many lines in all; LabgenError when it does not."""

        def look() -> list[str]:
            if len(self.lines) < number:
                raise NotYet(f"{len(self.lines)}, the last: {self.lines[-1:]}")
            return [text for _, text in self.lines[:number]]

        return until(look, what=f"{number} lines of kubectl", timeout=FIRST_WORDS, interval=0.05)

    def listen(self) -> None:
        """Take down what it says until it ends."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append((time.monotonic(), line.decode(errors="replace").rstrip()))
        self.process.wait()
        self.ended = time.monotonic()


def call(lab: Lab, *words: str) -> str:
    """What kubectl with words says, to its end. Raises LabgenError with what went wrong."""
    return run(_argv(lab, words), timeout=TIMEOUT).stdout


@contextmanager
def begun(lab: Lab, *words: str) -> Iterator[Stream]:
    """kubectl with words while the block runs; killed in the end if it still runs."""
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

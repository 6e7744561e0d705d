"""Run labgen as a user does, in a process of its own, and take the time."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from labgen.errors import LabgenError
from labgen.system import interrupt

FAREWELL = 120.0  # seconds for an interrupted command to end


@dataclass(frozen=True)
class Labgen:
    """One version of labgen: that of the environment to which the interpreter belongs."""

    python: str

    def timed(self, *words: str) -> float:
        """Run a command and return how many seconds it took. Raises LabgenError if it fails."""
        return self.timed_with_messages(*words)[0]

    def timed_with_messages(self, *words: str) -> tuple[float, str]:
        """Run a command and return how many seconds it took, and what it said.

        Raises LabgenError if it fails.
        """
        begin = time.monotonic()
        done = self._run(words)
        seconds = time.monotonic() - begin
        if done.returncode:
            raise _failed(words, done)
        return seconds, done.stderr

    def output(self, *words: str) -> str:
        """Return what a command prints. Raises LabgenError if it fails."""
        done = self._run(words)
        if done.returncode:
            raise _failed(words, done)
        return done.stdout

    def data(self, *words: str) -> Any:
        """Return the result of a command that knows `-o json`, whatever its exit code."""
        done = self._run((*words, "-o", "json"))
        try:
            return json.loads(done.stdout)
        except ValueError:
            raise _failed(words, done) from None

    def succeeds(self, *words: str) -> bool:
        """Return whether a command ends with exit code 0."""
        return self._run(words).returncode == 0

    def knows(self, option: str, *command: str) -> bool:
        """Return whether this version has that option."""
        return option in self.output(*command, "--help").split()

    def _run(self, words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        """Run a command. -P: the version is that of the environment, not of the current folder.

        The command has a session of its own, so that Ctrl-C reaches it only once, from here.
        """
        argv = [self.python, "-P", "-m", "labgen", *words]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            argv, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        ) as process:
            try:
                out, err = process.communicate()
            except BaseException:
                process.terminate()
                process.wait(FAREWELL)
                raise
        return subprocess.CompletedProcess(argv, process.returncode, out, err)


def _failed(words: tuple[str, ...], done: subprocess.CompletedProcess[str]) -> LabgenError:
    said = done.stderr.rstrip()
    return LabgenError(f"labgen {' '.join(words)}: exit code {done.returncode}\n{said}")


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore signals that end the program, except in the commands that it runs: for `down`."""
    before = {number: signal.signal(number, lambda *_: None) for number in interrupt.SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

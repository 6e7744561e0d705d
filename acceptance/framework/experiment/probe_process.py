"""The probing process from pytest's side: start it, read its lines, stop it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import acceptance
from acceptance.framework.errors import HarnessError
from acceptance.framework.experiment.observers.changes import Change
from acceptance.framework.experiment.probes.protocol import Ended, Task, parsed
from labgen.recordings.recording import Sample

MODULE = "acceptance.framework.experiment.probes"
END_TIMEOUT = 30.0  # seconds: probes under way take 5 at most, the last watched writes 15
SHOWN_LINES = 15


@dataclass
class Seen:
    """Everything that the process has reported so far."""

    clients: dict[tuple[str, str], list[Sample]] = field(default_factory=dict)  # by kind and name
    changes: list[Change] = field(default_factory=list)
    ended: Ended | None = None  # known once the process has ended

    def take(self, line: str) -> None:
        """Store one more line of the process."""
        found = parsed(line)
        if isinstance(found, Ended):
            self.ended = found
        elif isinstance(found, Change):
            self.changes.append(found)
        else:
            self.clients.setdefault((found.kind, found.client), []).append(found.sample)

    def samples(self, kind: str) -> list[Sample]:
        """Return the samples of all clients of that kind so far."""
        found = list(self.clients.items())
        return [sample for (own, _), samples in found if own == kind for sample in list(samples)]


@contextmanager
def watching(task: Task) -> Iterator[Seen]:
    """Run the task during the block. Raises HarnessError if the process breaks."""
    seen = Seen()
    root = Path(acceptance.__file__).parents[1]
    words = [sys.executable, "-m", MODULE, task.to_json()]
    with TemporaryFile("w+") as log:
        process = subprocess.Popen(
            words, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
        reading = threading.Thread(target=_read, args=(process.stdout, seen), name="probes")
        reading.start()
        try:
            yield seen
        finally:
            _end(process)
            reading.join()
        if process.returncode or seen.ended is None:
            log.seek(0)
            tail = "".join(log.readlines()[-SHOWN_LINES:])
            raise HarnessError(f"the probing process ended with {process.returncode}:\n{tail}")


def _read(lines: IO[str] | None, seen: Seen) -> None:
    for line in lines or ():
        seen.take(line)


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(END_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

"""The probing process, seen from pytest: started, listened to, told to end."""

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
from acceptance.framework.experiment.probes.task import Ended, Task, parsed
from labgen.recordings.recording import Sample

MODULE = "acceptance.framework.experiment.probes"
END_TIMEOUT = 25.0  # seconds: probes under way take 2 at most, the last watched writes 15
SHOWN_LINES = 15


@dataclass
class Seen:
    """What the process has told so far; ended is there once it has ended."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    ended: Ended | None = None

    def take(self, line: str) -> None:
        """One more line of the process."""
        told = parsed(line)
        if isinstance(told, Ended):
            self.ended = told
        elif isinstance(told, Change):
            self.changes.append(told)
        else:
            kind, sample = told
            self.samples.setdefault(kind, []).append(sample)


@contextmanager
def watching(task: Task) -> Iterator[Seen]:
    """Have the task done while the block runs. Raises HarnessError if the process breaks."""
    seen = Seen()
    root = Path(acceptance.__file__).parents[1]
    words = [sys.executable, "-m", MODULE, task.to_json()]
    with TemporaryFile("w+") as said:
        process = subprocess.Popen(
            words, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
        )
        listening = threading.Thread(target=_listen, args=(process.stdout, seen), name="probes")
        listening.start()
        try:
            yield seen
        finally:
            _end(process)
            listening.join()
        if process.returncode or seen.ended is None:
            said.seek(0)
            tail = "".join(said.readlines()[-SHOWN_LINES:])
            raise HarnessError(f"the probing process ended with {process.returncode}:\n{tail}")


def _listen(lines: IO[str] | None, seen: Seen) -> None:
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

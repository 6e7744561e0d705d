"""Run processes. A failure contains argv, exit code and output, ready to paste."""

import logging
import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from labgen.errors import LabgenError
from labgen.system import interrupt

logger = logging.getLogger(__name__)
SHOWN_OUTPUT_LINES = 15
KILLED_TIMEOUT = 1.0
# Seconds between checks whether an interrupt killed the process: another process that has its pipes
# (the shared SSH connection has those of all its sessions) may keep them open indefinitely.
LOOK = 0.5


@dataclass(frozen=True)
class Completed:
    """A process that ended; stdout and stderr are text, undecodable bytes replaced."""

    argv: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        return self.exit_code == 0


class CommandFailed(LabgenError):
    """A process ended with an exit code other than 0, or did not start.

    The first line of the message has the reason; the output and the command itself follow.
    """

    def __init__(self, completed: Completed, *, hint: str | None = None) -> None:
        self.completed = completed
        output = (completed.stdout.rstrip() + "\n" + completed.stderr.rstrip()).strip().splitlines()
        program = Path(completed.argv[0]).name if completed.argv else "command"
        lines = [f"{program} failed with exit code {completed.exit_code}"]
        lines[0] += f": {self.reason}" if output else ""
        lines += [f"    {line}" for line in output[-SHOWN_OUTPUT_LINES:]] if output[1:] else []
        lines.append(f"  command: {shlex.join(completed.argv)}")
        super().__init__("\n".join(lines), hint=hint)

    @property
    def reason(self) -> str:
        """Return the last line of its output, which is more helpful than the command line."""
        lines = (self.completed.stderr.strip() or self.completed.stdout.strip()).splitlines()
        return lines[-1].strip() if lines else f"exit code {self.completed.exit_code}"


class CommandTimedOut(LabgenError):
    """A process did not end in time and was killed with its children."""

    def __init__(self, argv: tuple[str, ...], timeout: float, stdout: str, stderr: str) -> None:
        self.timeout = timeout
        self.stdout = stdout
        self.stderr = stderr
        output = stderr.strip() or stdout.strip()
        tail = output.splitlines()[-1] if output else "no output"
        super().__init__(
            f"command did not end within {timeout:g} s: {shlex.join(argv)}", last_seen=tail
        )

    @property
    def reason(self) -> str:
        output = (self.stderr.strip() or self.stdout.strip()).splitlines()
        return f"no answer within {self.timeout:g} s" + (f": {output[-1]}" if output else "")


def run(
    argv: Sequence[str | Path],
    *,
    timeout: float,
    input: str | bytes | None = None,
    check: bool = True,
    cwd: Path | None = None,
    env: Mapping[str, str | None] | None = None,
    stdin_from: BinaryIO | None = None,
    stdout_to: BinaryIO | None = None,
) -> Completed:
    """Run argv to its end, at most timeout seconds.

    env is added to this process's environment; a name whose value is None is removed. Secrets are
    passed through input, never through argv, which is logged. With stdin_from, the process reads
    that open file from its current position. With stdout_to, standard output goes to that open
    file and Completed.stdout is empty. Raises CommandFailed (unless check is False) and
    CommandTimedOut.
    """
    words = tuple(str(word) for word in argv)
    data = input.encode() if isinstance(input, str) else input
    started = time.monotonic()
    with interrupt.held(), _stdin(data) as stdin:
        interrupt.check()
        try:
            process = subprocess.Popen(
                words,
                stdin=stdin_from or stdin,
                stdout=stdout_to or subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=cwd,
                env=environment(env or {}),
                start_new_session=True,
            )
        except OSError as error:
            completed = Completed(words, 127, "", str(error))
            if check:
                raise CommandFailed(completed) from error
            return completed
        with interrupt.watched(process):
            out, err = _finish(process, words, timeout)
        interrupt.check()
    completed = Completed(words, process.returncode, _text(out), _text(err))
    logger.debug(
        "%.2f s, exit %d: %s", time.monotonic() - started, completed.exit_code, shlex.join(words)
    )
    if check and not completed.ok:
        raise CommandFailed(completed)
    return completed


def environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return this process's environment with the changes; None removes a name."""
    return {name: word for name, word in {**os.environ, **changes}.items() if word is not None}


@contextmanager
def _stdin(data: bytes | None) -> Iterator[int | BinaryIO]:
    """Yield the file that a process reads from: a file in memory, to which all data can be written
    in one step."""
    if data is None:
        yield subprocess.DEVNULL
        return
    with os.fdopen(os.memfd_create("stdin"), "w+b") as file:
        file.write(data)
        file.seek(0)
        yield file


def _finish(
    process: subprocess.Popen[bytes], words: tuple[str, ...], timeout: float
) -> tuple[bytes | None, bytes | None]:
    """Wait for the end; whatever happens, the process and its children are not left running."""
    deadline = time.monotonic() + timeout
    try:
        while True:
            left = deadline - time.monotonic()
            try:
                return process.communicate(timeout=min(left, LOOK))
            except subprocess.TimeoutExpired:
                interrupt.check()
                if left <= LOOK:
                    break
    except BaseException:
        interrupt.kill_group(process.pid)
        _close_pipes(process)
        raise
    interrupt.kill_group(process.pid)
    out, err = _rest(process)
    raise CommandTimedOut(words, timeout, _text(out), _text(err))


def _rest(process: subprocess.Popen[bytes]) -> tuple[bytes | None, bytes | None]:
    """Return the output of a killed process. A child that left its session may keep the pipes
    open."""
    try:
        return process.communicate(timeout=KILLED_TIMEOUT)
    except subprocess.TimeoutExpired as open_still:
        _close_pipes(process)
        return open_still.output, open_still.stderr


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    """Discard further output of a killed process, and wait for its end."""
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
    process.wait()


def _text(data: bytes | None) -> str:
    return (data or b"").decode(errors="replace")

"""The one way out to a process. A failure carries argv, exit code and output, ready to paste."""

import logging
import os
import shlex
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from labgen.report.errors import LabgenError
from labgen.system import interrupt

logger = logging.getLogger(__name__)
SHOWN_OUTPUT_LINES = 15
KILLED_TIMEOUT = 1.0


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
    """A process ended with another exit code than 0, or did not start."""

    def __init__(self, completed: Completed, *, hint: str | None = None) -> None:
        self.completed = completed
        output = (completed.stdout.rstrip() + "\n" + completed.stderr.rstrip()).strip()
        tail = "\n".join("    " + line for line in output.splitlines()[-SHOWN_OUTPUT_LINES:])
        message = f"command failed with exit code {completed.exit_code}:\n"
        message += f"    {shlex.join(completed.argv)}"
        super().__init__(message + (f"\n{tail}" if tail else ""), hint=hint)


class CommandTimedOut(LabgenError):
    """A process did not end within its time and was killed with its children."""

    def __init__(self, argv: tuple[str, ...], timeout: float, output: str) -> None:
        tail = output.strip().splitlines()[-1] if output.strip() else "no output"
        super().__init__(
            f"command did not end within {timeout:g} s: {shlex.join(argv)}", last_seen=tail
        )


def run(
    argv: Sequence[str | Path],
    *,
    timeout: float,
    input: str | bytes | None = None,
    check: bool = True,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdout_to: BinaryIO | None = None,
) -> Completed:
    """Run argv to its end, at most timeout seconds; env is added to this process's environment.

    Secrets go in through input, never through argv, which is logged. With stdout_to, standard
    output goes to that open file and Completed.stdout is empty.
    Raises CommandFailed (unless check is False) and CommandTimedOut.
    """
    words = tuple(str(word) for word in argv)
    data = input.encode() if isinstance(input, str) else input
    started = time.monotonic()
    with interrupt.held():
        interrupt.check()
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE if data is not None else subprocess.DEVNULL,
                stdout=stdout_to or subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=cwd,
                env={**os.environ, **env} if env else None,
                start_new_session=True,
            )
        except OSError as error:
            completed = Completed(words, 127, "", str(error))
            if check:
                raise CommandFailed(completed) from error
            return completed
        with interrupt.watched(process):
            out, err = _finish(process, words, data, timeout)
        interrupt.check()
    completed = Completed(words, process.returncode, _text(out), _text(err))
    logger.debug(
        "%.2f s, exit %d: %s", time.monotonic() - started, completed.exit_code, shlex.join(words)
    )
    if check and not completed.ok:
        raise CommandFailed(completed)
    return completed


def _finish(
    process: subprocess.Popen[bytes], words: tuple[str, ...], data: bytes | None, timeout: float
) -> tuple[bytes, bytes]:
    """Wait for the end; whatever happens, the process and its children are not left running."""
    try:
        return process.communicate(data, timeout=timeout)
    except subprocess.TimeoutExpired:
        interrupt.kill_group(process.pid)
        out, err = _rest(process)
        raise CommandTimedOut(words, timeout, _text(err) or _text(out)) from None
    except BaseException:
        interrupt.kill_group(process.pid)
        process.wait()
        raise


def _rest(process: subprocess.Popen[bytes]) -> tuple[bytes | None, bytes | None]:
    """What a killed process had printed; a child that left its session may keep the pipes open."""
    try:
        return process.communicate(timeout=KILLED_TIMEOUT)
    except subprocess.TimeoutExpired as open_still:
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
        process.wait()
        return open_still.output, open_still.stderr


def _text(data: bytes | None) -> str:
    return (data or b"").decode(errors="replace")

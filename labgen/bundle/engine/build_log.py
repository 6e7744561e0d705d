"""Run the long commands of a build: all their output goes to a log, its last lines into the
error."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labgen.errors import LabgenError
from labgen.system.process import run

SHOWN_LINES = 12


@dataclass(frozen=True)
class Log:
    """The log file of one part's build."""

    path: Path

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        timeout: float,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Run argv and append both its streams to the log; timeout is in seconds.

        Raises LabgenError with the last lines of output and the path of the log.
        """
        words = [str(word) for word in argv]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(f"$ {shlex.join(words)}\n".encode())
            file.flush()
            started = file.tell()
            # sh joins the two streams: run() would keep standard error for itself
            merged = ["sh", "-c", 'exec "$@" 2>&1', "sh", *words]
            ended = run(merged, timeout=timeout, cwd=cwd, env=env, stdout_to=file, check=False)
        if not ended.ok:
            raise LabgenError(
                f"command failed with exit code {ended.exit_code}:\n    {shlex.join(words)}",
                last_seen=self._tail(started),
                log=self.path,
            )

    def _tail(self, start: int) -> str:
        with self.path.open("rb") as file:
            file.seek(start)
            lines = file.read().decode(errors="replace").strip().splitlines()
        return "\n    ".join(lines[-SHOWN_LINES:]) or "no output"

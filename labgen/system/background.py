"""Run a program beside labgen for the time of a block."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from labgen.system import interrupt

# labgen may have died before setpriv registered for its end.
IF_ALIVE = '[ "$PPID" = "$0" ] && exec "$@"'


@contextmanager
def running(argv: Sequence[str | Path], *, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run argv until the end of the block. Then no process of it is left that has its standard
    output, whose content is discarded.

    All of them are killed at the end, after an interrupt, and when labgen itself dies. The thread
    that enters the block has to live as long as the block: the kernel takes its end for labgen's.
    """
    words = ["setpriv", "--pdeathsig", "KILL", "sh", "-c", IF_ALIVE, str(os.getpid())]
    with (
        interrupt.held(),
        subprocess.Popen(
            [*words, *map(str, argv)],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        ) as process,
    ):
        try:
            with interrupt.watched(process):
                yield process
        finally:
            interrupt.kill_group(process.pid)
            process.communicate()  # until the last one that has the pipe is gone

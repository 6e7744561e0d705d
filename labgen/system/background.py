"""Run a program beside labgen for the time of a block."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from labgen.system import interrupt


@contextmanager
def running(argv: Sequence[str | Path], *, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run argv until the end of the block. Then no process of it is left that has its standard
    output, whose content is discarded.

    All of them are killed at the end, after an interrupt, and when labgen itself dies. The thread
    that enters the block has to live as long as the block: the kernel takes its end for labgen's.
    """
    words = ["setpriv", "--pdeathsig", "KILL", *map(str, argv)]
    with (
        interrupt.held(),
        subprocess.Popen(
            words,
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

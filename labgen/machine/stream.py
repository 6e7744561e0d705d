"""Standard input for a process: some bytes first, then the rest of an open file."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

CAT_ENDS = 10.0  # seconds; its reader is gone by then


@contextmanager
def following(head: bytes, data: str | bytes | None, file: BinaryIO | None) -> Iterator[BinaryIO]:
    """Yield a stream of head, followed by data or by the file from its current position."""
    body = data.encode() if isinstance(data, str) else data or b""
    with os.fdopen(os.memfd_create("head"), "w+b") as memory:
        memory.write(head if file else head + body)
        memory.seek(0)
        if file is None:
            yield memory
        elif not head:
            yield file
        else:
            with _after(memory, file) as both:
                yield both


@contextmanager
def _after(first: BinaryIO, second: BinaryIO) -> Iterator[BinaryIO]:
    """Yield one file after the other, by cat(1), because the second may be larger than memory."""
    descriptor = first.fileno()
    argv = ["cat", f"/dev/fd/{descriptor}", "-"]
    process = subprocess.Popen(
        argv, stdin=second, stdout=subprocess.PIPE, pass_fds=[descriptor], start_new_session=True
    )
    try:
        yield cast("BinaryIO", process.stdout)
    finally:
        if process.stdout:
            process.stdout.close()
        process.kill()
        process.wait(timeout=CAT_ENDS)

"""The command line: one file per command, which parses, calls and prints; no logic."""

import os
import signal
from types import FrameType

INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def main() -> None:
    """Run the command line and exit with its code; Ctrl-C counts from the first moment on."""
    # where it is ignored, as in a shell's background, it stays so
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, _leave)
    from labgen.cli.entry import main as run  # noqa: PLC0415 - takes most of a second

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """Nothing is under way yet; an exception would end in whatever is just being imported."""
    os._exit(INTERRUPTED)


__all__ = ["main"]

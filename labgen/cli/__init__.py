"""The command line: one file per command, which parses, calls and prints; no logic."""

import os
import signal
from types import FrameType

INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def main() -> None:
    """Run the command line and exit with its code; Ctrl-C works from the first moment on."""
    # A shell's background job ignores it, which stays so.
    handled = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if handled:
        signal.signal(signal.SIGINT, _leave)
    from labgen.cli.entry import main as run  # noqa: PLC0415 - takes most of a second

    run(interruptible=handled)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """Exit immediately. Nothing has begun yet, and an exception would surface in some import."""
    os._exit(INTERRUPTED)


__all__ = ["main"]

"""Call labgen as a user does: by the real entry point, in this process."""

import contextlib
import io
import logging
import signal
import sys
from dataclasses import dataclass
from unittest import mock

from labgen.cli import main
from labgen.cli.session import TRACE


@dataclass(frozen=True)
class Said:
    """The result of a call."""

    exit_code: int
    out: str
    err: str


def labgen(*words: str) -> Said:
    """Call labgen with words; signal handlers and log levels are restored afterwards."""
    out, err = io.StringIO(), io.StringIO()
    handlers = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    level = logging.getLogger().level
    code: object = 0
    try:
        with (
            mock.patch.object(sys, "argv", ["labgen", *words]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            main()
    except SystemExit as ended:
        code = ended.code
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        logging.getLogger(TRACE).setLevel(logging.NOTSET)
        logging.getLogger().setLevel(level)
    assert isinstance(code, int)
    return Said(code, out.getvalue(), err.getvalue())

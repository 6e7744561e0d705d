"""Run pytest as `python -m labgen.operations.run_suite`; a full disk below its output is one
sentence, where pytest itself would show a traceback."""

import os
import sys

import pytest

from labgen.errors import os_reason

INTERNAL_ERROR = 3  # pytest.ExitCode


def main() -> int:
    """Run pytest with this process's arguments, and return its exit code."""
    try:
        return pytest.console_main()
    except OSError as error:
        sys.stderr.write(f"error: the suite's output: {os_reason(error)}\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left of it is lost
        return INTERNAL_ERROR


if __name__ == "__main__":
    raise SystemExit(main())

"""Run pytest as `python -m labgen.operations.run_suite`; a full disk below its output is one
sentence, where pytest itself would show a traceback."""

import os
import sys

import pytest

from labgen.errors import os_reason
from labgen.system import data

INTERNAL_ERROR = 3  # pytest.ExitCode


def main() -> int:
    """Run pytest with this process's arguments, and return its exit code."""
    # for tests that are not in the suite's own directory, as those of exercises
    sys.path.append(str(data.directory("acceptance").parent))
    try:
        code = int(pytest.main())
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads it
        code = int(pytest.ExitCode.TESTS_FAILED)
    except OSError as error:
        sys.stderr.write(f"error: the suite's output: {os_reason(error)}\n")
        code = INTERNAL_ERROR
    else:
        return code
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left of it is lost
    return code


if __name__ == "__main__":
    raise SystemExit(main())

"""`python -m tests.e2e [PYTEST ARGUMENTS]`: the end-to-end tests, in a network namespace.

This removes what killed runs left, creates a namespace without a route to the outside, runs pytest
in it and removes the namespace again. Bundles come from the user's cache; the user's labs are not
touched. Tests marked slow run only with -m slow.
"""

import os
import signal
import subprocess
import sys

from labgen.system import netns
from tests.e2e.support import runs, sweep
from tests.e2e.support.runs import Run

FAREWELL = 180.0  # seconds for an interrupted pytest to take its labs down


def main() -> int:
    """Return pytest's exit code, or 1 when all tests passed but something was left behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if os.geteuid() != 0:
        sys.stderr.write("error: real labs need root\n")
        return 3
    for what in sweep.sweep_dead_runs():
        sys.stdout.write(f"an earlier run was killed; removed its {what}\n")
    with runs.new() as run_:
        try:
            code = _pytest(run_, sys.argv[1:])
        finally:
            left = sweep.remove(run_)
    for what in left:
        sys.stderr.write(f"the tests left {what} behind; it was removed\n")
    return code or (1 if left else 0)


def _pytest(run_: Run, arguments: list[str]) -> int:
    # should this process be killed, the kernel tells pytest, and labs are taken down all the same
    watched = ["setpriv", "--pdeathsig", "TERM"]
    inside = ["nsenter", f"--net={netns.NAMED / run_.namespace}"]
    plugins = ["-p", "acceptance.framework.plugins.summary", "-p", "no:cacheprovider"]
    words = [sys.executable, "-m", "pytest", *plugins, "--capture=no", "--verbose", "tests/e2e"]
    chosen = [] if "-m" in arguments else ["-m", "not slow"]
    sys.stdout.flush()
    pytest = subprocess.Popen(
        [*watched, *inside, *words, *chosen, *arguments],
        env=run_.environment(),
        cwd=sweep.ROOT,
        stdin=subprocess.DEVNULL,
    )
    try:
        return pytest.wait()
    except KeyboardInterrupt:
        pytest.terminate()
        pytest.wait(timeout=FAREWELL)
        raise


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # 128 + SIGINT, as shells report it

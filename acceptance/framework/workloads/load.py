"""Load on the API: many repeated kubectl calls, as from scripts and watch(1)."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from labgen.bundle.store import require
from labgen.cluster import kubectl
from labgen.lab.lab import Lab

WHAT = "all,nodes,events,secrets,configmaps"  # the largest answers that there are
AT_ONCE = 3
# kubectl stands for work on other hosts, so on the lab's cores it has the lowest priority.
NICE = "10"
PAUSE = "1"  # seconds
FOREVER = """
while :; do
  nice -n "$NICENESS" "$KUBECTL" get "$WHAT" --all-namespaces >/dev/null 2>&1
  sleep "$PAUSE"
done
"""


@contextmanager
def kubectl_load(lab: Lab) -> Iterator[None]:
    """Run kubectl repeatedly in several processes during the block; failed calls are repeated."""
    program = require(lab.scenario.kubernetes.version).bin / "kubectl"
    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(_asking(program, lab))
        yield


@contextmanager
def _asking(program: Path, lab: Lab) -> Iterator[None]:
    """Run the calls in a separate process group, so that none of them remains."""
    told = {"KUBECTL": str(program), "WHAT": WHAT, "NICENESS": NICE, "PAUSE": PAUSE}
    environment = {**kubectl.environment(lab), **told}
    words = ["setpriv", "--pdeathsig", "KILL", "bash", "-c", FOREVER]
    with subprocess.Popen(words, env=environment, start_new_session=True) as asking:
        try:
            yield
        finally:
            os.killpg(asking.pid, signal.SIGKILL)

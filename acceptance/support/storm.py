"""kubectl at the API, again and again, as many scripts and impatient people do."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from labgen.bundle.store import require
from labgen.lab.lab import Lab

WHAT = "all,nodes,events,secrets,configmaps"  # the largest answers that there are
AT_ONCE = 3
# What kubectl itself needs is work of other hosts: on the lab's own cores it goes last.
NICE = "10"
FOREVER = 'while :; do nice -n "$1" "$2" get "$3" --all-namespaces >/dev/null 2>&1; done'


@contextmanager
def storm(lab: Lab) -> Iterator[None]:
    """Have kubectl ask without a pause while the block runs; what fails is asked again."""
    program = require(lab.scenario.kubernetes.version).bin / "kubectl"
    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(_asking(program, lab.kubeconfig))
        yield


@contextmanager
def _asking(program: Path, kubeconfig: Path) -> Iterator[None]:
    """In a process group of its own, so that nothing of it stays."""
    words = [
        "setpriv",
        "--pdeathsig",
        "KILL",
        "bash",
        "-c",
        FOREVER,
        "storm",
        NICE,
        str(program),
        WHAT,
    ]
    environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}
    with subprocess.Popen(words, env=environment, start_new_session=True) as asking:
        try:
            yield
        finally:
            os.killpg(asking.pid, signal.SIGKILL)

"""kubectl at the API, again and again, as many scripts and impatient people do."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from labgen.bundle.store import require
from labgen.lab.lab import Lab
from labgen.report.errors import LabgenError
from labgen.system.run import run

# what is asked: the largest answers that there are
WORDS = ("get", "all,nodes,events,secrets,configmaps", "--all-namespaces", "-o", "yaml")
AT_ONCE = 3
TIMEOUT = 60.0  # seconds


@contextmanager
def storm(lab: Lab) -> Iterator[None]:
    """Have kubectl ask without a pause while the block runs; what fails is asked again."""
    stop = threading.Event()
    program = require(lab.scenario.kubernetes.version).bin / "kubectl"
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="storm") as pool:
        running = [pool.submit(_ask, program, lab.kubeconfig, stop) for _ in range(AT_ONCE)]
        try:
            yield
        finally:
            stop.set()
        for asking in running:
            asking.result()


def _ask(program: Path, kubeconfig: Path, stop: threading.Event) -> None:
    environment = {"KUBECONFIG": str(kubeconfig)}
    while not stop.is_set():
        try:
            run([program, *WORDS], timeout=TIMEOUT, env=environment)
        except LabgenError:
            continue

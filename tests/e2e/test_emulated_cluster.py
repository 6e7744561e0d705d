"""A cluster of two virtual machines, with processors that QEMU emulates."""

import time
from collections.abc import Callable

from labgen.lab import store
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.program import labgen
from tests.e2e.support.runs import Run
from tests.e2e.support.virtual import UP, down_leaves_nothing, emulated

# kubeadm requires two processors of a control plane; each one slows the emulator
MACHINES = (
    "machines=[{role: control-plane, memory: 2560MiB}, {role: worker, memory: 1GiB, cpus: 1}]"
)


def test_cluster_of_virtual_machines_passes_the_smoke_tier(
    run_: Run, uri: str, labs_to_remove: list[str], record_property: Callable[[str, object], None]
) -> None:
    name = run_.lab_name("emulated")
    labs_to_remove.append(name)
    words = ["--name", name, *emulated(uri)]
    begin = time.monotonic()
    labgen("up", "single", *words, "-s", MACHINES, timeout=UP)
    record_property("one master and one worker, emulated, up", f"{time.monotonic() - begin:.0f} s")
    lab = store.load(name)
    assert_healthy(lab)
    labgen("verify", name, timeout=UP)
    down_leaves_nothing(lab, uri)

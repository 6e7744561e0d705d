"""Container runtimes other than containerd, each on one machine."""

import pytest

from labgen.lab import store
from labgen.system.wait import NotYet, until
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import UP, labgen
from tests.e2e.support.runs import Run

NODES = "jsonpath={.items[*].status.nodeInfo.containerRuntimeVersion}"


@pytest.mark.parametrize("runtime", ["docker", "cri-o"])
def test_a_machine_with_another_runtime_is_a_cluster_that_outlives_a_power_cut(
    run_: Run, labs_to_remove: list[str], runtime: str
) -> None:
    name = run_.lab_name(runtime)
    labs_to_remove.append(name)
    words = ["up", "single", "--name", name, "-s", f"kubernetes.runtime={runtime}"]
    labgen(*words, timeout=UP)
    assert "nothing changed" in labgen(*words, timeout=UP).stderr
    told = labgen("kubectl", name, "--", "get", "nodes", "-o", NODES).stdout
    assert told.startswith(f"{runtime}://")
    labgen("verify", name, timeout=UP)

    labgen("stop", name, "--now")
    labgen("start", name)
    until(lambda: _verified(name), what="the gate after a power cut", timeout=180, interval=2)

    lab = store.load(name)
    labgen("down", name)
    assert not leaks(lab)


def _verified(name: str) -> None:
    """Raise NotYet until the smoke tier passes."""
    done = labgen("verify", name, timeout=UP, check=False, quiet=True)
    if not done.ok:
        raise NotYet(done.stdout[-500:])

"""Masters that also run workloads, and flannel's other backend."""

import sys

from labgen.lab import store
from tests.labs.program import UP, labgen, shown
from tests.labs.runs import Run
from tests.labs.traces import traces

TAINTS = "jsonpath={.items[*].spec.taints[*].key}"
SUITE = 300.0  # seconds


def test_masters_without_workers_run_workloads_over_host_gw(
    run_: Run, taken_down: list[str]
) -> None:
    name = run_.lab_name("masters")
    taken_down.append(name)
    backend = ("-s", "kubernetes.cni.backend=host-gw")
    labgen("up", "ha-3x0", "--name", name, *backend, timeout=UP)
    lab = store.load(name)
    taints = labgen("kubectl", name, "--", "get", "nodes", "-o", TAINTS).stdout
    assert "node-role.kubernetes.io/control-plane" not in taints

    suite = ["acceptance/", "-q", "-p", "no:cacheprovider", "-m", "not disturbs", "--lab", name]
    assert "passed" in shown([sys.executable, "-m", "pytest", *suite], timeout=SUITE).stdout

    labgen("down", name)
    assert not traces(lab)

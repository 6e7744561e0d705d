"""The scenarios other than single and ha-3x3, each with its special properties."""

import os
import signal
import sys

from labgen.lab import store
from labgen.lab.lab import Lab
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import INTERRUPTED, UP, await_file, await_step, begun, labgen, shown
from tests.e2e.support.runs import Run

ETCD = "/etc/kubernetes/manifests/etcd.yaml"
TAINTS = "jsonpath={.items[*].spec.taints[*].key}"
QUICK = ("nodes", "etcd", "load_balancer", "virtual_ip")  # files of the suite; some seconds
SUITE = 300.0  # seconds


def test_masters_without_workers_run_workloads_over_host_gw(
    run_: Run, labs_to_remove: list[str]
) -> None:
    """Interrupt the first `up` at the worst moment: while etcd's new members start."""
    name = run_.lab_name("masters")
    labs_to_remove.append(name)
    words = ["up", "ha-3x0", "--name", name, "-s", "kubernetes.cni.backend=host-gw"]
    with begun(*words) as up:
        await_step(name, "join master2")
        await_file(name, "master2", ETCD)
        os.killpg(up.pid, signal.SIGINT)
        assert up.wait(timeout=30) == INTERRUPTED
    labgen(*words, timeout=UP)
    lab = store.load(name)
    taints = labgen("kubectl", name, "--", "get", "nodes", "-o", TAINTS).stdout
    assert "node-role.kubernetes.io/control-plane" not in taints
    _suite(lab, "acceptance/", "-m", "not disturbs")

    labgen("down", name)
    assert not leaks(lab)


def test_five_masters_are_five_voters_behind_one_vip(run_: Run, labs_to_remove: list[str]) -> None:
    name = run_.lab_name("five")
    labs_to_remove.append(name)
    labgen("up", "ha-5x2", "--name", name, "-s", "loadBalancer.profile=standard", timeout=UP)
    lab = store.load(name)
    assert (len(lab.control_planes), len(lab.workers)) == (5, 2)
    assert_healthy(lab)
    _suite(lab, *(f"acceptance/test_{part}.py" for part in QUICK))

    labgen("down", name)
    assert not leaks(lab)


def _suite(lab: Lab, *what: str) -> None:
    """Run this part of the acceptance suite, and assert that it passes."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--lab", lab.name]
    said = shown([*words, *what], timeout=SUITE).stdout
    assert " passed" in said

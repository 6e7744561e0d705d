"""The lab that labgen was made for: three control planes, three workers."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import idle
from benchmarks.command import Labgen
from labgen.lab.lab import Lab
from labgen.system.process import run
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.inventory import from_outside, inventory
from tests.e2e.support.program import LABGEN, labgen

SMOKE = 30.0  # seconds, on two cores
# what could be created, except what the cluster itself creates all the time
KINDS = "namespaces,pods,services,endpointslices,configmaps,secrets,serviceaccounts,deployments"
KINDS += ",daemonsets,jobs,persistentvolumeclaims,networkpolicies,clusterroles,clusterrolebindings"


@pytest.mark.quick
def test_lab_is_healthy(ha_3x3: Lab) -> None:
    assert_healthy(ha_3x3)


def test_etcd_refused_no_member(ha_3x3: Lab) -> None:
    """Search etcd's log for a refused member: after a restart, etcd would dial it endlessly."""
    for machine in ha_3x3.control_planes:
        words = ["kubectl", ha_3x3.name, "--", "-n", "kube-system", "logs", f"etcd-{machine.name}"]
        said = labgen(*words, quiet=True).stdout
        assert "added member" in said
        assert "too many learner members" not in said


def test_benchmark_finds_what_each_component_costs_at_rest(ha_3x3: Lab) -> None:
    found = idle.cores(Labgen(sys.executable), ha_3x3.name, 10.0)
    assert set(idle.COMPONENTS.values()) <= set(found)
    everything = sum(used for component, used in found.items() if component != idle.HOST)
    assert found[idle.REST] < 0.1 * everything


@pytest.mark.quick
def test_second_up_changes_nothing(ha_3x3: Lab) -> None:
    before = _machines(ha_3x3)
    said = labgen("up", "ha-3x3", "--name", ha_3x3.name).stderr
    assert "nothing changed" in said
    assert "  done " not in said
    assert _machines(ha_3x3) == before


@pytest.mark.quick
def test_smoke_changes_nothing_and_takes_less_than_half_a_minute(
    ha_3x3: Lab,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")  # which must not reach the suite
    before = _objects(ha_3x3)
    begin = time.monotonic()
    said = labgen("verify", ha_3x3.name, check=False)
    seconds = time.monotonic() - begin
    record_property("labgen verify --tier smoke", f"{seconds:.1f} s")
    assert said.exit_code == 0
    assert said.stderr.splitlines()[-1] == f"lab {ha_3x3.name} passed tier smoke"
    assert _objects(ha_3x3) == before
    assert seconds < SMOKE


def test_verify_passes_a_cluster_of_which_only_an_inventory_is_known(
    ha_3x3: Lab, tmp_path: Path
) -> None:
    """Hide the lab's state from labgen: it discovers control planes, VIP and everything else."""
    path = inventory(ha_3x3, tmp_path)
    said = from_outside([LABGEN, "verify", "--inventory", path], tmp_path)
    assert said.exit_code == 0
    assert said.stderr.splitlines()[-1].startswith(f"the cluster of {path} passed tier smoke")
    assert f"found: VIP: {ha_3x3.vip}, on master1\n" in said.stdout
    assert "found: pod network: flannel, backend vxlan\n" in said.stdout
    # what only a lab has: the user's kubeconfig, and its isolation from the host
    skipped = [line for line in said.stdout.splitlines() if line.startswith("SKIPPED")]
    assert [line.split(":")[0] for line in skipped] == [
        "SKIPPED [1] acceptance/test_certificates.py",
        "SKIPPED [6] acceptance/test_isolation.py",
    ]
    assert "Warning" not in said.stderr


def _machines(lab: Lab) -> list[str]:
    """Return each system container with the time of its start."""
    names = [f"{lab.machine_prefix}{machine.name}" for machine in lab.machines]
    form = "{{.Id}} {{.State.StartedAt}}"
    return run(["podman", "inspect", "--format", form, *names], timeout=60).stdout.splitlines()


def _objects(lab: Lab) -> list[str]:
    """Return each object's identity, and how often its specification changed."""
    columns = ",".join(f":{it}" for it in (".kind", ".metadata.uid", ".metadata.generation"))
    words = ["kubectl", lab.name, "--", "get", KINDS, "--all-namespaces", "--no-headers"]
    return sorted(labgen(*words, "-o", f"custom-columns={columns}", quiet=True).stdout.splitlines())

"""A lab that is made from a checkpoint lives next to the lab that was saved."""

import os
import signal
from collections.abc import Iterator

import pytest

from labgen.lab import store
from labgen.lab.lab import Lab
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.lab_secrets import cluster_keys, mentioned, secrets
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import UP, await_step, begun, labgen
from tests.e2e.support.runs import Run

# all that has addresses of machines, except events
OF_THE_LAB = "nodes,pods,configmaps,daemonsets,controllerrevisions,endpointslices,leases"
POWER = 180.0  # seconds for two labs of six machines to come back


@pytest.fixture(scope="module")
def saved(ha_3x3: Lab) -> Iterator[str]:
    """Return the name of a checkpoint of the lab, which has the config map `saved`."""
    _kubectl(ha_3x3, "create", "configmap", "saved")
    reference = f"{ha_3x3.name}/cloned"
    labgen("checkpoint", "save", *reference.split("/"))
    yield reference
    if ha_3x3.name in store.names():
        labgen("checkpoint", "remove", *reference.split("/"))


def _kubectl(lab: Lab, *words: str) -> str:
    return labgen("kubectl", lab.name, "--", *words, quiet=True).stdout


def _config_maps(lab: Lab) -> set[str]:
    return set(_kubectl(lab, "get", "configmaps", "-o", "name").split())


def _passes(lab: Lab) -> None:
    verdict = labgen("verify", lab.name, check=False)
    assert verdict.exit_code == 0, verdict.stdout


def test_a_clone_and_its_original_go_their_own_ways(
    ha_3x3: Lab, saved: str, run_: Run, labs_to_remove: list[str]
) -> None:
    name = run_.lab_name("clone")
    labs_to_remove.append(name)
    labgen("up", "--from", saved, "--name", name, "-v", timeout=UP)
    clone = store.load(name)
    _passes(clone)
    _passes(ha_3x3)
    assert "configmap/saved" in _config_maps(clone)
    assert not cluster_keys(clone) & cluster_keys(ha_3x3)
    assert not secrets(clone) & secrets(ha_3x3)
    theirs = {str(machine.address) for machine in ha_3x3.machines}
    assert not mentioned(clone, theirs | secrets(ha_3x3))
    objects = _kubectl(clone, "get", OF_THE_LAB, "--all-namespaces", "-o", "json")
    assert not {it for it in theirs if it in objects}

    _kubectl(clone, "create", "configmap", "of-the-clone")
    _kubectl(ha_3x3, "create", "configmap", "of-the-original")
    assert "configmap/of-the-clone" not in _config_maps(ha_3x3)
    assert "configmap/of-the-original" not in _config_maps(clone)

    again = labgen("up", "--from", saved, "--name", name, timeout=UP).stderr
    assert "nothing changed" in again
    assert "nothing changed" in labgen("up", "ha-3x3", "--name", name, timeout=UP).stderr
    labgen("stop", name, *(machine.name for machine in clone.machines), "--now")
    labgen("up", "ha-3x3", "--name", name, timeout=POWER)
    assert_healthy(clone)
    assert "configmap/of-the-clone" in _config_maps(clone)
    _passes(clone)

    refused = labgen("up", "--from", saved, "--name", ha_3x3.name, check=False)
    assert refused.exit_code == 2
    assert "exists, and was made from its scenario" in refused.stderr
    labgen("down", name)
    assert leaks(clone) == []
    assert_healthy(ha_3x3)


@pytest.mark.parametrize(
    ("step", "sent"),
    [
        ("switch on machines", signal.SIGKILL),
        ("await ready", signal.SIGINT),
    ],
)
def test_a_clone_that_was_interrupted_is_resumed(
    saved: str, run_: Run, labs_to_remove: list[str], step: str, sent: signal.Signals
) -> None:
    name = run_.lab_name(f"clone-{step.split(maxsplit=1)[0]}")
    labs_to_remove.append(name)
    with begun("up", "--from", saved, "--name", name) as up:
        await_step(name, step)
        os.killpg(up.pid, sent)
        up.wait(timeout=60)
    labgen("up", "--from", saved, "--name", name, timeout=UP)
    clone = store.load(name)
    assert_healthy(clone)
    assert "configmap/saved" in _config_maps(clone)
    labgen("down", name)
    assert leaks(clone) == []


def test_a_clone_with_the_same_certificates_is_trusted_by_who_trusts_the_original(
    ha_3x3: Lab, saved: str, run_: Run, labs_to_remove: list[str]
) -> None:
    name = run_.lab_name("clone-same")
    labs_to_remove.append(name)
    labgen("up", "--from", saved, "--name", name, "--same-certificates", timeout=UP)
    clone = store.load(name)
    assert (clone.keys / "ca.crt").read_bytes() == (ha_3x3.keys / "ca.crt").read_bytes()
    assert not secrets(clone) & secrets(ha_3x3)
    _passes(clone)

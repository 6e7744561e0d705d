"""The scenario of the on-premise guides, without workers, comes up as they build it."""

import sys
from pathlib import Path

from labgen.lab import store
from labgen.lab.lab import Lab
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.inventory import from_outside, inventory
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import UP, labgen, shown
from tests.e2e.support.runs import Run

MASTERS = "machines=[{role: control-plane, count: 3}]"
KEYS = ("pki/ca.key", "pki/sa.key", "pki/etcd/ca.key", "pki/front-proxy-ca.key", "admin.conf")
AH = 51  # IP protocol number, RFC 4302; where others have a port, /proc/net/raw has it, in hex
# files of the suite that judge what is set otherwise here; some seconds
SETTINGS = ("certificates", "etcd", "load_balancer", "virtual_ip")
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
SUITE = 300.0  # seconds


def test_classic_scenario_comes_up_as_the_guides_build_it(
    run_: Run, labs_to_remove: list[str], tmp_path: Path
) -> None:
    name = run_.lab_name("classic")
    labs_to_remove.append(name)
    words = ["up", "onprem-classic", "--name", name, "-s", MASTERS]
    labgen(*words, timeout=UP)
    lab = store.load(name)
    assert lab.endpoint == f"{lab.vip}:6443"
    assert_healthy(lab)
    assert "nothing changed" in labgen(*words, timeout=UP).stderr

    _assert_the_same_keys_everywhere(lab)
    assert "kubeadm-certs" not in _kubectl(lab, "get", "secrets", "-n", "kube-system", "-o", "name")
    assert f":{AH:04X} " in _on(lab, "master1", "cat", "/proc/net/raw")

    suite = [f"acceptance/test_{part}.py" for part in SETTINGS]
    words = [*PYTEST, "-q", "--lab", name, *suite]
    assert " passed" in shown(words, timeout=SUITE).stdout
    hosts = ["--inventory", str(inventory(lab, tmp_path))]
    found = from_outside([*PYTEST, *hosts, *suite], tmp_path)
    assert found.exit_code == 0
    assert f"found: endpoint: {lab.vip}:6443\n" in found.stdout

    labgen("down", name)
    assert not leaks(lab)


def _assert_the_same_keys_everywhere(lab: Lab) -> None:
    paths = [f"/etc/kubernetes/{key}" for key in KEYS]
    first, *others = (_on(lab, m.name, "sha256sum", *paths) for m in lab.control_planes)
    assert others == [first, first]
    # where they were put down on their way
    left = [_on(lab, m.name, "ls", "/etc/labgen/payload") for m in lab.control_planes]
    assert "certificates" not in " ".join(left)


def _on(lab: Lab, machine: str, *words: str) -> str:
    return labgen("exec", lab.name, machine, "--", *words, quiet=True).stdout


def _kubectl(lab: Lab, *words: str) -> str:
    return labgen("kubectl", lab.name, "--", *words, quiet=True).stdout

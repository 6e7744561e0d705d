"""Properties of rendered files beyond their text."""

import difflib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from labgen.lab import keys
from labgen.system.process import run
from tests.unit.lab.samples import made, mode
from tests.unit.render.conftest import Rendering
from tests.unit.system.hosts import USUAL


def _documents(path: Path) -> dict[str, dict[str, Any]]:
    """Return the documents of a YAML file by kind; the last one of each."""
    return {document["kind"]: document for document in YAML(typ="safe").load_all(path)}


def _difference(old: Path, new: Path) -> list[str]:
    lines = difflib.ndiff(old.read_text().splitlines(), new.read_text().splitlines())
    return [line for line in lines if line[0] in "+-"]


@pytest.mark.parametrize("name", ["20240612", "433e40", "no", "on", "null", "0x1f", "07", "1e3"])
def test_names_that_yaml_reads_otherwise_stay_names(name: str, render: Rendering) -> None:
    """Use the name for the lab and as the machines' prefix, because machines are called name1."""
    prefix = f"machines[0].prefix='{name}'"
    master = render("single", f"name='{name}'", prefix) / f"{name}1"
    for version in ((1, 1), (1, 2)):  # kubeadm reads 1.1
        yaml = YAML(typ="safe", pure=True)
        yaml.version = version
        found = {it["kind"]: it for it in yaml.load_all(master / "kubeadm.yaml")}
        assert found["InitConfiguration"]["nodeRegistration"]["name"] == f"{name}1"
        assert found["ClusterConfiguration"]["clusterName"] == name


def test_every_machine_gets_a_directory(render: Rendering) -> None:
    names = sorted(path.name for path in render("ha-5x2").iterdir())
    assert names == [*(f"master{n}" for n in range(1, 6)), "node1", "node2"]


def test_files_with_secrets_are_closed_and_scripts_can_be_run(render: Rendering) -> None:
    master = render("ha-3x3") / "master1"
    assert mode(master / "kubeadm.yaml") == 0o600
    assert mode(master / "check-haproxy") == 0o755


def test_secrets_of_a_lab_never_appear(render: Rendering) -> None:
    secrets = keys.join_secrets(made("single", "single"))
    text = "".join(path.read_text() for path in render("single").rglob("*") if path.is_file())
    assert secrets.token not in text
    assert secrets.certificate_key not in text
    assert 'certificateKey: "CERTIFICATE-KEY"' in text


def test_control_planes_run_workloads_only_where_there_are_no_workers(render: Rendering) -> None:
    def registration(scenario: str, machine: str, kind: str) -> dict[str, Any]:
        documents = _documents(render(scenario) / machine / "kubeadm.yaml")
        found: dict[str, Any] = documents[kind]["nodeRegistration"]
        return found

    assert registration("ha-3x0", "master1", "InitConfiguration")["taints"] == []
    assert registration("ha-3x0", "master2", "JoinConfiguration")["taints"] == []
    assert "taints" not in registration("ha-3x3", "master1", "InitConfiguration")
    assert "taints" not in registration("ha-3x3", "node1", "JoinConfiguration")


def test_every_join_goes_through_the_vip_and_only_masters_get_the_certificate_key(
    render: Rendering,
) -> None:
    directory = render("ha-3x3")
    for name in ("master2", "master3", "node1", "node2", "node3"):
        join = _documents(directory / name / "kubeadm.yaml")["JoinConfiguration"]
        assert join["discovery"]["bootstrapToken"]["apiServerEndpoint"] == "10.89.0.244:8443"
        assert ("controlPlane" in join) == name.startswith("master")


def test_keepalived_knows_its_peers_and_no_two_masters_have_one_priority(
    render: Rendering,
) -> None:
    directory = render("ha-3x3")
    configs = [(directory / f"master{n}/keepalived.conf").read_text() for n in (1, 2, 3)]
    priorities = {re.findall(r"^  priority (\d+)$", text, re.MULTILINE)[0] for text in configs}
    assert len(priorities) == 3
    assert "    10.89.0.4\n    10.89.0.5\n  }" in configs[0]
    assert "unicast_peer" not in (render("single") / "master1/keepalived.conf").read_text()


def test_flannels_network_is_the_scenarios(render: Rendering) -> None:
    overrides = ("kubernetes.podSubnet=10.200.0.0/16", "kubernetes.cni.backend=host-gw")
    path = render("single", *overrides) / "master1/flannel.yaml"
    config = json.loads(_documents(path)["ConfigMap"]["data"]["net-conf.json"])
    assert (config["Network"], config["Backend"]["Type"]) == ("10.200.0.0/16", "host-gw")


def test_only_what_must_differs_on_a_host_with_cgroup_v1_and_fewer_capabilities(
    render: Rendering,
) -> None:
    confined = replace(USUAL, cgroup_v2=False, may_raise_limits=False)
    usual, other = render("single") / "master1", render("single", facts=confined) / "master1"
    files = [path for path in usual.rglob("*") if path.is_file()]
    differences = {path.name: _difference(path, other / path.relative_to(usual)) for path in files}
    assert {name: lines for name, lines in differences.items() if lines} == {
        "containerd.toml": [
            "-   restrict_oom_score_adj = false",
            "+   restrict_oom_score_adj = true",
            "-   SystemdCgroup = true",
            "+   SystemdCgroup = false",
        ],
        "kubeadm.yaml": [
            '- cgroupDriver: "systemd"',
            '+ cgroupDriver: "cgroupfs"',
            "- failCgroupV1: true",
            "+ failCgroupV1: false",
        ],
    }


WAYS = [
    ("ha-3x3",),
    ("ha-3x3", "loadBalancer.profile=standard"),
    ("onprem-classic",),
    ("onprem-classic", "loadBalancer.keepalived.peers=multicast"),
]


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="no haproxy on this host")
@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_haproxy_accepts_its_configuration(render: Rendering, words: tuple[str, ...]) -> None:
    config = render(*words) / "master1/haproxy.cfg"
    run(["haproxy", "-c", "-f", config], timeout=30)


@pytest.mark.skipif(shutil.which("keepalived") is None, reason="no keepalived on this host")
@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_keepalived_accepts_its_configuration(render: Rendering, words: tuple[str, ...]) -> None:
    config = render(*words) / "master1/keepalived.conf"
    said = run(["keepalived", "--config-test", f"--use-file={config}"], timeout=30, check=False)
    # the check script and the interface are on the machine, not here
    assert "Unknown keyword" not in said.stderr


def test_a_slow_machines_processes_are_not_ended_for_being_slow(render: Rendering) -> None:
    usual = render("ha-3x3") / "master1"
    slow = render("ha-3x3", "loadBalancer.profile=emulated") / "master1"
    allowed = re.search(
        r"^  vrrp_rlimit_rttime (\d+)$", (slow / "keepalived.conf").read_text(), re.MULTILINE
    )
    assert allowed is not None
    assert int(allowed[1]) >= 1_000_000  # microseconds; keepalived's own limit is a hundredth
    assert "rttime" not in (usual / "keepalived.conf").read_text()
    patch = "patches/kube-apiserver+strategic.yaml"
    [container] = YAML(typ="safe").load(slow / patch)["spec"]["containers"]
    assert container["livenessProbe"] == {"failureThreshold": 40}
    assert "livenessProbe" not in (usual / patch).read_text()


def test_a_check_script_is_good_bash(render: Rendering) -> None:
    run(["bash", "-n", render("single") / "master1/check-haproxy"], timeout=10)

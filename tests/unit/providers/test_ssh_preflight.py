"""Everything that prevents an existing machine from becoming part of a lab is found and named."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Any

import pytest

from labgen.lab.lab import Lab
from labgen.machine.facts import Peer
from labgen.machine.login import Unread
from labgen.providers.ssh.preflight import judge
from tests.unit.providers import existing

VIP_MAC = "52:54:00:00:00:99"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return existing.lab(tmp_path)


def test_good_machines_are_found_good(lab: Lab) -> None:
    assert judge(lab, existing.read(lab), made=False) == []


# What one machine says, the others being good, and the words of the one finding.
ONE: dict[str, tuple[dict[str, Any], str]] = {
    "system": ({"os": "fedora", "pretty": "Fedora 44"}, "it runs Fedora 44"),
    "old-system": ({"version": "11", "pretty": "Debian 11"}, "it runs Debian 11"),
    "architecture": ({"architecture": "riscv64"}, "its processor is riscv64"),
    "init": ({"systemd": False}, "systemd does not run"),
    "cgroup": ({"cgroup_v2": False}, "it uses cgroup v1"),
    "cores": ({"cores": 1}, "it has 1 core"),
    "memory": ({"memory": 1024}, "it has 1GiB of memory"),
    "disk": ({"disk_free": 100}, "/var/lib has 100MiB free"),
    "no-machine-id": ({"machine_id": ""}, "it has no machine-id"),
    "translated": (
        {"addresses": {}, "own": frozenset()},
        "none of its interfaces has 192.168.0.3: something translates addresses",
    ),
    "network": (
        {"addresses": {IPv4Interface("192.168.0.3/16"): "ens3"}},
        "192.168.0.3 on ens3 is in 192.168.0.0/16, but network.subnet is 192.168.0.0/24",
    ),
    "mac": (
        {"links": {"ens3": "01:00:5e:00:00:01"}},
        "01:00:5e:00:00:01 on ens3 is not a valid hardware",
    ),
    "vip-elsewhere": ({"vip_mac": VIP_MAC}, f"{VIP_MAC} answers for the VIP 192.168.0.244"),
    "vip-itself": (
        {"own": frozenset({IPv4Address("192.168.0.3"), IPv4Address("192.168.0.244")})},
        "it has the VIP 192.168.0.244 itself",
    ),
    "cluster": ({"clusters": ("/etc/kubernetes/admin.conf",)}, "an older cluster is on it"),
    "other-lab": (
        {"lab": "other", "endpoint": "192.168.0.9:8443", "clusters": ("/etc/kubernetes/x.conf",)},
        "it belongs to lab other, API at 192.168.0.9:8443",
    ),
    "docker": ({"packages": frozenset({"docker.io"})}, "docker.io is installed: Docker"),
    "kubelet": ({"packages": frozenset({"kubelet"})}, "kubelet is installed"),
    "firewall": ({"active": frozenset({"ufw"})}, "ufw runs on it"),
    "balancer": ({"active": frozenset({"haproxy"})}, "haproxy runs on it and would be replaced"),
    "port": ({"listens": {22: "sshd", 6443: "nginx"}}, "nginx listens on port 6443"),
    "api-port": ({"listens": {8443: ""}}, "something listens on port 8443, which is for HAProxy"),
}


@pytest.mark.parametrize("case", ONE)
def test_what_is_wrong_with_a_machine_is_told_there_with_a_remedy(lab: Lab, case: str) -> None:
    values, words = ONE[case]
    first = lab.machines[0]
    said = existing.read(lab, master1=replace(existing.facts(first), **values))
    [finding] = judge(lab, said, made=False)
    assert finding.machine == "master1"
    assert finding.what.startswith(words)
    assert finding.remedy


def test_a_worker_may_be_small_and_may_have_a_load_balancer_of_its_own(lab: Lab) -> None:
    worker = existing.facts(lab.machine("node1"))
    small = replace(
        worker, cores=1, memory=900, active=frozenset({"haproxy"}), listens={8443: "haproxy"}
    )
    assert judge(lab, existing.read(lab, node1=small), made=False) == []


@pytest.mark.parametrize(("clock", "words"), [(95.04, "95.0 s ahead of"), (-7.2, "7.2 s behind")])
def test_a_clock_that_is_off_is_found(lab: Lab, clock: float, words: str) -> None:
    off = existing.surveyed(existing.facts(lab.machines[1]), clock=clock)
    [finding] = judge(lab, existing.read(lab, master2=off), made=False)
    assert (finding.machine, finding.what) == ("master2", f"its clock is {words} this host's")


def test_a_clock_that_may_be_right_is_not_blamed(lab: Lab) -> None:
    slow = existing.surveyed(existing.facts(lab.machines[1]), clock=1.5, uncertainty=0.8)
    assert judge(lab, existing.read(lab, master2=slow), made=False) == []


def test_copied_machines_are_found_on_both_sides(lab: Lab) -> None:
    one = existing.facts(lab.machines[0])
    links = {"ens3": one.links["ens3"]}
    copy = replace(existing.facts(lab.machines[1]), machine_id=one.machine_id, links=links)
    found = judge(lab, existing.read(lab, master2=copy), made=False)
    assert [(finding.machine, finding.what) for finding in found] == [
        ("master1", "it has the machine-id of master2"),
        ("master1", "it has the hardware address of master2, 52:54:00:00:00:03"),
        ("master2", "it has the machine-id of master1"),
        ("master2", "it has the hardware address of master1, 52:54:00:00:00:03"),
    ]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (("open", "refused", "refused"), None),
        (("silent", "silent", "unreachable"), "it does not reach master2 at 192.168.0.4"),
        (("open", "silent", "refused"), "master2 does not answer on ports 6443: "),
    ],
)
def test_machines_that_do_not_reach_each_other_are_found(
    lab: Lab, answers: tuple[str, ...], words: str | None
) -> None:
    ports = zip((22, 6443, 10250), answers, strict=True)
    peers = tuple(Peer(lab.machines[1].address, port, answer) for port, answer in ports)
    asking = replace(existing.facts(lab.machines[0]), peers=peers)
    found = judge(lab, existing.read(lab, master1=asking), made=False)
    assert [finding.what.startswith(words or "-") for finding in found] == [True] * bool(words)


def test_all_machines_are_told_of_at_once(lab: Lab) -> None:
    said = existing.read(
        lab,
        master1=replace(existing.facts(lab.machines[0]), cores=1, systemd=False),
        master3=Unread("nobody answers", "switch it on", silent=True),
        node1=replace(existing.facts(lab.machine("node1")), clusters=("/etc/rancher",)),
    )
    found = judge(lab, said, made=False)
    assert [finding.machine for finding in found] == ["master1", "master1", "master3", "node1"]


def test_a_machine_of_the_lab_itself_may_have_what_the_lab_put_there(lab: Lab) -> None:
    first = existing.facts(lab.machines[0])
    values: dict[str, Any] = {
        "lab": "site",
        "endpoint": lab.endpoint,
        "clusters": ("/etc/kubernetes/admin.conf",),
        "listens": {6443: "kube-apiserver", 8443: "haproxy"},
        "active": frozenset({"haproxy"}),
        "disk_free": 100,
    }
    holder = replace(first, own=first.own | {lab.vip}, **values)
    hearing = replace(existing.facts(lab.machines[1]), vip_mac=first.links["ens3"])
    said = existing.read(lab, master1=holder, master2=hearing)
    assert judge(lab, said, made=True) == []
    words = [finding.what for finding in judge(lab, said, made=False)]
    assert "it belongs to lab site, API at 192.168.0.244:8443" in words


def test_a_machine_that_labgen_can_switch_on_may_be_off_once_the_lab_is_made(
    tmp_path: Path,
) -> None:
    power = "power: {on: [plug, on], off: [plug, off]}"
    text = existing.SCENARIO.replace("{address: 192.168.0.5}", f"{{address: 192.168.0.5, {power}}}")
    lab = existing.lab(tmp_path, text)
    said = existing.read(lab, master3=Unread("nobody answers", "switch it on", silent=True))
    assert judge(lab, said, made=True) == []
    assert [finding.machine for finding in judge(lab, said, made=False)] == ["master3"]

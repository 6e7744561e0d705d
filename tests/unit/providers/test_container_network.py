"""The commands that create a lab's network, and the parts of it that exist."""

from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.lab import ownership, subnets
from labgen.providers.container import firewall, network
from labgen.scenario.host_environment import Route
from tests.unit.lab.samples import lab
from tests.unit.system.stubs import Stub, stub


def test_the_bridge_has_the_gateways_address(ip: Stub, iptables: Path, tmp_path: Path) -> None:
    sample = lab()
    assert network.ensure_bridge(sample)
    assert (tmp_path / "batch").read_text().splitlines() == [
        f"link add {sample.bridge} type bridge",
        f"address add 10.89.0.1/24 dev {sample.bridge}",
        f"link set {sample.bridge} alias {ownership.label(sample)} up",
    ]


def test_a_new_bridge_gets_the_cables_of_machines_that_run(
    iptables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = lab("single")
    there = f"*'show lab{sample.id}p0') ;;"
    body = f"case $* in {there} *'link show'*) exit 1 ;; *-batch*) cat >>'{tmp_path}/batch' ;; esac"
    stub(monkeypatch, tmp_path, "ip", body)
    network.ensure_bridge(sample)
    last = (tmp_path / "batch").read_text().splitlines()[-1]
    assert last == f"link set lab{sample.id}p0 master {sample.bridge}"


def test_machines_get_an_address_a_default_route_and_a_mac_for_life(
    ip: Stub, tmp_path: Path
) -> None:
    sample = lab("single")
    network.plug_in(sample, sample.machines)
    lines = (tmp_path / "batch").read_text()
    assert f"netns add labgen-{sample.id}-master1\n" in lines
    assert "address add 10.89.0.3/24 dev eth0\n" in lines
    assert "route add default via 10.89.0.1\n" in lines
    assert "peer name eth0 address 02:00:0a:59:00:03 netns" in lines
    assert ["-n", f"labgen-{sample.id}-master1", "-batch", "-"] in ip.calls


def test_interfaces_and_namespaces_carry_their_labs_label(ip: Stub, tmp_path: Path) -> None:
    sample = lab("single")
    network.plug_in(sample, sample.machines)
    lines = (tmp_path / "batch").read_text().splitlines()
    label = f"alias {ownership.label(sample)} up"
    assert f"link set lab{sample.id}p0 master {sample.bridge} {label}" in lines
    assert f"link set lo {label}" in lines


def test_a_label_that_no_interface_can_hold_is_the_labs_id(
    ip: Stub, iptables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABGEN_HOME", f"/{'x' * 250}")
    sample = lab("single")
    network.ensure_bridge(sample)
    assert f" alias labgen-{sample.id} up" in (tmp_path / "batch").read_text()


def test_interface_names_of_a_large_lab_fit_the_kernels_15_characters(
    ip: Stub, tmp_path: Path
) -> None:
    sample = lab("ha-3x3", "machines[1].count=20")
    network.cut(sample, sample.machines)
    cables = [line.split()[2] for line in (tmp_path / "batch").read_text().splitlines()]
    assert len(set(cables)) == 23
    assert max(map(len, cables)) <= 15


def test_the_firewall_lets_nothing_out_of_the_lab(iptables: Path) -> None:
    sample = lab()
    assert firewall.ensure(sample)
    bridge, mark = sample.bridge, f"-m comment --comment labgen-{sample.id}"
    forward = [line for line in iptables.read_text().splitlines() if "FORWARD" in line]
    # written last to first, because each goes in at the top
    assert forward == [
        f"-A FORWARD -o {bridge} {mark} -j DROP",
        f"-A FORWARD -i {bridge} {mark} -j DROP",
        f"-A FORWARD -i {bridge} -o {bridge} {mark} -j ACCEPT",
    ]


def test_check_says_who_has_the_subnet_of_a_lab_whose_bridge_is_gone(
    ip: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = lab()
    route = Route(sample.subnet, "podman1", "podman's network ci")
    monkeypatch.setattr(subnets, "host_routes", lambda: (route,))
    [finding] = network.findings(sample)
    assert finding.what == "10.89.0.0/24 of lab demo belongs to podman's network ci, too"
    assert "labgen down demo && labgen up ha-3x3 --name demo" in finding.remedy
    with pytest.raises(LabgenError, match="belongs to podman's network ci, too"):
        network.ensure_bridge(sample)
    assert not any("-batch" in call for call in ip.calls)


def test_a_firewall_that_stands_is_left_alone(iptables: Path) -> None:
    sample = lab()
    firewall.ensure(sample)
    before = iptables.read_text()
    assert not firewall.ensure(sample)
    assert iptables.read_text() == before


def test_rules_of_others_are_not_the_labs(iptables: Path) -> None:
    firewall.ensure(lab(name="other"))
    with iptables.open("a") as file:
        file.write("-P FORWARD ACCEPT\n-A FORWARD -j DROP\n")
    assert firewall.rules(lab().id) == []

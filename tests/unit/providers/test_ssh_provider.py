"""Existing machines as a provider: power by the user's commands, and the path to each."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from labgen.errors import HostUnfit, LabgenError, UsageError
from labgen.lab import allocation, keys, store
from labgen.lab.lab import Lab
from labgen.lab.store import make
from labgen.machine import access, facts_cache, gather_facts, login, reachability
from labgen.machine.login import Unread
from labgen.providers.base import Power, State
from labgen.providers.optional import checkpoints_of
from labgen.providers.registry import ensure_fit
from labgen.providers.ssh import power
from labgen.providers.ssh import provider as module
from labgen.providers.ssh.planned_changes import changes
from labgen.providers.ssh.provider import SshProvider
from labgen.render.files import Images, payload
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from labgen.system.process import Completed
from labgen.up.dry_run import EXAMPLE_SECRETS
from tests.unit.providers import existing
from tests.unit.system.stubs import stub

POWERED = existing.SCENARIO.replace(
    "{address: 192.168.0.3}",
    "{address: 192.168.0.3, power: {on: [plug, 'on', 1], off: [plug, 'off', 1]}}",
)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(module, "ensure_route", lambda _: None)
    return existing.lab(tmp_path, POWERED)


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the machines that answer on SSH; a test changes the set."""
    there = {"master1", "master2", "master3", "node1"}
    monkeypatch.setattr(power, "answers", lambda _lab, machine: machine.name in there)
    return there


def test_a_machine_that_does_not_answer_counts_as_off(lab: Lab, answering: set[str]) -> None:
    answering.remove("master2")
    assert SshProvider().machines(lab) == {
        "master1": State.ON,
        "master2": State.OFF,
        "master3": State.ON,
        "node1": State.ON,
    }


def test_power_goes_by_the_machines_own_commands(
    lab: Lab, answering: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug = stub(monkeypatch, tmp_path, "plug")
    lab.ssh_config.parent.mkdir(parents=True)
    lab.ssh_config.write_text(f"Host *\n  ControlPath {tmp_path}/%n\n")
    monkeypatch.setattr(power, "_dark", lambda *_: 12.5)
    provider, first = SshProvider(), lab.machines[0]
    assert provider.power(lab, [first], Power.OFF) == 12.5
    provider.power(lab, [first], Power.ON)  # is on already
    assert plug.calls == [["off", "1"]]
    answering.remove("master1")
    monkeypatch.setattr(power, "_is", lambda *_, **__: None)
    provider.power(lab, [first], Power.ON)
    assert plug.calls == [["off", "1"], ["on", "1"]]


def test_a_power_command_that_fails_is_told(
    lab: Lab, answering: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "plug", "echo no such outlet >&2; exit 1")
    with pytest.raises(LabgenError, match=r"(?s)power command of master1.*no such outlet"):
        SshProvider().power(lab, [lab.machines[0]], Power.OFF)


@pytest.mark.parametrize("action", [Power.OFF, Power.ON, Power.SHUTDOWN])
def test_power_without_a_command_is_refused_with_every_reason(lab: Lab, action: Power) -> None:
    with pytest.raises(HostUnfit) as refused:
        SshProvider().power(lab, lab.machines, action)
    assert refused.value.message == "; ".join(
        f"the scenario names no command for the power of {name}"
        for name in ("master2", "master3", "node1")
    )


def test_a_machine_that_exists_is_neither_paused_nor_saved(lab: Lab) -> None:
    provider = SshProvider()
    assert "cannot be paused" in str(provider.unsupported_reason(lab.machines[0], Power.PAUSE))
    with pytest.raises(LabgenError, match="cannot be saved: its machines are existing machines"):
        checkpoints_of(provider, lab)


def test_what_files_depend_on_is_kept_from_the_first_look(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    confined = replace(
        existing.facts(lab.machine("node1")), container="lxc", cgroup_v2=True, capabilities=0
    )
    facts_cache.settle(lab, existing.read(lab, node1=confined))
    first, worker = lab.machines[0], lab.machine("node1")
    machine_profile = SshProvider().machine_profile(lab, first)
    assert (machine_profile.bare, machine_profile.interface, machine_profile.shared_kernel) == (
        True,
        "ens3",
        False,
    )
    assert str(machine_profile.host_address) == "192.168.0.1"
    assert SshProvider().machine_profile(lab, worker).restrict_oom_score
    files = payload(lab, first, machine_profile, Images("pause", "flannel"), EXAMPLE_SECRETS)
    assert "  interface ens3\n" in files["keepalived.conf"].content
    assert "hostname" not in files
    facts_cache.settle(lab, {})
    assert json.loads((lab.directory / "machines.json").read_text())["node1"]["shared_kernel"]


def test_a_machine_of_which_nothing_is_known_ends_the_making(lab: Lab) -> None:
    silent = Unread("nobody answers", "switch it on", silent=True)
    with pytest.raises(Unread, match="nobody answers"):
        facts_cache.settle(lab, existing.read(lab, master2=silent))


def test_the_plan_tells_what_would_be_changed(lab: Lab) -> None:
    facts = replace(
        existing.facts(lab.machines[0]),
        swap=("/dev/sda2",),
        packages=frozenset({"curl"}),
        sysctls={"net.ipv4.ip_forward": "1"},
    )
    told = changes(lab, lab.machines[0], facts)
    assert "swap off: /dev/sda2, and in /etc/fstab" in told
    assert "the VIP 192.168.0.244 on ens3 while it is the holder; port 8443" in told
    assert not any("ip_forward" in line for line in told)
    [packages] = [line for line in told if line.startswith("Debian packages: ")]
    assert " haproxy keepalived" in packages
    assert " curl " not in packages
    worker = changes(lab, lab.machine("node1"), existing.facts(lab.machine("node1")))
    assert not any("haproxy" in line or "VIP" in line for line in worker)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@",
            "its host key differs from the known one",
        ),
        (
            "root@192.168.0.3: Permission denied (publickey).",
            "it refuses the login of root with your",
        ),
        ("ssh: connect to host x port 22: Connection refused", "nothing answers on SSH at 192.168"),
        ("kex_exchange_identification: Connection closed", "its sshd closes the connection before"),
        ("something else", "ssh ended with exit code 255: something else"),
    ],
)
def test_what_ssh_says_becomes_a_finding(lab: Lab, said: str, words: str) -> None:
    failed = Completed(("ssh",), 255, "", said)
    found = login.why_not(None, lab.machines[0], failed)
    assert found.finding.what.startswith(words)
    assert found.finding.remedy


def test_hosts_that_the_scenario_knows_are_held_to_their_keys(tmp_path: Path) -> None:
    key = f"ssh-ed25519 {'A' * 60}"
    text = existing.SCENARIO.replace("port: 2222", f"port: 2222, hostKey: {key}")
    assert gather_facts.known_hosts(existing.lab(tmp_path, text)) == f"[192.168.0.6]:2222 {key}\n"


def test_only_logins_that_are_not_root_go_through_sudo(lab: Lab) -> None:
    assert list(access.sudo(lab)) == ["node1"]


DEVICE = 'case $* in *"{address}"*) echo "x dev {device}" ;; *) echo "x dev eth1" ;; esac'


@pytest.mark.parametrize(
    "case",
    [
        ("192.168.0.5", "lo", "packets to 192.168.0.5 would reach this host itself"),
        (
            "192.168.0.244",
            "eth0",
            "packets to the VIP 192.168.0.244 would leave by eth0, but those to master1 by eth1",
        ),
        ("192.168.0.4", "labBRIDGE", "192.168.0.4 would reach lab other, by labBRIDGE"),
    ],
)
def test_machines_and_vip_are_reached_alike_and_through_no_lab(
    lab: Lab, case: tuple[str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, device, words = case
    monkeypatch.setattr(store, "names", lambda: ["other"])
    monkeypatch.setattr(reachability, "bridge", lambda _: "labBRIDGE")
    stub(monkeypatch, tmp_path, "ip", 'echo "x dev eth1"')
    access.assert_route_isolated(lab)
    stub(monkeypatch, tmp_path, "ip", DEVICE.format(address=address, device=device))
    with pytest.raises(LabgenError, match=words):
        access.assert_route_isolated(lab)


def test_check_reports_every_machine_that_a_lab_has_the_address_of_and_sends_nothing(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "names", lambda: ["other"])
    monkeypatch.setattr(reachability, "bridge", lambda _: "labBRIDGE")
    stub(monkeypatch, tmp_path, "ip", 'echo "x dev labBRIDGE"')
    sent = [stub(monkeypatch, tmp_path, name) for name in ("ssh", "ssh-keyscan")]
    with pytest.raises(HostUnfit) as unfit:
        ensure_fit(SshProvider(), lab.scenario)
    remedy = "labgen down other, or correct the address"
    way = "would reach lab other, by labBRIDGE"
    assert str(unfit.value).splitlines() == [
        "these machines cannot be used as they are; nothing was changed on them:",
        f"  master1: packets to 192.168.0.3 {way}; {remedy}",
        f"  master2: packets to 192.168.0.4 {way}; {remedy}",
        f"  master3: packets to 192.168.0.5 {way}; {remedy}",
        f"  node1: packets to 192.168.0.6 {way}; {remedy}",
        f"  packets to the VIP 192.168.0.244 {way}; {remedy}",
    ]
    assert [it.calls for it in sent] == [[], []]


@pytest.mark.parametrize("device", ["lo", "labBRIDGE"])
def test_a_vip_that_is_reached_while_no_machine_is_does_not_hide_their_findings(
    lab: Lab, device: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "names", lambda: ["other"])
    monkeypatch.setattr(reachability, "bridge", lambda _: "labBRIDGE")
    answer = f"case $* in *{lab.vip}) echo 'x dev eth1' ;; *) echo 'x dev {device}' ;; esac"
    stub(monkeypatch, tmp_path, "ip", answer)
    found = reachability.route_findings(lab)
    assert [it.machine for it in found] == [machine.name for machine in lab.machines]


def test_labs_of_existing_machines_share_a_network_but_no_machine(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allocation, "host_routes", lambda: ())
    made = make(lab.scenario, "site", "ssh")
    assert made.router_id == 244
    path = tmp_path / "beside.yaml"
    other = (
        "name: b\nnetwork: {subnet: 192.168.0.0/24, vip: 192.168.0.245}\nprovider: {name: ssh}\n"
    )
    other += "machines: [{role: control-plane, hosts: [{address: 192.168.0.9}]}]\n"
    path.write_text(other)
    beside = load(path, host_environment=HostEnvironment())
    assert make(beside, "beside", "ssh").router_id == 245
    path.write_text(other.replace("0.9", "0.5").replace("0.245", "0.246"))
    taken = load(path, host_environment=HostEnvironment())
    with pytest.raises(UsageError, match=r"overlaps 192\.168\.0\.0/24 of lab site"):
        make(taken, "taken", "ssh")


def test_the_way_to_the_machines_is_made_and_removed(
    lab: Lab, answering: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(lab), "sockets", property(lambda self: self.directory / "sockets"))
    monkeypatch.setattr(gather_facts, "survey", lambda *_: existing.read(lab))
    monkeypatch.setattr(gather_facts, "traces", lambda _: ["/etc/labgen on master1"])
    lab.keys.mkdir(parents=True)
    provider = SshProvider()
    assert provider.create(lab) is True
    assert provider.create(lab) is False
    assert "User admin" in lab.ssh_config.read_text()
    assert keys.known_hosts(lab).read_text() == ""
    provider.destroy(lab)
    assert [it.what for it in provider.list_resources(lab)] == ["path /etc/labgen on master1"]

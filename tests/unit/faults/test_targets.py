"""The machines that a fault is injected into."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from labgen import faults
from labgen.errors import LabgenError, UsageError
from labgen.lab.lab import Lab
from labgen.providers.base import State
from tests.unit.faults.machines import Switches
from tests.unit.system.stubs import stub

ALL = "master1, master2, master3, node1, node2, node3"
MEMBERS = {"members": [{"ID": number, "name": f"master{number}"} for number in (1, 2, 3)]}


def _status(leader: int) -> list[Mapping[str, object]]:
    return [{"Status": {"header": {"member_id": number}, "leader": leader}} for number in (1, 2, 3)]


@pytest.fixture
def vip_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file: machines whose names are in it have the VIP; master3 leads etcd."""
    holders = tmp_path / "holders"
    listed, status = json.dumps(MEMBERS), json.dumps(_status(3))
    answers = (
        f"case $* in *'ip -o -4'*) grep -qx \"$3\" '{holders}' && echo '10.89.0.244/24' || true ;; "
        f"*'member list'*) echo '{listed}' ;; *'endpoint status'*) echo '{status}' ;; esac"
    )
    stub(monkeypatch, tmp_path, "ssh", answers)
    return holders


@pytest.mark.parametrize(
    ("target", "machines"),
    [
        ("master2", ["master2"]),
        ("node1,master2,node1", ["node1", "master2"]),
        ("holder", ["master2"]),
        ("not-holder", ["master1"]),
        ("etcd-leader", ["master3"]),
        ("holder,etcd-leader", ["master2", "master3"]),
        ("all", ALL.split(", ")),
    ],
)
def test_a_target_is_machines_and_roles(
    lab: Lab, vip_on: Path, target: str, machines: list[str]
) -> None:
    vip_on.write_text("master2\n")
    assert faults.inject(lab, "power-cut", target).machines == tuple(machines)


def test_without_a_target_the_faults_own_is_taken(lab: Lab, vip_on: Path) -> None:
    vip_on.write_text("master2\n")
    assert faults.inject(lab, "power-cut").machines == ("master2",)


def test_random_draws_the_same_machine_again_from_the_seed_it_told(
    lab: Lab, switches: Switches
) -> None:
    first = faults.inject(lab, "power-cut", "random")
    assert first.seed is not None
    faults.heal(lab)
    assert faults.inject(lab, "power-cut", "random", seed=first.seed).machines == first.machines
    seeds = {faults.inject(lab, "reboot", "random", seed=seed).machines for seed in range(20)}
    assert len(seeds) > 3


def test_random_draws_only_machines_that_the_fault_fits(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "ssh", "cat >/dev/null")
    drawn = {
        faults.inject(lab, "api-server-killed", "random", seed=seed).machines[0]
        for seed in range(20)
    }
    assert drawn == {"master1", "master2", "master3"}


def test_a_fault_of_control_planes_is_no_workers(lab: Lab) -> None:
    with pytest.raises(UsageError) as refused:
        faults.inject(lab, "haproxy-killed", "master1,node2")
    assert str(refused.value).splitlines() == [
        "haproxy-killed is for control planes, which node2 is not",
        "  eligible machines: master1, master2, master3",
    ]


def test_an_unknown_machine_is_a_wrong_call_with_machines_and_roles(lab: Lab) -> None:
    with pytest.raises(UsageError) as refused:
        faults.inject(lab, "power-cut", "leader")
    assert str(refused.value).splitlines() == [
        "lab demo has no machine leader; did you mean etcd-leader?",
        f"  its machines: {ALL}; roles: holder, not-holder, etcd-leader, all, random",
    ]


def test_two_holders_or_none_have_to_be_named(lab: Lab, vip_on: Path, switches: Switches) -> None:
    vip_on.write_text("master1\nmaster3\n")
    with pytest.raises(LabgenError, match="the VIP is held by master1 and master3"):
        faults.inject(lab, "power-cut", "holder")
    switches.states = dict.fromkeys(["master1", "master2", "master3"], State.OFF)
    with pytest.raises(LabgenError, match="the VIP is held by no machine that answers"):
        faults.inject(lab, "power-cut", "holder")


def test_no_etcd_leader_is_told_with_what_was_seen(lab: Lab, switches: Switches) -> None:
    switches.states = dict.fromkeys(["master1", "master2", "master3"], State.OFF)
    with pytest.raises(LabgenError) as failed:
        faults.inject(lab, "etcd-paused")
    assert failed.value.last_seen == "no control plane is on"

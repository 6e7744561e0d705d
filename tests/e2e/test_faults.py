"""Every fault on a real lab takes effect and is undone, as observed without labgen."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from labgen.faults import FAULTS
from labgen.lab.lab import Lab
from labgen.providers.base import State
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.observations import Observations, seen
from tests.e2e.support.program import begun, labgen

HOST_UNFIT = 3
LOST = (10, 70)  # of 100 pings; 20 in 100 lost each way make 36 on average, 4.8 standard deviations
HEALTHY = 150.0  # seconds until a lab is healthy after all of this
Look = Callable[[Observations], bool]


@dataclass(frozen=True)
class Case:
    """A fault, its target, and how its effect and its end are observed."""

    fault: str
    target: str
    effect: Look
    undone: Look


def _lost(s: Observations, least: float, most: float) -> bool:
    return least <= s.lost("node3", "node2") <= most


def _loops(s: Observations) -> bool:
    """Return whether a busy loop of the shell runs."""
    return "R" in s.on("node3", "ps -C bash -o stat= -o args= | grep 'while :'").stdout


CASES = (
    Case(
        "keepalived-stopped",
        "master3",
        lambda s: not s.active("master3", "keepalived"),
        lambda s: s.active("master3", "keepalived"),
    ),
    Case(
        "keepalived-killed",
        "master1",
        lambda s: s.failed("master1", "keepalived") and s.owners() == ["master2"],
        lambda s: s.owners() == ["master1"],
    ),
    Case(
        "haproxy-killed",
        "master3",
        lambda s: s.refuses("master3", 8443) and s.failed("master3", "haproxy"),
        lambda s: s.accepts("master3", 8443),
    ),
    Case(
        "kubelet-stopped",
        "node1",
        lambda s: s.refuses("node1", 10250),
        lambda s: s.accepts("node1", 10250),
    ),
    Case(
        "containerd-stopped",
        "node1",
        lambda s: not s.on("node1", "timeout 5 ctr version && pgrep containerd-shim").ok,
        lambda s: s.on("node1", "timeout 5 ctr version").ok,
    ),
    Case(
        "partition",
        "node2",
        lambda s: not s.hears("node2", "node3") and not s.hears("node3", "node2"),
        lambda s: s.hears("node2", "node3") and s.hears("node3", "node2"),
    ),
    Case(
        "partition-in",
        "node2",
        lambda s: not s.hears("node2", "node3") and s.hears("node3", "node2"),
        lambda s: s.hears("node2", "node3"),
    ),
    Case(
        "partition-out",
        "node2",
        lambda s: s.hears("node2", "node3") and not s.hears("node3", "node2"),
        lambda s: s.hears("node3", "node2"),
    ),
    Case(
        "partition-clients",
        "node2",
        lambda s: not s.accepts("node2", 10250) and s.hears("node2", "node3"),
        lambda s: s.accepts("node2", 10250),
    ),
    Case(
        "packet-loss",
        "node2",
        lambda s: _lost(s, *LOST),
        lambda s: _lost(s, 0, 2),
    ),
    Case("cpu-hog", "node3", _loops, lambda s: not _loops(s)),
    Case(
        "pause",
        "node3",
        lambda s: not s.greets("node3"),
        lambda s: s.greets("node3"),
    ),
    Case(
        "power-cut",
        "node3",
        lambda s: s.power("node3", State.OFF),
        lambda s: s.greets("node3"),
    ),
    Case(
        "shutdown",
        "node3",
        lambda s: s.power("node3", State.OFF),
        lambda s: s.greets("node3"),
    ),
    Case(
        "api-server-stopped",
        "master3",
        lambda s: s.refuses("master3", 6443),
        lambda s: s.accepts("master3", 6443),
    ),
    Case("etcd-full", "etcd-leader", lambda s: not s.writes(), lambda s: s.writes()),
)
OF_THEIR_OWN = {"reboot", "api-server-killed", "etcd-paused", "etcd-wiped", "disk-full"}


@pytest.fixture(scope="module")
def lab(ha_3x3: Lab) -> Lab:
    """Return a lab without an active fault."""
    assert _active(ha_3x3) == ""
    return ha_3x3


@pytest.fixture
def observations(lab: Lab) -> Observations:
    return Observations(lab)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault)
def test_the_fault_takes_effect_and_is_undone(
    lab: Lab, observations: Observations, case: Case
) -> None:
    labgen("fault", "inject", lab.name, case.fault, case.target)
    seen(lambda: case.effect(observations), f"the effect of {case.fault}")
    assert case.fault in _active(lab)
    labgen("fault", "heal", lab.name)
    seen(lambda: case.undone(observations), f"the end of {case.fault}", within=60)
    assert _active(lab) == ""


def test_a_killed_api_server_is_started_again(lab: Lab, observations: Observations) -> None:
    def process() -> str:
        return observations.on("master2", "pgrep --exact kube-apiserver").stdout

    before = process()
    labgen("fault", "inject", lab.name, "api-server-killed", "master2")
    seen(lambda: process() != before, "the end of the API server that was killed")
    seen(lambda: observations.accepts("master2", 6443), "the API server's return", within=60)


def test_a_machine_that_reboots_has_a_new_init_process(
    lab: Lab, observations: Observations
) -> None:
    def boot() -> str:
        return observations.on("node3", "cut -d' ' -f22 /proc/1/stat").stdout

    before = boot()
    labgen("fault", "inject", lab.name, "reboot", "node3")
    assert boot() not in ("", before)


def test_a_paused_leader_of_etcd_is_replaced(lab: Lab, observations: Observations) -> None:
    before = observations.etcd_leader()
    labgen("fault", "inject", lab.name, "etcd-paused")
    seen(lambda: observations.etcd_leader() not in ("", before), "another leader of etcd")
    assert f"etcd-paused  {before}" in _active(lab)
    labgen("fault", "heal", lab.name)
    seen(observations.etcd_healthy, "all members of etcd")


def test_a_wiped_member_of_etcd_is_a_member_again_with_all_data(
    lab: Lab, observations: Observations
) -> None:
    seen(observations.etcd_healthy, "all members of etcd", within=60)
    labgen("fault", "inject", lab.name, "etcd-wiped", "master3")
    assert observations.on("master3", "ls /var/lib/etcd").stdout == ""
    assert not observations.etcd_healthy()
    labgen("fault", "heal", lab.name)
    seen(observations.etcd_healthy, "all members of etcd")


def test_disks_that_are_the_hosts_are_not_filled(lab: Lab) -> None:
    said = labgen("fault", "inject", lab.name, "disk-full", "node1", check=False)
    assert said.exit_code == HOST_UNFIT
    assert "share the host's disk" in said.stderr


def test_a_machine_heals_itself_although_labgen_was_killed(
    lab: Lab, observations: Observations
) -> None:
    words = ("fault", "inject", lab.name, "haproxy-killed", "master3", "--for", "4s")
    with begun(*words) as injecting:
        seen(lambda: observations.refuses("master3", 8443), "the effect of haproxy-killed")
        os.killpg(injecting.pid, signal.SIGKILL)
        injecting.wait(timeout=30)
    seen(lambda: observations.accepts("master3", 8443), "the machine's own undoing")
    assert _active(lab) == ""


def test_the_host_gives_power_back_although_labgen_was_killed(
    lab: Lab, observations: Observations
) -> None:
    with begun("fault", "inject", lab.name, "power-cut", "node3", "--for", "4s") as injecting:
        seen(lambda: observations.power("node3", State.OFF), "the power cut")
        os.killpg(injecting.pid, signal.SIGKILL)
        injecting.wait(timeout=30)
    assert [trace for trace in leaks(lab) if "labgen.faults.heal_timer_process" in trace]
    seen(lambda: observations.greets("node3"), "the power's return")
    assert _active(lab) == ""


def test_a_whole_lab_is_stopped_and_started(lab: Lab, observations: Observations) -> None:
    """Stop and start the lab; test_lab_is_healthy_after_all_faults asserts that it recovers."""
    names = [machine.name for machine in lab.machines]
    labgen("stop", lab.name, "--now")
    assert all(observations.power(name, State.OFF) for name in names)
    labgen("start", lab.name)
    assert all(observations.power(name, State.ON) for name in names)


def test_every_fault_was_tried() -> None:
    assert {case.fault for case in CASES} | OF_THEIR_OWN == FAULTS.keys()


def test_lab_is_healthy_after_all_faults(lab: Lab) -> None:
    labgen("fault", "heal", lab.name)

    def look() -> bool:
        return labgen("status", lab.name, check=False, quiet=True).ok

    seen(look, "a healthy lab", within=HEALTHY)
    assert leaks(lab)
    assert not [trace for trace in leaks(lab) if "labgen.faults.heal_timer_process" in trace]


def _active(lab: Lab) -> str:
    return labgen("fault", "list", lab.name, quiet=True).stdout

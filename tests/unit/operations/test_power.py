"""`start` and `stop`: which machines are switched, and the error if one cannot be."""

from collections.abc import Mapping, Sequence

import pytest

from labgen.console import Console
from labgen.errors import LabgenError, UsageError
from labgen.lab import store
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.operations import power
from labgen.providers.base import Power, State
from labgen.providers.container.provider import ContainerProvider
from labgen.system.process import Completed
from labgen.system.wait import NotYet
from labgen.up.context import Context
from tests.unit.lab.samples import made


class Machines(ContainerProvider):
    """All are off and can be switched, except those that were never created."""

    def __init__(self) -> None:
        self.states: dict[str, State] = {}
        self.absent: set[str] = set()
        self.reasons: dict[str, str] = {}  # why a machine has no power switch
        self.actions: list[tuple[Power, list[str]]] = []

    def unsupported_reason(self, machine: Machine, action: Power) -> str | None:
        return self.reasons.get(machine.name)

    def power(self, lab: Lab, machines: Sequence[Machine], action: Power) -> float:
        self.actions.append((action, [machine.name for machine in machines]))
        state = State.ON if action is Power.ON else State.OFF
        self.states |= dict.fromkeys((machine.name for machine in machines), state)
        return 0.0

    def machines(self, lab: Lab) -> Mapping[str, State]:
        found = {m.name: self.states.get(m.name, State.OFF) for m in lab.machines}
        return found | dict.fromkeys(self.absent, State.ABSENT)


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    found = Machines()
    monkeypatch.setattr(power, "provider", lambda _: found)
    made("ha-3x0", "demo")
    return found


def _switch(*names: str, action: Power = Power.ON) -> None:
    power.switch("demo", names, action, Console())


def test_the_named_machines_are_switched_once_each(
    machines: Machines, capsys: pytest.CaptureFixture[str]
) -> None:
    _switch("master3", "master1", "master3")
    assert machines.states == {"master3": State.ON, "master1": State.ON}
    assert capsys.readouterr().err == "power on: master3, master1\n"


def test_without_names_all_machines_are_switched(machines: Machines) -> None:
    _switch(action=Power.SHUTDOWN)
    assert set(machines.states) == {"master1", "master2", "master3"}


def test_an_unknown_machine_switches_none(machines: Machines) -> None:
    with pytest.raises(UsageError, match="no machine node1"):
        _switch("master1", "node1")
    assert machines.states == {}


def test_a_machine_that_was_never_made_is_told_with_what_makes_it(machines: Machines) -> None:
    machines.absent = {"master2"}
    with pytest.raises(LabgenError) as failed:
        _switch()
    assert str(failed.value).splitlines() == [
        "not every machine of lab demo could be switched: power on",
        "  last seen: master2 is absent",
        "  to create what is missing and switch all on: labgen up ha-3x0 --name demo",
    ]


def test_a_machine_that_was_never_made_is_as_good_as_off(machines: Machines) -> None:
    machines.absent = {"master2"}
    _switch(action=Power.OFF)


class Booting:
    """Stands for SSH to machines that boot again once they were asked to."""

    def __init__(self) -> None:
        self.boots: dict[str, int] = {}
        self.connected: list[str] = []

    def run(self, host: str, argv: Sequence[str], **_: object) -> Completed:
        if "reboot" in argv:
            self.boots[host] = self.boots.get(host, 0) + 1
        return Completed(tuple(argv), 0, f"boot {self.boots.get(host, 0)}\n", "")

    def connect(self, host: str, _address: str, **_: object) -> None:
        self.connected.append(host)

    def close(self, _hosts: Sequence[str]) -> None:
        """Nothing is open."""


@pytest.fixture
def ssh(monkeypatch: pytest.MonkeyPatch) -> Booting:
    found = Booting()
    monkeypatch.setattr(access, "ssh_client", lambda _: found)
    return found


def test_a_reboot_shuts_down_switches_on_and_waits_for_ssh(
    machines: Machines, ssh: Booting, capsys: pytest.CaptureFixture[str]
) -> None:
    _switch()
    machines.actions.clear()
    power.reboot("demo", ["master2"], Console())
    assert machines.actions == [(Power.SHUTDOWN, ["master2"]), (Power.ON, ["master2"])]
    assert ssh.connected == ["master2"]
    assert capsys.readouterr().err.splitlines()[-1] == "rebooted: master2"


def test_a_machine_without_a_power_switch_reboots_itself(machines: Machines, ssh: Booting) -> None:
    _switch()
    machines.reasons = {"master3": "the scenario names no command for the power of master3"}
    power.reboot("demo", [], Console())
    assert ssh.boots == {"master3": 1}
    assert machines.actions[-1] == (Power.ON, ["master1", "master2"])
    assert sorted(ssh.connected) == ["master1", "master2", "master3"]


def test_a_machine_that_is_off_is_not_rebooted(machines: Machines, ssh: Booting) -> None:
    _switch("master1", "master2")
    with pytest.raises(LabgenError) as refused:
        power.reboot("demo", [], Console())
    assert str(refused.value).splitlines() == [
        "only machines that are on can be rebooted: master3 is off",
        "  labgen start demo",
    ]
    assert len(machines.actions) == 1


@pytest.fixture
def released(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the labs whose leases were released; the lab demo has a cluster."""
    found: list[str] = []

    def release(context: Context) -> list[str]:
        found.append(context.lab.name)
        return []

    lab = store.load("demo")
    lab.kubeconfig.parent.mkdir(parents=True, exist_ok=True)
    lab.kubeconfig.write_text("")
    monkeypatch.setattr(power, "release_leases", release)
    return found


@pytest.mark.parametrize(
    ("names", "times"),
    [
        ((), 1),
        (("master2", "master3"), 1),
        (("master3",), 0),  # one of three: the API cannot answer
    ],
)
def test_leases_are_released_when_a_majority_is_on(
    machines: Machines, released: list[str], names: tuple[str, ...], times: int
) -> None:
    _switch(*names)
    assert released == ["demo"] * times


def test_a_leader_that_was_off_for_a_moment_leads_again(
    machines: Machines, released: list[str]
) -> None:
    _switch("master1", "master2")
    released.clear()
    _switch("master3")
    assert released == ["demo"]


def test_leases_are_released_after_a_reboot(
    machines: Machines, ssh: Booting, released: list[str]
) -> None:
    _switch()
    released.clear()
    power.reboot("demo", ["master1"], Console())
    assert released == ["demo"]


def test_a_machine_that_answers_late_is_waited_for(
    machines: Machines, released: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["master1"], []]
    monkeypatch.setattr(power, "release_leases", lambda _: answers.pop(0))
    _switch()
    assert answers == []


def test_an_api_that_does_not_answer_yet_fails_no_start(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Context) -> None:
        raise NotYet("the API does not answer")

    lab = store.load("demo")
    lab.kubeconfig.parent.mkdir(parents=True, exist_ok=True)
    lab.kubeconfig.write_text("")
    monkeypatch.setattr(power, "release_leases", refuse)
    monkeypatch.setattr(power, "LEASES", 0.1)
    _switch()
    assert set(machines.states.values()) == {State.ON}

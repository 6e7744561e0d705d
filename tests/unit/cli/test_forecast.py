"""The forecast of memory, disk and cores: `check` and `plan` show it, `up` refuses by it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from labgen.lab.lab import Lab
from labgen.machine.finding import Finding
from labgen.providers.base import State
from labgen.providers.container.provider import ContainerProvider
from labgen.scenario.model import Scenario
from labgen.system import files, host, pressure
from labgen.up import start
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import made

GIB = 1024
SHORT = (
    "201 machines need about 25.0 GiB of memory, and this host has 23.0 GiB; "
    "make room, use fewer machines, or try it anyway: labgen up SCENARIO --force"
)
NEEDED = (
    "memory about 1.6 GiB of 23.0 GiB, disk about 0.4 GiB of 50.0 GiB, "
    "0.3 of 2 cores busy when idle"
)
CLASS = """\
apiVersion: labgen/v1
kind: Scenario
name: class
machines:
  - {prefix: master, role: control-plane, count: 1}
  - {prefix: node, role: worker, count: 200}
"""


@pytest.fixture(autouse=True)
def computer(monkeypatch: pytest.MonkeyPatch) -> dict[str, State]:
    """Run on 24 GiB and two cores, with whatever system containers need; return the states of
    machines of labs, to be changed."""
    states: dict[str, State] = {}

    def check(_self: object, _scenario: Scenario, _lab: Lab | None = None) -> Sequence[Finding]:
        return ()

    def machines(_self: object, lab: Lab) -> Mapping[str, State]:
        return {it.name: states.get(it.name, State.ON) for it in lab.machines}

    monkeypatch.setattr(ContainerProvider, "check", check)
    monkeypatch.setattr(ContainerProvider, "machines", machines)
    has(monkeypatch)
    return states


def has(
    monkeypatch: pytest.MonkeyPatch,
    *,
    memory: int = 23 * GIB,
    swap: int = 0,
    disk: int = 50 * GIB,
    cores: int = 2,
) -> None:
    found = host.Memory(24 * GIB, memory, swap, swap)
    monkeypatch.setattr(host, "memory", lambda: found)
    monkeypatch.setattr(host, "cores", lambda: cores)
    monkeypatch.setattr(pressure, "overload", lambda: "")
    monkeypatch.setattr(files, "free_mib", lambda _: disk)


@pytest.fixture
def many(tmp_path: Path) -> str:
    """Return a scenario of 200 workers."""
    path = tmp_path / "class.yaml"
    path.write_text(CLASS)
    return str(path)


@pytest.mark.parametrize("command", ["check", "up"])
def test_two_hundred_workers_on_24_gib_are_refused_before_anything_is_made(
    command: str, many: str, home: Path
) -> None:
    said = labgen(command, many, "-s", "provider.name=container")
    assert said.exit_code == 3
    assert said.err.splitlines() == [
        "error: this host cannot run labs of provider container:",
        f"  {SHORT}",
    ]
    assert not (home / "state/labs").exists()


def test_up_with_force_tries_it(
    many: str, computer: dict[str, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    computer.update({f"node{number}": State.ABSENT for number in range(1, 201)})
    asked: list[str] = []
    monkeypatch.setattr("labgen.up.bring_up.bundles.require", asked.append)
    monkeypatch.setattr(start, "plan", lambda _: [])
    said = labgen("up", many, "-s", "provider.name=container", "--force", "--cold")
    assert (said.exit_code, len(asked)) == (0, 1)
    assert "note: 200 machines keep 2.0 cores busy when idle, and this host has 2" in said.err


def test_free_swap_is_room(many: str, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, memory=4 * GIB, swap=60 * GIB)
    assert labgen("check", many, "-s", "provider.name=container").exit_code == 0


@pytest.mark.parametrize(("memory", "code"), [(1900, 3), (3 * GIB, 0)])
def test_six_machines_need_two_gib(memory: int, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, memory=memory)
    assert labgen("check", "ha-3x3", "-s", "provider.name=container").exit_code == code


def test_a_full_disk_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, disk=200)
    said = labgen("check", "ha-3x3", "-s", "provider.name=container")
    assert said.exit_code == 3
    assert "6 machines need about 0.5 GiB of disk, and this host has 0.2 GiB; " in said.err


def test_auto_takes_system_containers_where_virtual_machines_have_too_little_memory() -> None:
    said = labgen("check", "ha-3x3", "-o", "json")
    assert json.loads(said.out)["provider"] == "container"


def test_check_shows_what_is_needed_of_what_there_is() -> None:
    said = labgen("check", "ha-3x3", "-s", "provider.name=container")
    assert said.err.splitlines() == [
        "ha-3x3 can be brought up by provider container",
        f"  {NEEDED}",
    ]


def test_few_cores_are_a_note_and_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, cores=1)
    said = labgen("check", "ha-5x2", "-s", "provider.name=container", "-s", "machines[1].count=9")
    assert said.exit_code == 0
    assert "note: 14 machines keep 0.5 cores busy when idle, and this host has 1" in said.err


def test_machines_that_are_on_need_nothing_more(
    computer: dict[str, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, memory=400, disk=1)
    lab = made("ha-3x3", "demo", overrides=["provider.name=container"])
    call = ("check", "ha-3x3", "--name", "demo", "-s", "provider.name=container")
    assert labgen(*call).exit_code == 0
    computer.update({it.name: State.OFF for it in lab.workers})  # these need no more disk
    assert labgen(*call).exit_code == 0
    computer.update({it.name: State.OFF for it in lab.control_planes})
    assert "6 machines need about 2.0 GiB of memory" in labgen(*call).err


def test_plan_shows_the_forecast_of_a_lab_that_would_be_refused(many: str) -> None:
    said = labgen("plan", many, "--provider", "container")
    assert said.exit_code == 0
    assert "machines to start: 201; memory about 20.0 GiB of 23.0 GiB" in said.out
    assert f"problem: {SHORT}" in said.out

"""Removing a lab: completely, or with an error that names what is left."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labgen.console import Console
from labgen.errors import LabgenError, UsageError
from labgen.lab import store, user_kubeconfig
from labgen.lab.lab import Lab
from labgen.lab.ownership import owner
from labgen.operations import down as module
from labgen.operations.down import teardown
from labgen.providers.base import State
from labgen.providers.container.provider import ContainerProvider
from labgen.providers.optional import Checkpoint
from labgen.providers.resource import Resource
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from tests.unit.lab.samples import made, with_keys
from tests.unit.providers import existing

QUIET = Console(quiet=True)
CapFd = pytest.CaptureFixture[str]


class Machines(ContainerProvider):
    """Records which labs it destroyed; the test decides what is left."""

    def __init__(self) -> None:
        self.destroyed: list[str] = []
        self.left: list[str] = []

    def destroy(self, lab: Lab) -> None:
        self.destroyed.append(lab.name)

    def list_resources(self, lab: Lab | None = None) -> Sequence[Resource]:
        assert lab
        left = self.left if lab.name in self.destroyed else ["the everything"]
        own = owner(lab)
        words = [what.split(maxsplit=1) for what in left]
        return [Resource(kind, name, own, lambda: None) for kind, name in words]


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    found = Machines()
    monkeypatch.setattr(module, "provider", lambda _: found)
    return found


def test_nothing_of_a_lab_is_left(machines: Machines, home: Path) -> None:
    made("single", "demo")
    teardown("demo", QUIET)
    assert machines.destroyed == ["demo"]
    assert list((home / "state/labs").iterdir()) == []


def test_what_is_left_is_named_and_the_lab_stays_to_be_taken_down_again(
    machines: Machines,
) -> None:
    made("single", "demo")
    machines.left = ["bridge lab01234567", "mount /x"]
    with pytest.raises(LabgenError) as failed:
        teardown("demo", QUIET)
    assert str(failed.value).splitlines() == [
        "lab demo was not removed completely",
        "  last seen: bridge lab01234567",
        "    mount /x",
        "  labgen down demo    tries again",
    ]
    machines.left = []
    teardown("demo", QUIET)
    assert store.names() == []


def test_trying_again_keeps_the_checkpoints_that_are_to_be_kept(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("single", "demo")
    machines.left = ["mount /x"]
    monkeypatch.setattr(Machines, "keep_checkpoints", lambda *_, **__: ["before"])
    with pytest.raises(LabgenError) as failed:
        teardown("demo", QUIET, keep_checkpoints=True)
    assert failed.value.hint == "labgen down demo --keep-checkpoints    tries again"


class VirtualMachines(Machines):
    """Has checkpoints on the machines' disks."""

    keep_checkpoints = None  # type: ignore[assignment]

    def __init__(self, state: State, *saved: str) -> None:
        super().__init__()
        self.state, self.saved = state, saved

    def machines(self, lab: Lab) -> Mapping[str, State]:
        return {machine.name: self.state for machine in lab.machines}

    def checkpoints(self, lab: Lab) -> Sequence[Checkpoint]:
        assert self.state is not State.ABSENT
        return [Checkpoint(name, datetime.now(UTC)) for name in self.saved]


def test_checkpoints_on_disks_that_go_with_the_lab_are_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made("single", "demo")
    machines = VirtualMachines(State.OFF, "before", "after")
    monkeypatch.setattr(module, "provider", lambda _: machines)
    with pytest.raises(LabgenError, match="their disks, which are removed with") as refused:
        teardown("demo", QUIET, keep_checkpoints=True)
    assert refused.value.last_seen == "it has before, after"
    assert machines.destroyed == []


@pytest.mark.parametrize("state", [State.ON, State.ABSENT])
def test_a_lab_without_checkpoints_is_removed_although_they_were_to_be_kept(
    monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    made("single", "demo")
    monkeypatch.setattr(module, "provider", lambda _: VirtualMachines(state))
    teardown("demo", QUIET, keep_checkpoints=True)
    assert store.names() == []


def test_a_lab_that_is_not_there_destroys_nothing(machines: Machines) -> None:
    with pytest.raises(UsageError) as wrong:
        teardown("absent", QUIET)
    assert str(wrong.value).splitlines() == [
        "there is no lab absent",
        "  labs: none",
        "  for a lab whose directory no longer exists: labgen gc absent",
    ]
    assert machines.destroyed == []


def test_machines_that_labgen_made_are_not_left_out(machines: Machines) -> None:
    made("single", "demo")
    with pytest.raises(
        UsageError, match="machines of lab demo were created by labgen and are removed with it"
    ):
        teardown("demo", QUIET, without=["master1"])
    assert machines.destroyed == []


def test_a_machine_that_is_left_out_is_told_of_and_not_asked(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: CapFd
) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(existing.SCENARIO)
    store.make(load(path, host_environment=HostEnvironment()), "site", "ssh")
    cleared: list[str] = []

    def clear(lab: Lab, *_: object) -> None:
        cleared.extend(machine.name for machine in lab.machines)

    monkeypatch.setattr(module, "deprovision", clear)
    with pytest.raises(UsageError, match="no machine rack7"):
        teardown("site", QUIET, without=["rack7"])
    teardown("site", Console(), without=["master2"])
    assert cleared == ["master1", "master3", "node1"]
    told = capfd.readouterr().err
    assert (
        "the cluster stays on master2; to uninstall it, run as root there: bash /opt/labgen" in told
    )
    assert store.names() == []


def test_a_lab_goes_even_where_the_kubeconfig_cannot_be_edited(
    machines: Machines, tmp_path: Path
) -> None:
    user_kubeconfig.add(with_keys(made("single", "demo")))
    config = tmp_path / "kubeconfig"
    config.unlink()
    config.mkdir()
    left = teardown("demo", QUIET)
    assert [text.splitlines()[0] for text in left] == [
        f"{config} was not changed: it is a directory"
    ]
    assert machines.destroyed == ["demo"]
    assert store.names() == []

"""System containers' power switches, with programs that only record their calls."""

import json
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.providers import power_sequence
from labgen.providers.base import Power, State
from labgen.providers.container import provider as container
from labgen.providers.container.provider import ContainerProvider
from labgen.providers.optional import checkpoints_of
from tests.unit.lab.samples import lab
from tests.unit.system.stubs import Stub, stub

STATES = {"master1": "running", "master2": "exited", "master3": "paused", "node1": "created"}


@pytest.fixture
def sample(home: Path, tmp_path: Path) -> Lab:
    sample = lab("ha-3x3")
    sample.directory.mkdir(parents=True)
    sample.ssh_config.write_text(f"  ControlPath {tmp_path}/%n\n")
    return sample


@pytest.fixture
def podman(sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    listed = [
        {"Names": [f"labgen-demo-{name}"], "State": state, "Labels": {}}
        for name, state in STATES.items()
    ]
    body = f"case $* in *' ps '*) echo '{json.dumps(listed)}' ;; esac"
    return stub(monkeypatch, tmp_path, "podman", body)


def _done(podman: Stub) -> list[list[str]]:
    return sorted(call[2:] for call in podman.calls if call[2] != "ps")


def test_states_are_podmans_in_our_words(podman: Stub, sample: Lab) -> None:
    assert dict(ContainerProvider().machines(sample)) == {
        "master1": State.ON,
        "master2": State.OFF,
        "master3": State.PAUSED,
        "node1": State.ABSENT,
        "node2": State.ABSENT,
        "node3": State.ABSENT,
    }


def test_power_for_machines_that_were_never_made_makes_no_network(
    podman: Stub, sample: Lab, ip: Stub, iptables: Path
) -> None:
    ContainerProvider().power(sample, [sample.machine("node1")], Power.ON)
    assert _done(podman) == []
    assert not any("-batch" in call for call in ip.calls)


def test_containers_are_looked_for_by_the_labs_own_directory(podman: Stub, sample: Lab) -> None:
    ContainerProvider().machines(sample)
    assert f"label=labgen.directory={sample.directory}" in podman.calls[0]


def test_a_pulled_plug_silences_the_cable_before_the_processes_die(
    podman: Stub, sample: Lab, ip: Stub, tmp_path: Path
) -> None:
    ContainerProvider().power(sample, sample.machines, Power.OFF)
    assert _done(podman) == [
        ["kill", "--signal", "KILL", "labgen-demo-master1"],
        ["kill", "--signal", "KILL", "labgen-demo-master3"],
    ]
    batch = (tmp_path / "batch").read_text().splitlines()
    assert batch[:2] == [f"link set lab{sample.id}p0 down", f"link set lab{sample.id}p2 down"]


def test_a_shutdown_asks_the_machines_that_run(podman: Stub, sample: Lab, ip: Stub) -> None:
    ContainerProvider().power(sample, sample.machines, Power.SHUTDOWN)
    ((word, *_, name),) = _done(podman)
    assert (word, name) == ("stop", "labgen-demo-master1")


def test_power_on_starts_the_machines_that_are_off_with_their_network(
    podman: Stub, sample: Lab, ip: Stub, iptables: Path, tmp_path: Path
) -> None:
    ContainerProvider().power(sample, sample.machines, Power.ON)
    assert _done(podman) == [["start", "labgen-demo-master2"]]
    batch = (tmp_path / "batch").read_text()
    assert f"netns add labgen-{sample.id}-master2\n" in batch
    assert "-master1" not in batch


@pytest.mark.parametrize(
    ("action", "word", "name"),
    [(Power.PAUSE, "pause", "master1"), (Power.RESUME, "unpause", "master3")],
)
def test_pause_and_resume_touch_only_the_machines_they_change(
    podman: Stub, sample: Lab, action: Power, word: str, name: str
) -> None:
    ContainerProvider().power(sample, sample.machines, action)
    assert _done(podman) == [[word, f"labgen-demo-{name}"]]


def test_destroying_what_was_never_made_is_fine(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ip: Stub, iptables: Path
) -> None:
    stub(monkeypatch, tmp_path, "podman", "echo '[]'")
    provider = ContainerProvider()
    provider.destroy(sample)
    assert provider.list_resources(sample) == []


def test_control_planes_are_switched_on_one_after_the_other(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ip: Stub, iptables: Path
) -> None:
    off = [
        {"Names": [f"labgen-demo-{m.name}"], "State": "exited", "Labels": {}}
        for m in sample.machines
    ]
    body = (
        f"case $* in *' ps '*) echo '{json.dumps(off)}' ;; *) date +%s%N >>'{tmp_path}/at' ;; esac"
    )
    stub(monkeypatch, tmp_path, "podman", body)
    monkeypatch.setattr(power_sequence, "SEQUENCE_SECONDS", 0.3)
    ContainerProvider().power(sample, sample.control_planes, Power.ON)
    at = [int(line) / 1e9 for line in (tmp_path / "at").read_text().split()]
    assert at[1] - at[0] > 0.15
    assert at[2] - at[1] > 0.15


def test_machines_of_a_lab_with_the_same_name_elsewhere_are_not_replaced(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = {"labgen.lab": "demo", "labgen.directory": "/elsewhere/labs/demo"}
    theirs = [{"Names": ["labgen-demo-master1"], "State": "running", "Labels": labels}]
    podman = stub(monkeypatch, tmp_path, "podman", f"echo '{json.dumps(theirs)}'")
    monkeypatch.setattr(container, "require", lambda _: None)
    with pytest.raises(LabgenError, match="another lab demo, at /elsewhere/labs/demo"):
        ContainerProvider().create(sample)
    assert {call[2] for call in podman.calls} == {"ps"}
    assert not sample.keys.exists()


def test_system_containers_cannot_be_saved(sample: Lab) -> None:
    with pytest.raises(LabgenError, match="cannot be saved: its machines are system containers"):
        checkpoints_of(ContainerProvider(), sample)

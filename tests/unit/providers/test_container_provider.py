"""System containers' power switches, with programs that only record their calls."""

import json
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from labgen.errors import HostUnfit, LabgenError
from labgen.lab.lab import Lab
from labgen.lab.ownership import claim, container_labels
from labgen.providers import power_sequence, settled
from labgen.providers.base import Power, State
from labgen.providers.container import creation, disks
from labgen.providers.container import provider as container
from labgen.providers.container.containers import container_name, free_name
from labgen.providers.container.provider import ContainerProvider
from labgen.system.process import CommandFailed
from tests.unit.lab.samples import lab
from tests.unit.system.stubs import Stub, stub

STATES = {"master1": "running", "master2": "exited", "master3": "paused", "node1": "created"}


@pytest.fixture
def sample(home: Path, tmp_path: Path) -> Lab:
    sample = lab("ha-3x3")
    sample.directory.mkdir(parents=True)
    sample.ssh_config.write_text(f"  ControlPath {tmp_path}/%n\n")
    for machine in sample.machines:
        disks.of_machine(sample, machine).mkdir(parents=True)
    return sample


@pytest.fixture
def podman(sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    listed = [
        {"Names": [f"labgen-demo.{name}"], "State": state, "Labels": container_labels(sample)}
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


def test_a_pulled_plug_silences_the_cable_before_the_processes_die(
    podman: Stub, sample: Lab, ip: Stub, tmp_path: Path
) -> None:
    ContainerProvider().power(sample, sample.machines, Power.OFF)
    assert _done(podman) == [
        ["kill", "--signal", "KILL", "labgen-demo.master1"],
        ["kill", "--signal", "KILL", "labgen-demo.master3"],
    ]
    batch = (tmp_path / "batch").read_text().splitlines()
    assert batch[:2] == [f"link set lab{sample.id}p0 down", f"link set lab{sample.id}p2 down"]


def test_a_shutdown_asks_the_machines_that_run(podman: Stub, sample: Lab, ip: Stub) -> None:
    ContainerProvider().power(sample, sample.machines, Power.SHUTDOWN)
    ((word, *_, name),) = _done(podman)
    assert (word, name) == ("stop", "labgen-demo.master1")


def test_power_on_starts_the_machines_that_are_off_with_their_network(
    podman: Stub, sample: Lab, ip: Stub, iptables: Path, tmp_path: Path
) -> None:
    ContainerProvider().power(sample, sample.machines, Power.ON)
    assert _done(podman) == [["start", "labgen-demo.master2"]]
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
    assert _done(podman) == [[word, f"labgen-demo.{name}"]]


def test_destroying_what_was_never_made_is_fine(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ip: Stub, iptables: Path
) -> None:
    stub(monkeypatch, tmp_path, "podman", "echo '[]'")
    provider = ContainerProvider()
    provider.destroy(sample)
    assert provider.list_resources(sample) == []


def test_a_host_without_iptables_removes_no_part_of_a_lab(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    podman = stub(monkeypatch, tmp_path, "podman")
    stub(monkeypatch, tmp_path, "ip")
    monkeypatch.setenv("PATH", str(tmp_path / "stubs"))
    with pytest.raises(HostUnfit) as unfit:
        ContainerProvider().destroy(sample)
    assert str(unfit.value).splitlines() == [
        "this host cannot remove lab demo; nothing was changed:",
        "  iptables is not installed; apt-get install iptables",
    ]
    assert podman.calls == []


def test_control_planes_are_switched_on_one_after_the_other(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ip: Stub, iptables: Path
) -> None:
    off = [
        {
            "Names": [f"labgen-demo.{m.name}"],
            "State": "exited",
            "Labels": container_labels(sample),
        }
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
    theirs = [{"Names": ["labgen-demo.master1"], "State": "running", "Labels": labels}]
    podman = stub(monkeypatch, tmp_path, "podman", f"echo '{json.dumps(theirs)}'")
    monkeypatch.setattr(container, "require", lambda _: None)
    with pytest.raises(LabgenError, match="another lab demo, at /elsewhere/labs/demo"):
        ContainerProvider().create(sample)
    assert {call[2] for call in podman.calls} == {"ps"}
    assert not sample.keys.exists()


def _create_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, names in (
        (container, ("load_machine", "keys")),
        (creation, ("clone_golden", "ready_host")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, Mock())


def test_a_container_of_that_name_that_is_not_the_labs_is_never_replaced(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ip: Stub, iptables: Path
) -> None:
    """A user's own, one of an older version's lab `demo.x`, or one of another state directory."""
    names = [f"labgen-demo.{machine.name}" for machine in sample.machines]
    theirs = [{"Names": [name], "State": "exited", "Labels": None} for name in names]
    body = f"case $* in *--filter*) echo '[]' ;; *) echo '{json.dumps(theirs)}' ;; esac"
    podman = stub(monkeypatch, tmp_path, "podman", body)
    _create_nothing_else(monkeypatch)
    monkeypatch.setattr(container, "require", lambda _: Mock())
    with pytest.raises(LabgenError, match=r"labgen-demo\.node1 already, of no lab of labgen"):
        ContainerProvider().create(sample)
    assert {call[2] for call in podman.calls} == {"ps"}


def test_a_name_that_another_lab_took_a_moment_ago_is_no_machine_of_the_lab(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ip: Stub, iptables: Path
) -> None:
    alone = replace(sample, machines=sample.machines[:1])
    theirs = [{"Names": ["labgen-demo.master1"], "State": "running", "Labels": None}]
    run = f"*' run '*) touch {tmp_path}/taken; echo 'name is in use' >&2; exit 125 ;;"
    listing = f"*) [ -e {tmp_path}/taken ] && echo '{json.dumps(theirs)}' || echo '[]' ;;"
    stub(
        monkeypatch, tmp_path, "podman", f"case $* in {run} *--filter*) echo '[]' ;; {listing} esac"
    )
    _create_nothing_else(monkeypatch)
    monkeypatch.setattr(container, "require", lambda _: Mock())
    monkeypatch.setattr(settled, "SETTLE", 0.1)
    with pytest.raises(LabgenError, match="name is in use"):
        ContainerProvider().create(alone)


def test_what_a_killed_podman_left_of_the_labs_own_machine_is_removed(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for labels, state in ((container_labels(sample), "created"), (None, "storage")):
        left = [{"Names": ["labgen-demo.node1"], "State": state, "Labels": labels}]
        podman = stub(monkeypatch, tmp_path, "podman", f"echo '{json.dumps(left)}'")
        free_name(sample, "labgen-demo.node1")
        assert podman.calls.pop()[2:] == [
            *("rm", "--force", "--time", "0", "--ignore"),
            "labgen-demo.node1",
        ]


WORKERS = "machines=[{role: control-plane, count: 3}, {role: worker, count: 3, prefix: a-node}]"


def test_machines_of_two_labs_never_have_one_name() -> None:
    a_node = lab("ha-3x3", WORKERS, name="site")
    node = lab("ha-3x3", name="site-a")
    taken = [{container_name(it, machine) for machine in it.machines} for it in (a_node, node)]
    assert not set.intersection(*taken)


def test_machines_of_an_older_version_are_found_by_another_path_to_the_state(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = replace(lab("ha-3x3"), identity="")
    labels = {"labgen.lab": "demo", "labgen.directory": str(older.directory)}
    older.directory.mkdir(parents=True)
    claim(replace(older, identity=older.id))
    note = older.sockets / "owner.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), "id": None}))
    running = [{"Names": ["labgen-demo-node1"], "State": "running", "Labels": labels}]
    stub(monkeypatch, tmp_path, "podman", f"echo '{json.dumps(running)}'")
    (tmp_path / "link").symlink_to(home)
    monkeypatch.setenv("LABGEN_HOME", "")
    monkeypatch.setattr("labgen.system.paths.state", lambda: tmp_path / "link/state")
    assert ContainerProvider().machines(older)["node1"] is State.ON


# The program reports an error, and the state that `podman ps` reads afterwards.
LATE = "Error: timed out waiting for file exits/0123: internal libpod error"


@pytest.mark.parametrize(
    "change",
    [
        (Power.OFF, "running", "exited"),
        (Power.OFF, "running", None),
        (Power.SHUTDOWN, "running", "exited"),
        (Power.ON, "exited", "running"),
        (Power.PAUSE, "running", "paused"),
    ],
)
@pytest.mark.usefixtures("ip", "iptables")
def test_an_action_that_podman_reported_as_failed_is_judged_by_what_became_of_it(
    change: tuple[Power, str, str | None],
    sample: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    action, before, after = change
    machine, acted = sample.machines[0], tmp_path / "acted"
    one = {"Names": ["labgen-demo.master1"], "Labels": container_labels(sample)}
    here = json.dumps([{**one, "State": before}])
    there = json.dumps([{**one, "State": after}] if after else [])
    listing = f"[ -e {acted} ] && echo '{there}' || echo '{here}'"
    fails = f"touch {acted}; echo '{LATE}' >&2; exit 125"
    stub(monkeypatch, tmp_path, "podman", f"case $* in *' ps '*) {listing} ;; *) {fails} ;; esac")
    ContainerProvider().power(sample, [machine], action)
    monkeypatch.setattr(settled, "SETTLE", 0.1)
    stub(
        monkeypatch, tmp_path, "podman", f"case $* in *' ps '*) echo '{here}' ;; *) {fails} ;; esac"
    )
    with pytest.raises(CommandFailed, match="exit code 125"):
        ContainerProvider().power(sample, [machine], action)


def test_a_container_that_is_gone_was_removed_whatever_podman_reported(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ip: Stub, iptables: Path
) -> None:
    one = {"Names": ["labgen-demo.master1"], "Labels": container_labels(sample), "State": "exited"}
    gone = tmp_path / "gone"
    listing = f"[ -e {gone} ] && echo '[]' || echo '{json.dumps([one])}'"
    fails = f"touch {gone}; echo '{LATE}' >&2; exit 125"
    stub(monkeypatch, tmp_path, "podman", f"case $* in *' ps '*) {listing} ;; *) {fails} ;; esac")
    ContainerProvider().destroy(sample)
    assert ContainerProvider().list_resources(sample) == []

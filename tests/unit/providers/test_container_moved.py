"""Labs of system containers whose state or disks were moved: switched on, or refused with a way."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.lab import keys, store
from labgen.lab.lab import Lab
from labgen.lab.ownership import container_labels
from labgen.providers.base import Power
from labgen.providers.container import disks
from labgen.providers.container.containers import IDENTITY
from labgen.providers.container.provider import ContainerProvider
from tests.unit.lab.samples import made
from tests.unit.system.stubs import Stub, stub

pytestmark = pytest.mark.usefixtures("ip", "iptables")


def _podman(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, labels: Mapping[str, str], mounts: object
) -> Stub:
    listed = [{"Names": ["labgen-demo.master1"], "State": "exited", "Labels": labels}]
    answers = f"*' ps '*) echo '{json.dumps(listed)}' ;; *inspect*) echo '{json.dumps(mounts)}' ;;"
    return stub(monkeypatch, tmp_path, "podman", f"case $* in {answers} esac")


def _mounts(sample: Lab) -> list[dict[str, str]]:
    """Return what the lab's container mounts, as podman reports it, and make it."""
    [machine] = sample.machines
    sources = {
        "/var/lib/etcd": disks.of_machine(sample, machine) / "etcd",
        IDENTITY: keys.machine_identity(sample, machine),
        "/lib/modules": Path("/nonexistent/modules"),
    }
    for source in list(sources.values())[:2]:
        source.mkdir(parents=True)
    bound = [{"Type": "bind", "Source": str(it), "Destination": at} for at, it in sources.items()]
    return [*bound, {"Type": "volume", "Source": "/nonexistent/volume", "Destination": "/data"}]


@pytest.fixture
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Return the podman of a lab whose state and cache were moved together, from one to other."""
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "one"))
    sample = made()
    podman = _podman(monkeypatch, tmp_path, container_labels(sample), _mounts(sample))
    (tmp_path / "one").rename(tmp_path / "other one")
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "other one"))
    return podman


def _refusal() -> LabgenError:
    sample = store.load("demo")
    with pytest.raises(LabgenError, match="cannot be switched on") as refused:
        ContainerProvider().power(sample, sample.machines, Power.ON)
    return refused.value


def test_a_lab_that_was_moved_while_off_is_refused_before_anything_changes(
    moved: Stub, tmp_path: Path
) -> None:
    sample = store.load("demo")
    was = f"{tmp_path}/one/cache/disks/demo-{sample.id} and {tmp_path}/one/state/labs/demo"
    error = _refusal()
    assert error.message == (
        f"machines of lab demo that are off cannot be switched on: what they mount is no longer at "
        f"{was}; nothing was changed"
    )
    assert error.hint == (
        "move it back, or leave a link in its place: "
        f"ln -s '{tmp_path}/other one' {tmp_path}/one\n"
        "or create the lab again: labgen down demo && labgen up single --name demo"
    )
    assert {call[2] for call in moved.calls} == {"ps", "inspect"}
    assert not sample.sockets.exists()


def test_the_link_that_is_named_helps(moved: Stub, tmp_path: Path) -> None:
    link = str(_refusal().hint).splitlines()[0].rpartition(": ")[2]
    _, _, target, place = shlex.split(link)
    Path(place).symlink_to(target)
    sample = store.load("demo")
    ContainerProvider().power(sample, sample.machines, Power.ON)
    assert moved.calls[-1][2:] == ["start", "labgen-demo.master1"]
    assert f'"{tmp_path}/other one/state/labs/demo/keys' in sample.ssh_config.read_text()


def test_a_lab_whose_disks_are_lost_can_only_be_created_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = made()
    podman = _podman(monkeypatch, tmp_path, container_labels(sample), _mounts(sample))
    disks.of_lab(sample).rename(tmp_path / "lost")
    assert _refusal().hint == (
        "create the lab again: labgen down demo && labgen up single --name demo"
    )
    assert "start" not in {call[2] for call in podman.calls}


def test_a_lab_in_its_place_costs_no_further_query(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = made()
    podman = _podman(monkeypatch, tmp_path, container_labels(sample), _mounts(sample))
    ContainerProvider().power(sample, sample.machines, Power.ON)
    assert "inspect" not in {call[2] for call in podman.calls}

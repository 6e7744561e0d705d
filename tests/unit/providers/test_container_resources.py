"""The resources of labs of system containers on a host, with stubs for its programs."""

import json
import shutil
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.lab import ownership
from labgen.lab.lab import Lab
from labgen.providers.container import firewall
from labgen.providers.container.resources import list_resources
from labgen.providers.resource import Resource
from labgen.system import host, mounts, netns, paths
from tests.unit.lab.samples import made
from tests.unit.system.stubs import stub

UNKNOWN = "its owner cannot be determined"


@pytest.fixture
def sample(
    iptables: Path, namespaces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Lab:
    """Return a lab with all kinds of resources, as created by the version before interfaces had
    labels."""
    lab = made()
    ownership.claim(lab)
    (namespaces / f"labgen-{lab.id}-master1").touch()
    (paths.cache() / "disks" / f"demo-{lab.id}").mkdir(parents=True)
    _containers(tmp_path, monkeypatch, lab)
    _links(tmp_path, monkeypatch, [{"ifname": lab.bridge}, {"ifname": "docker0"}])
    firewall.ensure(lab)
    return lab


def _containers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *labs: Lab) -> None:
    listed = [
        {
            "Names": [f"labgen-{lab.name}.master1"],
            "State": "running",
            "Labels": ownership.container_labels(lab),
        }
        for lab in labs
    ]
    body = f"case $* in *' ps '*) echo '{json.dumps(listed)}' ;; esac"
    stub(monkeypatch, tmp_path, "podman", body)


def _links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bridges: list[dict[str, str]], lo: str = ""
) -> None:
    inside = json.dumps([{"ifname": "lo", "ifalias": lo}])
    body = f"case $* in *bridge) echo '{json.dumps(bridges)}' ;; -n*lo) echo '{inside}' ;; esac"
    stub(monkeypatch, tmp_path, "ip", body)


def _orphans() -> list[Resource]:
    return [it for it in list_resources() if it.orphaned or it.lab is None]


def _of(lab: Lab) -> list[str]:
    return [
        "container labgen-demo.master1",
        f"network namespace labgen-{lab.id}-master1",
        f"firewall rules labgen-{lab.id} (6)",
        f"bridge lab{lab.id}",
        f"disks {paths.cache()}/disks/demo-{lab.id}",
    ]


def test_all_of_a_living_lab_is_listed_and_nothing_of_it_is_orphaned_or_removed(
    sample: Lab, tmp_path: Path
) -> None:
    assert [it.what for it in list_resources(sample)] == _of(sample)
    assert _orphans() == []
    for it in list_resources():
        it.remove()
    assert not (tmp_path / "podman.calls").read_bytes().count(b"rm\0")
    assert list((paths.cache() / "disks").iterdir())


def test_all_of_a_lab_whose_directory_is_gone_is_orphaned_and_its_owner_named(sample: Lab) -> None:
    shutil.rmtree(sample.directory)
    found = _orphans()
    assert [it.what for it in found] == _of(sample)
    assert {it.owner for it in found} == {
        f"of lab demo at {sample.directory}, which no longer exists"
    }


def test_what_another_lab_has_is_not_in_a_labs_list(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = made(name="other")
    _containers(tmp_path, monkeypatch, sample, other)
    assert [it.what for it in list_resources(other)] == ["container labgen-other.master1"]
    assert [it.what for it in list_resources(sample)] == _of(sample)


def test_labels_alone_name_the_owner_when_the_host_was_booted_and_no_container_is_left(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(sample.directory)
    shutil.rmtree(paths.runtime())
    _containers(tmp_path, monkeypatch)
    assert {it.lab for it in list_resources()} == {None}
    label = ownership.label(sample)
    _links(tmp_path, monkeypatch, [{"ifname": sample.bridge, "ifalias": label}])
    assert [it.what for it in _orphans()] == _of(sample)[1:]
    assert {it.lab for it in list_resources()} == {ownership.owner(sample)}


def test_a_namespace_that_nothing_else_names_is_asked_for_its_label(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(sample.directory)
    shutil.rmtree(paths.runtime())
    _containers(tmp_path, monkeypatch)
    _links(tmp_path, monkeypatch, [], lo=ownership.label(sample))
    namespace = list_resources()[0]
    assert (namespace.kind, namespace.lab) == ("network namespace", ownership.owner(sample))


def test_a_label_of_another_id_names_no_owner(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(sample.directory)
    shutil.rmtree(paths.runtime())
    _containers(tmp_path, monkeypatch)
    label = f"labgen.directory={host.identity()}:/elsewhere/labs/demo"
    _links(tmp_path, monkeypatch, [{"ifname": sample.bridge, "ifalias": label}], lo=label)
    assert {it.lab for it in list_resources()} == {None}


def test_what_another_host_labelled_is_named_and_stays(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Containers that share this host's network or the cache: their labs are not seen from here."""
    ownership.label_directory(sample, paths.cache() / "disks" / f"demo-{sample.id}")
    label = ownership.label(sample)
    _links(tmp_path, monkeypatch, [{"ifname": sample.bridge, "ifalias": label}], lo=label)
    _containers(tmp_path, monkeypatch)
    shutil.rmtree(sample.directory)
    shutil.rmtree(paths.runtime())
    monkeypatch.setattr(host, "identity", lambda: "another")
    assert [it.what for it in list_resources()] == _of(sample)[1:]
    assert {it.owner for it in list_resources()} == {UNKNOWN}
    for it in list_resources():
        it.remove()
    assert list((paths.cache() / "disks").iterdir())


def test_a_network_that_cannot_be_inspected_is_named_and_all_else_is_found(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(sample.directory)
    monkeypatch.setattr(netns, "entering", lambda _: ["nsenter", "--net=/far"])
    stub(monkeypatch, tmp_path, "nsenter", "exit 1")
    found = {it.what: it for it in _orphans()}
    told = found[f"network of {sample.directory}, in a namespace that cannot be entered"]
    assert not told.orphaned
    assert "container labgen-demo.master1" in found
    assert not any(what.startswith("bridge") for what in found)


def test_an_orphan_whose_lab_came_back_is_not_removed(sample: Lab) -> None:
    shutil.rmtree(sample.directory)
    disks = next(it for it in _orphans() if it.kind == "disks")
    sample.directory.mkdir()
    disks.remove()
    assert list((paths.cache() / "disks").iterdir())
    sample.directory.rmdir()
    disks.remove()
    assert not list((paths.cache() / "disks").iterdir())


def test_what_nothing_names_an_owner_of_is_listed_and_stays(sample: Lab, namespaces: Path) -> None:
    (namespaces / "labgen-00000000-node1").touch()
    (namespaces / "labgen-test-abc").touch()
    [orphan] = _orphans()
    assert (orphan.what, orphan.owner) == ("network namespace labgen-00000000-node1", UNKNOWN)
    assert not orphan.orphaned
    orphan.remove()


def test_disks_name_their_lab_themselves(sample: Lab) -> None:
    path = paths.cache() / "disks" / f"demo-{sample.id}"
    ownership.label_directory(sample, path)
    note = ownership.note_of(path)
    assert note
    assert note.owner == ownership.owner(sample)


def test_a_network_namespace_that_goes_while_it_is_listed_does_not_fail_the_list(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netns, "entering", lambda _: ["nsenter", "--net=/going"])
    gone = tmp_path / "gone"
    going = f"[ -e {gone} ] && exit 1; [ $2 = true ] || {{ touch {gone}; exit 1; }}"
    stub(monkeypatch, tmp_path, "nsenter", going)
    assert "container labgen-demo.master1" in [it.what for it in list_resources()]
    stub(monkeypatch, tmp_path, "nsenter", "[ $2 = true ]")
    with pytest.raises(LabgenError):
        list_resources()


def test_a_lab_whose_state_was_moved_while_its_machines_run_is_not_orphaned(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "moved/labs/demo"
    running = {"Names": ["labgen-demo.master1"], "State": "running", "Pid": 4711}
    listed = json.dumps([{**running, "Labels": ownership.container_labels(sample)}])
    stub(monkeypatch, tmp_path, "podman", f"case $* in *' ps '*) echo '{listed}' ;; esac")
    moved.parent.mkdir(parents=True)
    sample.directory.rename(moved)
    monkeypatch.setattr(mounts, "source", lambda *_: None)
    assert len(_orphans()) == len(_of(sample))
    monkeypatch.setattr(mounts, "source", lambda *_: moved / "keys/master1")
    assert _orphans() == []

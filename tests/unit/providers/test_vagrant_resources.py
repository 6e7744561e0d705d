"""Vagrant's entries of labs that no longer exist, and copies of boxes that no lab uses."""

import json
from pathlib import Path

import pytest

from labgen.lab.ownership import Owner, owner
from labgen.providers.libvirt import vagrant_index as index
from labgen.providers.libvirt import vagrant_resources
from labgen.providers.resource import Resource
from labgen.system import files
from tests.unit.lab.samples import made

BOX = {"name": "labgen/v1", "provider": "libvirt", "version": "1.0.1"}


@pytest.fixture
def labs(tmp_path: Path) -> Path:
    """Return Vagrant's data for an existing lab, for a removed one, and for another user's
    machine."""
    labs = tmp_path / "state/labs"
    (labs / "living").mkdir(parents=True)
    machines = {
        "1": _entry(labs / "living/vagrant", BOX),
        "2": _entry(labs / "dead/vagrant", {**BOX, "version": "1.0.0"}),
        "3": _entry(tmp_path / "labs/mine/vagrant", {"name": "debian/13", "version": "1"}),
    }
    path = index.home() / "data/machine-index/index"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"version": 1, "machines": machines}))
    for version in ("1.0.0", "1.0.1", "1.0.2"):
        (index.home() / "boxes/labgen-VAGRANTSLASH-v1" / version / "libvirt").mkdir(parents=True)
    (index.home() / "boxes/debian-VAGRANTSLASH-13/1").mkdir(parents=True)
    return labs


def orphans(monkeypatch: pytest.MonkeyPatch, versions: set[str]) -> list[Resource]:
    """Return the orphans if bundles have those versions of boxes."""
    monkeypatch.setattr(vagrant_resources, "current_boxes", lambda: versions)
    return [it for it in vagrant_resources.list_resources() if it.orphaned]


def _entry(directory: Path, box: dict[str, str]) -> dict[str, object]:
    place = {"vagrantfile_path": str(directory), "local_data_path": f"{directory}/.vagrant"}
    return {"name": "master1", "provider": "libvirt", "extra_data": {"box": box}, **place}


def test_entries_of_dead_labs_and_boxes_that_no_lab_uses_are_orphaned(
    labs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [(orphan.what, orphan.lab) for orphan in orphans(monkeypatch, {"1.0.2"})] == [
        ("Vagrant's entry of master1", Owner.at(labs / "dead")),
        ("Vagrant's copy of box labgen/v1 1.0.0", None),
    ]


def test_removing_orphans_leaves_all_else_as_it_was(
    labs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for orphan in orphans(monkeypatch, {"1.0.2"}):
        orphan.remove()
    assert orphans(monkeypatch, {"1.0.2"}) == []
    told = json.loads((index.home() / "data/machine-index/index").read_text())
    assert set(told["machines"]) == {"1", "3"}
    left = sorted(path.name for path in (index.home() / "boxes").glob("*/*"))
    assert left == ["1", "1.0.1", "1.0.2"]


def test_entries_of_one_machine_are_one_resource_and_removed_together(
    labs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lab's directory that was removed by hand and made anew leaves two."""
    path = index.home() / "data/machine-index/index"
    told = json.loads(path.read_text())
    told["machines"]["4"] = told["machines"]["2"]
    path.write_text(json.dumps(told))
    entry, *_ = orphans(monkeypatch, {"1.0.0", "1.0.2"})
    entry.remove()
    assert set(json.loads(path.read_text())["machines"]) == {"1", "3"}


def test_the_directory_of_a_boxs_name_goes_with_its_last_version(
    labs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (labs / "living").rmdir()
    for orphan in orphans(monkeypatch, set()):
        orphan.remove()
    assert [path.name for path in (index.home() / "boxes").iterdir()] == ["debian-VAGRANTSLASH-13"]


@pytest.mark.parametrize("text", ["", "{", '{"version": 2, "machines": {}}'])
def test_an_index_of_another_format_is_left_alone(labs: Path, text: str) -> None:
    path = index.home() / "data/machine-index/index"
    path.write_text(text)
    assert index.entries() == []
    index.remove(["1"])
    assert path.read_text() == text


def test_entries_of_a_lab_are_found_when_its_directory_was_moved(labs: Path) -> None:
    lab = made()
    told = json.loads((path := index.home() / "data/machine-index/index").read_text())
    told["machines"]["5"] = _entry(labs / "where-it-was/vagrant", BOX)
    told["machines"]["6"] = _entry(lab.directory / "vagrant", BOX)
    path.write_text(json.dumps(told))
    files.write(lab.directory / "vagrant/.vagrant/machines/master1/libvirt/index_uuid", "5")
    assert {entry.id for entry in index.of_lab(lab.directory)} == {"5", "6"}
    assert {it.lab for it in vagrant_resources.of_lab(lab)} == {owner(lab)}


def test_a_lab_whose_directory_was_moved_has_no_orphans(
    labs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(made().directory / "vagrant/.vagrant/machines/master1/libvirt/index_uuid", "2\n")
    assert orphans(monkeypatch, {"1.0.2"}) == []

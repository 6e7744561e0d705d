"""The commands for Vagrant, and the handling of its output."""

import json
from pathlib import Path

import pytest

from labgen.bundle.store import Box
from labgen.lab.lab import Lab
from labgen.providers.libvirt.vagrant_index import box_disk
from labgen.render.vagrantfile import Hypervisor
from labgen.system.process import CommandFailed
from tests.unit.lab.samples import made
from tests.unit.system.stubs import stub

pytest.importorskip("vagrant", reason="python-vagrant is not installed")
maker = pytest.importorskip("labgen.providers.libvirt.vagrant")

HERE = Hypervisor("qemu:///system", emulated=True)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box("labgen/v1", "1.2.3", tmp_path / "a.box", tmp_path / "k", tmp_path / "i")


@pytest.fixture
def sample() -> Lab:
    return made("ha-3x0")


def test_vagrant_learns_where_the_box_is(box: Box) -> None:
    catalog = json.loads(maker.describe(box).catalog.read_text())
    [version] = catalog["versions"]
    assert (catalog["name"], version["version"]) == ("labgen/v1", "1.2.3")
    assert version["providers"] == [{"name": "libvirt", "url": f"file://{box.archive}"}]


def test_the_box_is_added_once(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described = maker.describe(box)
    disk = box_disk(described)
    copied = f"case $* in 'box add'*) mkdir -p {disk.parent}; touch {disk} ;; esac"
    program = stub(monkeypatch, tmp_path, "vagrant", copied)
    maker.add(described)
    maker.add(described)
    assert [call[:2] for call in program.calls] == [["box", "add"]]


def test_machines_are_made_in_the_labs_directory(
    sample: Lab, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stub(monkeypatch, tmp_path, "vagrant")
    maker.up(sample, HERE, maker.describe(box), sample.machines[1:])
    assert program.calls == [["up", "master2", "master3", "--provider=libvirt"]]
    assert "config.vm.define" in (sample.directory / "vagrant/Vagrantfile").read_text()


def test_what_vagrant_says_of_a_failure_is_in_the_error(
    sample: Lab, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "vagrant", "case $* in up*) echo no pool; exit 1 ;; esac")
    with pytest.raises(CommandFailed, match="no pool"):
        maker.up(sample, HERE, maker.describe(box), sample.machines[1:])


def test_vagrant_destroys_what_it_knows_and_it_is_no_reason_to_stop_when_it_cannot(
    sample: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stub(monkeypatch, tmp_path, "vagrant", "exit 1")
    maker.destroy(sample)
    assert program.calls == []
    entry = sample.directory / "vagrant/.vagrant/machines/master2/libvirt/id"
    entry.parent.mkdir(parents=True)
    entry.touch()
    maker.destroy(sample)
    assert program.calls == [["destroy", "master2", "--force"]]

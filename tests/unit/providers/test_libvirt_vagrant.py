"""What Vagrant is told, and what comes of its answers."""

import json
from pathlib import Path

import pytest

from labgen.bundle.store import Box
from labgen.lab.lab import Lab
from labgen.render.vagrantfile import Hypervisor
from labgen.system.run import CommandFailed
from tests.unit.lab.samples import made
from tests.unit.system.stubs import Stub, stub

pytest.importorskip("vagrant", reason="python-vagrant is not installed")
maker = pytest.importorskip("labgen.providers.libvirt_vagrant")

HERE = Hypervisor("qemu:///system", emulated=True)
LISTED = "1,,box-name,labgen/v1\n1,,box-provider,libvirt\n1,,box-version,1.2.3\n"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box("labgen/v1", "1.2.3", tmp_path / "a.box", tmp_path / "k", tmp_path / "i")


@pytest.fixture
def sample() -> Lab:
    return made("ha-3x0")


def vagrant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, listed: str = "") -> Stub:
    return stub(
        monkeypatch, tmp_path, "vagrant", f"case $* in 'box list'*) printf '{listed}' ;; esac"
    )


def test_vagrant_learns_where_the_box_is(box: Box) -> None:
    catalog = json.loads(maker.describe(box).catalog.read_text())
    [version] = catalog["versions"]
    assert (catalog["name"], version["version"]) == ("labgen/v1", "1.2.3")
    assert version["providers"] == [{"name": "libvirt", "url": f"file://{box.archive}"}]


def test_the_box_is_added_once_and_machines_are_made_in_the_labs_directory(
    sample: Lab, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = vagrant(monkeypatch, tmp_path)
    maker.up(sample, HERE, maker.describe(box), sample.machines[1:])
    assert [call[:2] for call in program.calls] == [
        ["box", "list"],
        ["box", "add"],
        ["up", "master2"],
    ]
    assert program.calls[-1] == ["up", "master2", "master3", "--provider=libvirt"]
    assert "config.vm.define" in (sample.directory / "vagrant/Vagrantfile").read_text()


def test_a_box_that_vagrant_has_is_not_added_again(
    sample: Lab, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = vagrant(monkeypatch, tmp_path, LISTED.replace("\n", "\\n"))
    maker.up(sample, HERE, maker.describe(box), sample.machines[1:])
    assert ["box", "add"] not in [call[:2] for call in program.calls]


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

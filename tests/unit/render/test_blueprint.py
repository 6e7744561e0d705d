"""`labgen render` of virtual machines: their Vagrantfile, or why there is none."""

from pathlib import Path

import pytest

from labgen.bundle import store
from labgen.bundle.store import Box
from labgen.cli import session
from labgen.errors import LabgenError
from labgen.system import host
from tests.unit.cli.calling import labgen
from tests.unit.system.hosts import USUAL

pytest.importorskip("vagrant", reason="python-vagrant is not installed")
pytest.importorskip("libvirt", reason="libvirt-python is not installed")

LIBVIRT = ("-s", "provider.name=libvirt")
EMULATED = ("-s", "loadBalancer.profile=emulated")


@pytest.fixture(autouse=True)
def _on_a_usual_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "host_routes", lambda: ())
    monkeypatch.setattr(host, "probe", lambda: USUAL)


@pytest.fixture
def _with_a_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box("labgen/v1", "1.2.3", tmp_path / "a.box", tmp_path / "k", tmp_path / "i")
    monkeypatch.setattr(store, "require_box", lambda _: box)


@pytest.mark.usefixtures("_with_a_box")
@pytest.mark.parametrize(("words", "driver"), [((), "kvm"), (EMULATED, "qemu")])
def test_virtual_machines_come_with_their_vagrantfile(
    tmp_path: Path, words: tuple[str, ...], driver: str
) -> None:
    said = labgen("render", "ha-3x0", str(tmp_path / "to"), *LIBVIRT, *words)
    assert (said.exit_code, said.err) == (0, "")
    assert said.out.splitlines()[-1] == str(tmp_path / "to/Vagrantfile")
    text = (tmp_path / "to/Vagrantfile").read_text()
    assert 'config.vm.box_version = "1.2.3"' in text
    assert f'libvirt.driver = "{driver}"' in text
    assert all(f'config.vm.define "master{n}"' in text for n in (1, 2, 3))


def test_without_a_box_the_rest_is_rendered_and_the_way_to_one_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_ready(_: str) -> Box:
        raise LabgenError("the box is not ready", hint="build it: labgen bundle build --box")

    monkeypatch.setattr(store, "require_box", not_ready)
    said = labgen("render", "single", str(tmp_path / "to"), *LIBVIRT)
    assert said.exit_code == 0
    assert said.err.splitlines() == [
        "without a Vagrantfile: the box is not ready; build it: labgen bundle build --box"
    ]
    assert str(tmp_path / "to/master1/kubeadm.yaml") in said.out
    assert not (tmp_path / "to/Vagrantfile").exists()


def test_machine_containers_have_no_vagrantfile(tmp_path: Path) -> None:
    said = labgen("render", "single", str(tmp_path / "to"))
    assert (said.exit_code, said.err) == (0, "")
    assert not (tmp_path / "to/Vagrantfile").exists()

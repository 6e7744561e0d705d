"""What labs that are gone left in a libvirt, which is one on paper here."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from labgen.lab.lab import Lab
from labgen.providers.orphans import UNKNOWN, UNUSED
from labgen.render.vagrantfile import mark, marked
from labgen.system import host
from tests.unit.lab.samples import made
from tests.unit.providers.fake_libvirt import Hypervisor, Pool, Thing

strays_ = pytest.importorskip("labgen.providers.libvirt.orphans", reason="no libvirt-python")
BASE = "labgen-VAGRANTSLASH-v1_vagrant_box_image_1.0.0_box.img"
BOOT = "labgen-v1-1.0.0-vmlinuz"
INITRD = "labgen-v1-1.0.0-initrd.img"


@pytest.fixture
def sample() -> Lab:
    return made()


@pytest.fixture
def paper(sample: Lab, monkeypatch: pytest.MonkeyPatch) -> Hypervisor:
    boot = f"<kernel>/pool/{BOOT}</kernel><initrd>/pool/{INITRD}</initrd>"
    whose = f"<description>{mark(sample)}</description>{boot}"
    disk = Thing("labgen-demo-master1.img", f"<backingStore><path>/pool/{BASE}</path>")
    volumes = {it.called: it for it in (disk, *map(Thing, (BASE, BOOT, INITRD)))}
    bridge = f"<bridge name='{sample.bridge}'/><option value='# {mark(sample)}'/>"
    made = Hypervisor(
        {"labgen-demo-master1": Thing("labgen-demo-master1", whose), "mine": Thing("mine")},
        {"labgen-demo": Thing("labgen-demo", bridge), "default": Thing("default")},
        Pool("labgen", volumes=volumes),
    )

    @contextmanager
    def connected(_uri: str) -> Iterator[Any]:
        yield made

    monkeypatch.setattr(strays_, "connected", connected)
    return made


def _found(versions: set[str] | None = None) -> dict[str, str]:
    return {
        stray.what: stray.whose for stray in strays_.orphans("qemu:///system", versions or set())
    }


def test_nothing_of_a_lab_that_lives_is_a_stray(paper: Hypervisor) -> None:
    assert _found() == {}


def test_all_of_a_lab_that_is_gone_is_found_and_the_pool_with_the_last(
    paper: Hypervisor, sample: Lab
) -> None:
    shutil.rmtree(sample.directory)
    gone = f"of lab demo at {sample.directory}, which is gone"
    assert _found() == {
        "libvirt domain labgen-demo-master1": gone,
        "libvirt volume labgen-demo-master1.img": gone,
        "libvirt network labgen-demo": gone,
        "libvirt storage pool labgen with boxes' files": UNUSED,
    }


def test_only_what_is_the_dead_labs_is_removed(paper: Hypervisor, sample: Lab) -> None:
    shutil.rmtree(sample.directory)
    for stray in strays_.orphans("qemu:///system", set())[:3]:
        stray.remove()
    assert paper.domains["labgen-demo-master1"].done == ["destroy", "undefine"]
    assert paper.networks["labgen-demo"].done == ["destroy", "undefine"]
    assert paper.pool.volumes["labgen-demo-master1.img"].done == ["delete"]
    assert paper.domains["mine"].done == paper.networks["default"].done == []
    assert paper.pool.volumes[BASE].done == paper.pool.done == []


def test_what_another_host_made_here_is_named_and_stays(
    paper: Hypervisor, sample: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(sample.directory)
    monkeypatch.setattr(host, "identity", lambda: "another")
    found = strays_.orphans("qemu:///system", set())
    assert {stray.whose for stray in found} == {UNKNOWN}
    assert len(found) == 3
    assert [stray for stray in found if stray.remove] == []


def test_files_of_older_boxes_are_strays_unless_a_machine_stands_on_them(
    paper: Hypervisor,
) -> None:
    for name in (BASE, BOOT, INITRD):
        for version in ("0.9.0", "1.0.1"):
            older = name.replace("1.0.0", version)
            paper.pool.volumes[older] = Thing(older)
    assert _found({"1.0.1"}) == {
        f"libvirt volume {name.replace('1.0.0', '0.9.0')} of an older box": UNUSED
        for name in (BASE, BOOT, INITRD)
    }


def test_a_disk_that_stands_alone_is_nobodys(paper: Hypervisor) -> None:
    paper.domains.clear()
    paper.networks.clear()
    assert _found()["libvirt volume labgen-demo-master1.img"] == UNUSED


def test_a_probe_of_kvm_is_left_over_when_nobody_can_wait_for_it(paper: Hypervisor) -> None:
    for age in (1, 3600):
        name = f"labgen-probe-{time.time_ns() - age * 10**9}"
        paper.domains[name] = Thing(name)
    [old] = _found({"1.0.0"}).items()
    assert old == (f"libvirt domain {name}", UNUSED)


def test_a_lab_at_an_odd_place_is_known_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / """it's <odd> & "far" #{x}"""))
    odd = made()
    assert not set("'<>&\"#{} ") & set(mark(odd))
    assert marked(f"<description>{mark(odd)}</description>") == odd.directory

"""The resources of labs in a fake libvirt, and which of them are orphaned."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from labgen.lab.lab import Lab
from labgen.lab.ownership import label, labelled, owner
from labgen.providers.resource import Resource
from labgen.system import host
from tests.unit.lab.samples import made
from tests.unit.providers.fake_libvirt import Hypervisor, Pool, Thing

libvirt = pytest.importorskip("libvirt", reason="no libvirt-python")
resources = pytest.importorskip("labgen.providers.libvirt.resources", reason="no libvirt-python")
URI = "qemu:///system"
UNKNOWN = "its owner cannot be determined"
UNUSED = "no lab uses it"
UNSETTLED = "none"  # the UUID of the network of a lab without machines
BASE = "labgen-VAGRANTSLASH-v1_vagrant_box_image_1.0.0_box.img"
BOOT = "labgen-v1-1.0.0-vmlinuz"
INITRD = "labgen-v1-1.0.0-initrd.img"


@pytest.fixture
def sample() -> Lab:
    return made()


@pytest.fixture
def paper(sample: Lab, monkeypatch: pytest.MonkeyPatch) -> Hypervisor:
    boot = f"<kernel>/pool/{BOOT}</kernel><initrd>/pool/{INITRD}</initrd>"
    whose = f"<description>{label(sample)}</description>{boot}"
    disk = Thing("labgen-demo.master1.img", f"<backingStore><path>/pool/{BASE}</path>")
    volumes = {it.called: it for it in (disk, *map(Thing, (BASE, BOOT, INITRD)))}
    bridge = f"<bridge name='{sample.bridge}'/><option value='# {label(sample)}'/>"
    made = Hypervisor(
        {"labgen-demo.master1": Thing("labgen-demo.master1", whose), "mine": Thing("mine")},
        {"labgen-demo": Thing("labgen-demo", bridge), "default": Thing("default")},
        Pool("labgen", volumes=volumes),
    )

    @contextmanager
    def connected(_uri: str) -> Iterator[Any]:
        yield made

    monkeypatch.setattr(resources, "connected", connected)
    _have_boxes(monkeypatch)
    return made


def _have_boxes(monkeypatch: pytest.MonkeyPatch, *versions: str) -> None:
    monkeypatch.setattr(resources.vagrant_resources, "current_boxes", lambda: set(versions))


def _listed() -> list[Resource]:
    """Return the resources that are orphaned or have an unknown owner."""
    found = resources.list_resources(URI)
    return [it for it in found if it.orphaned or it.lab is None]


def _found() -> dict[str, str]:
    return {it.what: it.owner for it in _listed()}


def test_nothing_of_a_lab_that_lives_is_orphaned(paper: Hypervisor, sample: Lab) -> None:
    assert _found() == {}
    owned = [it.what for it in resources.list_resources(URI) if it.lab == owner(sample)]
    assert owned == [
        "libvirt domain labgen-demo.master1",
        "libvirt volume labgen-demo.master1.img",
        "libvirt network labgen-demo",
    ]
    assert [it.what for it in resources.of_lab(URI, sample, UNSETTLED)] == owned
    for it in resources.list_resources(URI):
        it.remove()
    assert paper.domains["labgen-demo.master1"].done == []


def test_what_bears_a_labs_names_without_a_label_is_that_labs(
    paper: Hypervisor, sample: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "is_anothers", lambda *_: False)
    _have_boxes(monkeypatch, "1.0.0")
    paper.domains["labgen-demo.master1"].xml = ""
    paper.networks.clear()
    assert [it.what for it in resources.of_lab(URI, sample, UNSETTLED)] == [
        "libvirt domain labgen-demo.master1",
        "libvirt volume labgen-demo.master1.img",
    ]
    assert _found() == {
        "libvirt domain labgen-demo.master1": UNKNOWN,
        "libvirt volume labgen-demo.master1.img": UNKNOWN,
    }


def test_what_another_lab_removes_meanwhile_does_not_fail_the_list(
    paper: Hypervisor, sample: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "is_anothers", lambda *_: False)
    listed = [it.what for it in resources.of_lab(URI, sample, UNSETTLED)]

    class Gone(Thing):
        def XMLDesc(self) -> str:  # noqa: N802 - libvirt's
            gone = libvirt.libvirtError("not found")
            gone.err = (libvirt.VIR_ERR_NO_DOMAIN, 10, "not found")
            raise gone

    paper.domains["labgen-other.master1"] = Gone("labgen-other.master1")
    paper.networks["labgen-other"] = Gone("labgen-other")
    assert [it.what for it in resources.of_lab(URI, sample, UNSETTLED)] == listed


def test_all_of_a_lab_that_is_gone_is_found_and_the_pool_with_the_last(
    paper: Hypervisor, sample: Lab
) -> None:
    shutil.rmtree(sample.directory)
    gone = f"of lab demo at {sample.directory}, which no longer exists"
    assert _found() == {
        "libvirt domain labgen-demo.master1": gone,
        "libvirt volume labgen-demo.master1.img": gone,
        "libvirt network labgen-demo": gone,
        "libvirt storage pool labgen with boxes' files": UNUSED,
    }


def test_only_what_is_the_dead_labs_is_removed(paper: Hypervisor, sample: Lab) -> None:
    shutil.rmtree(sample.directory)
    for it in _listed()[:3]:
        it.remove()
    assert paper.domains["labgen-demo.master1"].done == ["destroy", "undefine"]
    assert paper.networks["labgen-demo"].done == ["destroy", "undefine"]
    assert paper.pool.volumes["labgen-demo.master1.img"].done == ["delete"]
    assert paper.domains["mine"].done == paper.networks["default"].done == []
    assert paper.pool.volumes[BASE].done == paper.pool.done == []


def test_what_another_host_made_here_is_named_and_stays(
    paper: Hypervisor, sample: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(sample.directory)
    monkeypatch.setattr(host, "identity", lambda: "another")
    found = _listed()
    assert {it.owner for it in found} == {UNKNOWN}
    assert len(found) == 3
    assert [it for it in found if it.orphaned] == []


def test_files_of_older_boxes_are_orphaned_unless_a_machine_is_based_on_them(
    paper: Hypervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _have_boxes(monkeypatch, "1.0.1")
    for name in (BASE, BOOT, INITRD):
        for version in ("0.9.0", "1.0.1"):
            older = name.replace("1.0.0", version)
            paper.pool.volumes[older] = Thing(older)
    assert _found() == {
        f"libvirt volume {name.replace('1.0.0', '0.9.0')} of an older box": UNUSED
        for name in (BASE, BOOT, INITRD)
    }


def test_a_disk_without_a_domain_and_a_network_is_unused(paper: Hypervisor) -> None:
    paper.domains.clear()
    paper.networks.clear()
    assert _found()["libvirt volume labgen-demo.master1.img"] == UNUSED


def test_a_probe_of_kvm_is_orphaned_when_nobody_can_wait_for_it(
    paper: Hypervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _have_boxes(monkeypatch, "1.0.0")
    for age in (1, 3600):
        name = f"labgen-probe-{time.time_ns() - age * 10**9}"
        paper.domains[name] = Thing(name)
    [old] = _found().items()
    assert old == (f"libvirt domain {name}", UNUSED)


def test_a_lab_at_an_odd_place_is_known_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / """it's <odd> & "far" #{x}"""))
    odd = made()
    assert not set("'<>&\"#{} ") & set(label(odd))
    found = labelled(f"<description>{label(odd)}</description>")
    assert found == owner(odd)
    assert found.directory == odd.directory

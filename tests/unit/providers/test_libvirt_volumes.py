"""What is in the way of Vagrant before it makes machines."""

from pathlib import Path

import pytest

from labgen.lab.lab import Lab
from labgen.providers.vagrant_index import box_disk
from labgen.render.vagrantfile import Box
from tests.unit.lab.samples import made
from tests.unit.providers.paper_libvirt import Hypervisor, Pool, Thing

volumes = pytest.importorskip("labgen.providers.libvirt_volumes", reason="no libvirt-python")
BOX = Box("labgen/v1", "1.0.0", Path("/c"), Path("/k"), Path("/i"))
IMAGE = "labgen-VAGRANTSLASH-v1_vagrant_box_image_1.0.0_box.img"
LENGTH = 1000


@pytest.fixture
def sample() -> Lab:
    disk = box_disk(BOX)
    disk.parent.mkdir(parents=True)
    disk.write_bytes(b"x" * LENGTH)
    return made()


def _paper(sent: int, *networks: str) -> Hypervisor:
    """A pool with so many bytes of the box's disk, and a machine's."""
    image = Thing(IMAGE, f"<physical unit='bytes'>{sent}</physical>")
    disks = [Thing(f"labgen-{name}.img") for name in ("demo-master1", "demo-2-master1")]
    pool = Pool("labgen", volumes={it.called: it for it in (image, *disks)})
    return Hypervisor({}, {name: Thing(name) for name in ("default", *networks)}, pool)


def _deleted(paper: Hypervisor, lab: Lab) -> list[str]:
    volumes.remove_stale(paper, lab, lab.machines, BOX)
    return [it.called for it in paper.pool.volumes.values() if it.done]


def test_a_disk_without_its_machine_and_a_box_that_was_sent_in_part_go(sample: Lab) -> None:
    paper = _paper(LENGTH - 1, "labgen-demo")
    assert _deleted(paper, sample) == [IMAGE, "labgen-demo-master1.img"]


def test_a_box_that_is_whole_stays(sample: Lab) -> None:
    assert _deleted(_paper(LENGTH, "labgen-demo"), sample) == ["labgen-demo-master1.img"]


def test_a_box_that_another_lab_may_be_sending_stays(sample: Lab) -> None:
    paper = _paper(LENGTH - 1, "labgen-demo", "labgen-other")
    assert _deleted(paper, sample) == ["labgen-demo-master1.img"]

"""Volumes that would prevent Vagrant from creating machines."""

import pytest

from labgen.lab.lab import Lab
from tests.unit.lab.samples import made
from tests.unit.providers.fake_libvirt import Hypervisor, Pool, Thing

volumes = pytest.importorskip("labgen.providers.libvirt.volumes", reason="no libvirt-python")
IMAGE = "labgen-VAGRANTSLASH-v1_vagrant_box_image_1.0.0_box.img"


@pytest.fixture
def sample() -> Lab:
    return made()


def test_a_disk_without_its_machine_goes_and_those_of_boxes_and_other_labs_stay(
    sample: Lab,
) -> None:
    names = [IMAGE, "labgen-demo-master1.img", "labgen-demo-2-master1.img"]
    pool = Pool("labgen", volumes={name: Thing(name) for name in names})
    volumes.remove_stale(Hypervisor({}, {}, pool), sample, sample.machines)
    deleted = [it.called for it in pool.volumes.values() if it.done]
    assert deleted == ["labgen-demo-master1.img"]

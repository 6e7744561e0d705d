"""Volumes that would prevent Vagrant from creating machines."""

from dataclasses import replace

import pytest

from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.lab.ownership import label
from tests.unit.lab.samples import lab, made
from tests.unit.providers.fake_libvirt import Hypervisor, Pool, Thing

volumes = pytest.importorskip("labgen.providers.libvirt.volumes", reason="no libvirt-python")
domain_of = pytest.importorskip("labgen.providers.libvirt.connection").domain_of
IMAGE = "labgen-VAGRANTSLASH-v1_vagrant_box_image_1.0.0_box.img"


@pytest.fixture
def sample() -> Lab:
    return made()


def test_a_disk_without_its_machine_goes_and_those_of_boxes_and_other_labs_stay(
    sample: Lab,
) -> None:
    names = [IMAGE, "labgen-demo.master1.img", "labgen-demo-2.master1.img"]
    pool = Pool("labgen", volumes={name: Thing(name) for name in names})
    volumes.remove_stale(Hypervisor({}, {}, pool), sample, sample.machines)
    deleted = [it.called for it in pool.volumes.values() if it.done]
    assert deleted == ["labgen-demo.master1.img"]


def test_a_disk_of_another_labs_machine_of_that_name_stays_and_the_name_is_refused() -> None:
    """Names of older versions: lab site with a-node1, and lab site-a with node1."""
    site = replace(lab(name="site"), identity="")
    theirs = label(replace(lab(name="site-a"), identity=""))
    names = (f"labgen-site-{it.name}" for it in site.machines)
    domains = {name: Thing(name, f"<description>{theirs}</description>") for name in names}
    pool = Pool("labgen", volumes={f"{name}.img": Thing(f"{name}.img") for name in domains})
    hypervisor = Hypervisor(domains, {"labgen-site-a": Thing("labgen-site-a")}, pool)
    with pytest.raises(LabgenError, match="which are not of lab site: labgen-site-master1, "):
        volumes.remove_stale(hypervisor, site, site.machines)
    volumes.remove(hypervisor, site)
    assert [it.called for it in pool.volumes.values() if it.done] == []
    assert domain_of(hypervisor, site, site.machines[0]) is None

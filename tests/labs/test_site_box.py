"""Virtual machines of a box that is not labgen's: what is missing on them is installed."""

from collections.abc import Iterator

import pytest

from labgen.lab import store
from tests.labs.program import labgen
from tests.labs.runs import Run

NEEDED = "no virtual machines without libvirt, QEMU, Vagrant and their Python: make box"
pytest.importorskip("libvirt", reason=NEEDED)
pytest.importorskip("vagrant", reason=NEEDED)
from tests.labs import foreign_box, hypervisor  # noqa: E402 - these need them

UP = 1800.0  # seconds; packages are unpacked by an emulated processor


@pytest.fixture
def uri(run_: Run) -> Iterator[str]:
    with hypervisor.running(run_.directory / "libvirt-site") as address:
        yield address


@pytest.mark.slow  # an emulated machine installs packages for minutes
def test_machines_of_a_sites_own_box_get_what_they_lack(
    run_: Run, uri: str, taken_down: list[str]
) -> None:
    foreign_box.build()
    name = run_.lab_name("site")
    taken_down.append(name)
    box = foreign_box.pack(run_.directory / "box")
    words = ["single", "--name", name, "--provider", "libvirt", "-s", f"provider.uri={uri}"]
    words += ["-s", f"provider.box={{name: example/plain, url: 'file://{box}'}}"]
    words += ["-s", "loadBalancer.profile=emulated", "--until", "load-balancer"]
    labgen("up", *words, timeout=UP)
    lab = store.load(name)
    labgen("exec", name, "master1", "--", "systemctl", "is-active", "haproxy", "containerd")
    said = labgen("exec", name, "master1", "--", "ip", "-o", "-4", "address").stdout
    assert str(lab.vip) in said
    assert "nothing had to be changed" in labgen("up", *words, timeout=UP).stderr
    labgen("down", name, timeout=300)

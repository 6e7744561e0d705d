"""Virtual machines in a libvirt that only the tests use, with processors that QEMU emulates.

They are slow, so they have no cluster; test_emulated_cluster.py has one.
"""

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from labgen.bundle.store import require_box
from labgen.bundle.versions import KUBERNETES
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.providers.base import State
from labgen.render.vagrantfile import Box
from labgen.system.parallel import gather
from labgen.system.wait import NotYet
from tests.e2e.support.background_load import repeating
from tests.e2e.support.observations import Observations, seen
from tests.e2e.support.program import labgen, shown
from tests.e2e.support.runs import Run
from tests.e2e.support.virtual import UP, down_leaves_nothing, emulated, known

PROBE = 0.2  # seconds between two probes, and for each
SETTLED = 300.0  # seconds for what takes one on real processors; other labs run beside
KEEPALIVED = "systemctl is-active keepalived; journalctl -u keepalived -n 3 -o cat --no-pager"
WRITE = (
    "file=$(mktemp -p /var/tmp) && dd if=/dev/zero of=$file bs=64K count=1 conv=fsync; "
    "said=$?; rm -f $file; exit $said"
)
STEADY = 3.0  # seconds of good answers that count as an end
Property = Callable[[str, object], None]


def test_vip_of_virtual_machines_moves_when_its_holder_loses_power(
    run_: Run, uri: str, labs_to_remove: list[str], record_property: Property
) -> None:
    name = run_.lab_name("virtual")
    labs_to_remove.append(name)
    words = ["ha-3x0", "--name", name, *emulated(uri)]
    words += ["-s", "machines[0].memory=1700MiB", "--until", "load-balancer"]
    labgen("up", *words, timeout=UP)
    lab = store.load(name)
    observations = Observations(lab)
    holder = lab.machines[0].name
    seen(partial(_holds, observations, holder), "the VIP on the first master", within=SETTLED)
    with _probing(lab) as probes:
        labgen("fault", "inject", name, "power-cut", holder, timeout=120)
        assert observations.power(holder, State.OFF)
        seen(lambda: _steady(probes), "the VIP answering again", within=SETTLED)
    gap = max(_gaps(probes))
    record_property("VIP of emulated machines away after a power cut", f"{gap:.1f} s")
    assert gap < lab.scenario.load_balancer.timings.gap_limit / 1000
    [successor] = observations.owners()
    assert successor != holder
    labgen("fault", "heal", name, timeout=UP)
    seen(partial(_holds, observations, holder), "the VIP on the first master again", within=SETTLED)
    assert "nothing changed" in labgen("up", *words, timeout=UP).stderr
    _fill_the_disk(observations, successor)
    down_leaves_nothing(lab, uri)


def test_files_of_a_box_are_complete_for_two_labs_and_orphaned_without_labs(
    uri: str,
) -> None:
    from labgen.providers.libvirt import resources  # noqa: PLC0415 - need libvirt
    from labgen.providers.libvirt import vagrant as libvirt_vagrant  # noqa: PLC0415
    from labgen.providers.libvirt.connection import connected  # noqa: PLC0415
    from labgen.providers.libvirt.vagrant_index import box_disk  # noqa: PLC0415

    box = libvirt_vagrant.describe(require_box(KUBERNETES))
    libvirt_vagrant.add(box)
    whole = sorted(path.stat().st_size for path in (box_disk(box), box.kernel, box.initrd))
    lengths = gather({"one lab": partial(_have, uri, box), "another": partial(_have, uri, box)})
    assert lengths == {"one lab": whole, "another": whole}
    [pool] = resources.list_resources(uri)
    assert pool.what == "libvirt storage pool labgen with boxes' files"
    pool.remove()
    with connected(uri) as connection:
        assert known(connection) == []


@pytest.mark.slow  # nor does the test take it away, whose libvirt is others' too
def test_rendered_vagrantfile_is_all_that_vagrant_needs(uri: str, tmp_path: Path) -> None:
    """Use only Vagrant. It does not remove the network, which is then orphaned."""
    from labgen.providers.libvirt import resources  # noqa: PLC0415 - needs libvirt

    copied = str(tmp_path / "copied")
    labgen("render", "ha-3x0", copied, *emulated(uri), "-s", "machines[0].memory=1700MiB")
    vagrant = partial(shown, timeout=UP, within=["env", "--chdir", copied])
    try:
        vagrant(["vagrant", "up", "master2", "--provider=libvirt"])
        said = vagrant(["vagrant", "ssh", "master2", "-c", "hostname; ip -brief address"]).stdout
    finally:
        vagrant(["vagrant", "destroy", "--force"])
    assert said.split()[0] == "master2"
    assert "10.89.0." in said
    left = resources.list_resources(uri)
    assert [it.what for it in left] == ["libvirt network labgen-ha-3x0"]


def _have(uri: str, box: Box) -> list[int]:
    """Upload the box's files for a lab to that libvirt, and return their sizes in bytes."""
    from labgen.providers.libvirt import volumes  # noqa: PLC0415 - need libvirt
    from labgen.providers.libvirt.connection import connected  # noqa: PLC0415

    with connected(uri) as connection:
        volumes.ensure_boot_files(connection, box)
        volumes.ensure_box_disk(connection, box)
        pool = volumes.ensure_pool(connection)
        told = "".join(pool.storageVolLookupByName(it).XMLDesc() for it in pool.listVolumes())
    return sorted(map(int, re.findall(r"<physical unit='bytes'>(\d+)<", told)))


def _fill_the_disk(observations: Observations, machine: str) -> None:
    """Fill the machine's own disk and heal it again."""
    assert observations.on(machine, WRITE, timeout=60).ok
    labgen("fault", "inject", observations.lab.name, "disk-full", machine, timeout=UP)
    assert "No space left on device" in observations.on(machine, WRITE, timeout=60).stderr
    labgen("fault", "heal", observations.lab.name, timeout=UP)
    assert observations.on(machine, WRITE, timeout=60).ok


def _holds(observations: Observations, machine: str) -> bool:
    """Return True if only that machine has the VIP. Raises NotYet with the holders."""
    owners = observations.owners()
    if owners == [machine]:
        return True
    answering = [it.name for it in observations.lab.machines if observations.greets(it.name)]
    told = observations.on(machine, KEEPALIVED, timeout=60).stdout if machine in answering else ""
    raise NotYet(
        f"the VIP on {' and '.join(owners) or 'no machine'}; of {', '.join(answering) or 'none'}"
        f" SSH answers; {machine}'s keepalived: {told.strip() or 'unknown'}"
    )


@contextmanager
def _probing(lab: Lab) -> Iterator[list[tuple[float, bool]]]:
    """Probe the VIP during the block: (moment, whether it accepted a connection)."""
    found: list[tuple[float, bool]] = []

    def probe() -> None:
        moment = time.monotonic()
        address = (str(lab.vip), lab.scenario.network.api_port)
        try:
            socket.create_connection(address, timeout=PROBE).close()
        except OSError:
            found.append((moment, False))
        else:
            found.append((moment, True))

    with repeating(probe, every=PROBE):
        yield found


def _steady(probes: list[tuple[float, bool]]) -> bool:
    """Return whether there was a failure, followed by some seconds without one."""
    failed = [moment for moment, good in probes if not good]
    return bool(failed) and probes[-1][0] - failed[-1] > STEADY


def _gaps(probes: list[tuple[float, bool]]) -> list[float]:
    good = [moment for moment, taken in probes if taken]
    return [after - before for before, after in pairwise(good)]

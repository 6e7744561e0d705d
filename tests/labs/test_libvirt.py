"""Virtual machines: of a libvirt of the tests' own, with processors that QEMU emulates.

They are slow, so these labs are small, and one has no cluster on its machines.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.providers.base import State
from tests.labs.health import assert_healthy
from tests.labs.program import labgen
from tests.labs.runs import Run
from tests.labs.sights import Sights, seen
from tests.labs.traces import traces

NEEDED = "no virtual machines without libvirt, QEMU, Vagrant and their Python: make box"
pytest.importorskip("libvirt", reason=NEEDED)
pytest.importorskip("vagrant", reason=NEEDED)
from tests.labs import hypervisor  # noqa: E402 - it needs them

UP = 1200.0  # seconds; beside other work
CLOCK = 5.0  # seconds that a guest may be off
PROBE = 0.2  # seconds between two probes, and for each
SETTLED = 120.0  # seconds for what takes one on real processors
STEADY = 3.0  # seconds of good answers that count as an end
Property = Callable[[str, object], None]


@pytest.fixture(scope="module")
def uri(run_: Run) -> Iterator[str]:
    with hypervisor.running(run_.directory / "libvirt") as address:
        yield address


def test_load_balancers_of_virtual_machines_survive_the_loss_of_their_holder(
    run_: Run, uri: str, taken_down: list[str], record_property: Property
) -> None:
    name = run_.lab_name("virtual")
    taken_down.append(name)
    words = ["ha-3x0", "--name", name, "--provider", "libvirt", *_emulated(uri)]
    words += ["-s", "machines[0].memory=1700MiB", "--until", "load-balancer"]
    labgen("up", *words, timeout=UP)
    lab = store.load(name)
    sights = Sights(lab)
    labgen("checkpoint", "save", name, "before")
    holder = lab.machines[0].name
    seen(lambda: sights.owners() == [holder], "the VIP on the first master", within=SETTLED)
    with _probing(lab) as probes:
        labgen("fault", "inject", name, "power-cut", holder, timeout=120)
        assert sights.power(holder, State.OFF)
        seen(lambda: _steady(probes), "the VIP answering again", within=SETTLED)
    gap = max(_gaps(probes))
    record_property("VIP of emulated machines away after a power cut", f"{gap:.1f} s")
    assert gap < lab.scenario.load_balancer.timings.budget / 1000
    [successor] = sights.owners()
    assert successor != holder
    labgen("fault", "heal", name, timeout=300)
    seen(lambda: sights.owners() == [holder], "the VIP on the first master again", within=SETTLED)
    _goes_back(lab, sights)
    assert "nothing had to be changed" in labgen("up", *words, timeout=UP).stderr
    _down(lab, uri)


@pytest.mark.slow  # on two cores, kubeadm's waits for an emulated master are not always long enough
def test_cluster_of_virtual_machines_passes_the_smoke_tier(
    run_: Run, uri: str, taken_down: list[str], record_property: Property
) -> None:
    name = run_.lab_name("emulated")
    taken_down.append(name)
    words = ["--name", name, "--provider", "libvirt", *_emulated(uri)]
    groups = "machines=[{role: control-plane, memory: 2560MiB}, {role: worker, memory: 1GiB}]"
    begin = time.monotonic()
    labgen("up", "single", *words, "-s", groups, timeout=UP)
    record_property("one master and one worker, emulated, up", f"{time.monotonic() - begin:.0f} s")
    lab = store.load(name)
    assert_healthy(lab)
    labgen("verify", name, timeout=UP)
    _down(lab, uri)


def _goes_back(lab: Lab, sights: Sights) -> None:
    """To where it was: what came since is gone, what ran runs, and the clocks are right."""
    for machine in lab.machines:
        assert sights.on(machine.name, "touch /root/since; systemctl stop haproxy").ok
    labgen("checkpoint", "restore", lab.name, "before", timeout=300)
    for machine in lab.machines:
        assert sights.on(machine.name, "test ! -e /root/since; systemctl is-active haproxy").ok
        told = float(sights.on(machine.name, "date +%s.%N").stdout)
        assert abs(told - time.time()) < CLOCK
    assert labgen("checkpoint", "list", lab.name).stdout.split() == ["before"]
    seen(lambda: len(sights.owners()) == 1, "one owner of the VIP", within=SETTLED)


def _emulated(uri: str) -> list[str]:
    return ["-s", f"provider.uri={uri}", "-s", "loadBalancer.profile=emulated"]


def _down(lab: Lab, uri: str) -> None:
    """Nothing of the lab is left, in the eyes of the host and of libvirt."""
    assert any(lab.name in name for name in hypervisor.known(uri))
    labgen("down", lab.name, timeout=300)
    assert hypervisor.known(uri) == []
    assert traces(lab) == []


@contextmanager
def _probing(lab: Lab) -> Iterator[list[tuple[float, bool]]]:
    """(moment, whether it took a connection), added to while in here; a slow one delays none."""
    found: list[tuple[float, bool]] = []
    ended = threading.Event()

    def probe() -> None:
        moment = time.monotonic()
        address = (str(lab.vip), lab.scenario.network.api_port)
        try:
            socket.create_connection(address, timeout=PROBE).close()
        except OSError:
            found.append((moment, False))
        else:
            found.append((moment, True))

    def go_on() -> None:
        while not ended.wait(PROBE):
            probe()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def _steady(probes: list[tuple[float, bool]]) -> bool:
    """Whether there was a failure, and for some seconds none any more."""
    failed = [moment for moment, good in probes if not good]
    return bool(failed) and probes[-1][0] - failed[-1] > STEADY


def _gaps(probes: list[tuple[float, bool]]) -> list[float]:
    good = [moment for moment, taken in probes if taken]
    return [after - before for before, after in pairwise(good)]

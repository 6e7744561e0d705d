"""Virtual machines of libvirt, made by Vagrant: their own kernels, power switches and disks."""

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import libvirt

from labgen.bundle import store as bundles
from labgen.lab import keys, owners
from labgen.lab.access import ensure_route
from labgen.lab.lab import Lab, Machine
from labgen.providers import libvirt_checkpoints as checkpoints
from labgen.providers import libvirt_host as host_
from labgen.providers import libvirt_network as network
from labgen.providers import libvirt_vagrant as maker
from labgen.providers import libvirt_volumes as volumes
from labgen.providers.base import BEFORE, Finding, Power, State
from labgen.providers.libvirt_connection import connected, domain_of, remove_domain
from labgen.providers.sequence import await_turn
from labgen.render.ssh_config import ssh_config
from labgen.render.vagrantfile import Box, Hypervisor
from labgen.report.errors import LabgenError
from labgen.scenario.model import Scenario
from labgen.system import files, host
from labgen.system.parallel import gather
from labgen.system.ssh import Ssh
from labgen.system.wait import NotYet, until

STATES = {
    libvirt.VIR_DOMAIN_RUNNING: State.ON,
    libvirt.VIR_DOMAIN_BLOCKED: State.ON,
    libvirt.VIR_DOMAIN_SHUTDOWN: State.ON,  # on its way
    libvirt.VIR_DOMAIN_PAUSED: State.PAUSED,
    libvirt.VIR_DOMAIN_PMSUSPENDED: State.PAUSED,
}
SHUTDOWN = 45.0  # seconds until a machine that does not end by itself is switched off


class LibvirtProvider:
    """See base.Provider. uri is where labs that are new go; a lab stays where it was made."""

    name = "libvirt"

    def __init__(self, uri: str | None = None) -> None:
        self.uri = uri or host_.LOCAL

    def check(self, scenario: Scenario) -> Sequence[Finding]:
        """See base.Provider."""
        wrong = host_.findings(self.uri)
        try:
            box = maker.describe(bundles.require_box(scenario.kubernetes.version))
        except LabgenError as error:
            return [*wrong, Finding(error.message, error.hint or "labgen bundle build --box")]
        timings = scenario.load_balancer.timings
        if not wrong and timings.slowdown == 1 and not self.boots(box):
            wrong.append(host_.IMPATIENT)
        return wrong

    def boots(self, box: Box) -> bool:
        """Whether KVM boots the box here, see libvirt_host.boots."""
        with connected(self.uri) as connection:
            return host_.boots(connection, self.uri, volumes.ensure_boot_files(connection, box))

    def adaptation(self) -> host.Adaptation:
        """See base.Provider."""
        return host.none_needed()

    def create(self, lab: Lab) -> bool:
        """See base.Provider."""
        box = maker.describe(bundles.require_box(lab.scenario.kubernetes.version))
        keys.ensure_client(lab)
        hypervisor = self._settle(lab, box)
        owners.claim(lab, uri=hypervisor.uri)
        files.write(lab.ssh_config, ssh_config(lab, lab.sockets))
        with connected(hypervisor.uri) as connection:
            changed = _ensure_network(connection, lab)
            volumes.ensure_boot_files(connection, box)
            states = _states(connection, lab)
            absent = [m for m in lab.machines if states[m.name] is State.ABSENT]
            if absent:
                volumes.remove_stale(connection, lab, absent, box)
        if absent:
            keys.forget_hosts(lab, absent)
            maker.up(lab, hypervisor, box, absent)
        self.power(lab, [m for m in lab.machines if states[m.name] is State.OFF], Power.ON)
        self.power(lab, [m for m in lab.machines if states[m.name] is State.PAUSED], Power.RESUME)
        # Machines make their host keys themselves. They are asked once, on a network that only they
        # are on, and held to the answer from then on.
        ensure_route(lab)
        keys.learn_hosts(lab)
        return changed or any(state is not State.ON for state in states.values())

    def destroy(self, lab: Lab) -> None:
        """See base.Provider."""
        if lab.ssh_config.exists():
            Ssh(lab.ssh_config).close([machine.name for machine in lab.machines])
        maker.destroy(lab)
        with self._connected(lab) as connection:
            for machine in lab.machines:
                remove_domain(domain_of(connection, lab, machine))
            network.remove(connection, lab)
            volumes.remove(connection, lab)
        if lab.sockets.exists():
            shutil.rmtree(lab.sockets)

    def machines(self, lab: Lab) -> Mapping[str, State]:
        """See base.Provider."""
        with self._connected(lab) as connection:
            return _states(connection, lab)

    def power(self, lab: Lab, machines: Sequence[Machine], action: Power) -> float:
        """See base.Provider."""
        if not machines:
            return time.monotonic()
        with self._connected(lab) as connection:
            if action is Power.ON and any(domain_of(connection, lab, m) for m in machines):
                _ensure_network(connection, lab)
                volumes.ensure_pool(connection)
            states = _states(connection, lab)
            acting = [m for m in machines if states[m.name] in BEFORE[action]]
            moment = time.monotonic()
            gather({m.name: partial(_switch, connection, lab, m, action, acting) for m in acting})
        if action in (Power.OFF, Power.SHUTDOWN):
            Ssh(lab.ssh_config).close([m.name for m in acting])
            return moment
        return time.monotonic()

    def save(self, lab: Lab, checkpoint: str) -> None:
        """See base.Provider."""
        with self._connected(lab) as connection:
            checkpoints.save(connection, lab, checkpoint)

    def restore(self, lab: Lab, checkpoint: str) -> None:
        """See base.Provider."""
        with self._connected(lab) as connection:
            checkpoints.restore(connection, lab, checkpoint)
        # what is open was unknown to machines at the time to which they went back
        Ssh(lab.ssh_config).close([machine.name for machine in lab.machines])
        ensure_route(lab)
        checkpoints.set_clocks(lab)

    def checkpoints(self, lab: Lab) -> Sequence[str]:
        """See base.Provider."""
        with self._connected(lab) as connection:
            return checkpoints.checkpoints(connection, lab)

    def forget(self, lab: Lab, checkpoint: str) -> None:
        """See base.Provider."""
        with self._connected(lab) as connection:
            checkpoints.delete(connection, lab, checkpoint)

    def leftovers(self, lab: Lab) -> Sequence[str]:
        """See base.Provider."""
        with self._connected(lab) as connection:
            domains = [domain_of(connection, lab, machine) for machine in lab.machines]
            left = [f"libvirt domain {domain.name()}" for domain in domains if domain is not None]
            left += network.leftovers(connection, lab)
            left += volumes.leftovers(connection, lab)
        left += maker.leftovers(lab)
        return [*left, *(f"directory {path}" for path in [lab.sockets] if path.exists())]

    def _connected(self, lab: Lab) -> AbstractContextManager[Any]:
        """Where the lab's machines are."""
        return connected(_hypervisor(lab, self.uri).uri)

    def _settle(self, lab: Lab, box: Box) -> Hypervisor:
        """Where this lab's machines run, decided when it is made and never after."""
        path = _settled(lab)
        if not path.exists():
            found_ = Hypervisor(self.uri, emulated=not self.boots(box))
            files.write(path, json.dumps(asdict(found_)))
        return _hypervisor(lab, self.uri)


def _hypervisor(lab: Lab, uri: str) -> Hypervisor:
    path = _settled(lab)
    return Hypervisor(**json.loads(path.read_text())) if path.exists() else Hypervisor(uri, True)


def _settled(lab: Lab) -> Path:
    return lab.directory / "hypervisor.json"


def _ensure_network(connection: Any, lab: Lab) -> bool:
    """Have the lab's network; True if it was missing. What ran is off afterwards: libvirt connects
    a machine to its network only when it is switched on."""
    if not network.ensure(connection, lab):
        return False
    for machine in lab.machines:
        domain = domain_of(connection, lab, machine)
        if domain is not None and domain.isActive():
            domain.destroy()
    return True


def _states(connection: Any, lab: Lab) -> dict[str, State]:
    """See base.Provider.machines."""
    domains = {machine.name: domain_of(connection, lab, machine) for machine in lab.machines}
    return {
        name: State.ABSENT if domain is None else STATES.get(domain.state()[0], State.OFF)
        for name, domain in domains.items()
    }


def _switch(
    connection: Any, lab: Lab, machine: Machine, action: Power, acting: Sequence[Machine]
) -> None:
    domain: Any = domain_of(connection, lab, machine)  # there, or it would not be acted upon
    if action is Power.ON:
        await_turn(lab, machine, acting)
        domain.create()
    elif action is Power.OFF:
        domain.destroy()
    elif action is Power.PAUSE:
        domain.suspend()
    elif action is Power.RESUME:
        domain.resume()
    else:
        _shut_down(domain, SHUTDOWN * lab.slowdown)


def _shut_down(domain: Any, timeout: float) -> None:
    """By ACPI's power button; then the plug."""
    domain.shutdown()

    def off() -> None:
        if domain.isActive():
            raise NotYet("it runs")

    try:
        until(off, what="the machine's end", timeout=timeout)
    except LabgenError:
        domain.destroy()

"""Virtual machines of libvirt, created by Vagrant, with their own kernels, power switches and
disks."""

import json
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from labgen.bundle import store as bundles
from labgen.errors import LabgenError
from labgen.lab import jump_host, keys, ownership
from labgen.lab.lab import Lab, Machine
from labgen.machine import facts_cache, gather_facts
from labgen.machine.access import ensure_route, ssh_client, write_ssh_config
from labgen.machine.finding import Finding
from labgen.providers import obstacles, runtimes
from labgen.providers.base import BEFORE, Power, State
from labgen.providers.libvirt import checkpoints, network, resources, vagrant_resources, volumes
from labgen.providers.libvirt import host as host_
from labgen.providers.libvirt import vagrant as maker
from labgen.providers.libvirt.connection import (
    connected,
    domain_of,
    pull_plug,
    remove_domain,
)
from labgen.providers.libvirt.power import state_of, switch
from labgen.providers.optional import Checkpoint, Demand
from labgen.providers.resource import Resource
from labgen.render.vagrantfile import Box, Hypervisor, vagrantfile
from labgen.scenario.model import MachineSpec, ProviderSpec, Role, Scenario
from labgen.system import files, host, netns
from labgen.system.parallel import gather

POOL = Path("/var/lib/libvirt/images")  # of libvirt's default pool
BOX_DISK = 512  # MiB of the box there
# Cores of an idle machine, as of a system container: docs/reference/measurements.md.
IDLE = {Role.CONTROL_PLANE: 0.12, Role.WORKER: 0.03}
READ = 30.0  # seconds until a machine that Vagrant has reached answers again


class LibvirtProvider:
    """See base.Provider. uri is the libvirt for new labs; an existing lab stays in its libvirt."""

    name = "libvirt"
    machine_kind = "virtual machines"

    def __init__(self, uri: str | None = None) -> None:
        self.uri = uri or host_.LOCAL
        self._jump = jump_host.jump(ProviderSpec(self.name, self.uri))

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        """See base.Provider."""
        wrong = [*runtimes.only_default(scenario, "virtual machines")]
        wrong += host_.findings(self.uri, self._jump)
        if self._jump is None:
            wrong += obstacles.findings(lab, machines=len(scenario.machines))
        try:
            box = maker.describe(bundles.require_box(scenario.kubernetes.version))
        except LabgenError as error:
            return [*wrong, Finding(error.message, error.hint or "labgen bundle build --box")]
        timings = scenario.load_balancer.timings
        if not wrong and timings.slowdown == 1 and not self.boots(box):
            wrong.append(host_.IMPATIENT)
        return wrong

    def boots(self, box: Box) -> bool:
        """Return whether KVM boots the box here, see host.boots."""
        with connected(self.uri) as connection:
            paths = volumes.ensure_boot_files(connection, box)
            return host_.boots(connection, self.uri, paths, boot=host_.boot_id(self._jump))

    def machine_profile(self, lab: Lab, machine: Machine) -> host.MachineProfile:
        """See base.Provider."""
        if lab.scenario.provider.box is None:
            return host.none_needed()
        return facts_cache.machine_profile(facts_cache.load(lab), machine)

    def rendered_definition(self, lab: Lab) -> Mapping[str, str]:
        """See optional.Definitions. The timings show whether KVM is intended: nothing is booted."""
        box = maker.describe(bundles.require_box(lab.scenario.kubernetes.version))
        hypervisor = Hypervisor(self.uri, emulated=lab.slowdown > 1)
        return {"Vagrantfile": vagrantfile(lab, hypervisor, box)}

    def unsupported_reason(self, machine: Machine, action: Power) -> str | None:  # noqa: ARG002 - nothing
        """See base.Provider."""
        return None

    def demand(self, new: Sequence[MachineSpec], starting: Sequence[MachineSpec]) -> Demand | None:
        """See optional.Demanding. Disks grow with what is written; the least is the box."""
        if self._jump:
            return None
        machines = (*new, *starting)
        return Demand(
            memory=sum(machine.memory for machine in machines),
            disk=BOX_DISK if new else 0,
            cores=sum(IDLE[machine.role] for machine in machines),
            place=POOL,
            memory_is_limit=True,
        )

    def create(self, lab: Lab) -> bool:
        """See base.Provider."""
        box = maker.describe(bundles.require_box(lab.scenario.kubernetes.version))
        keys.ensure_client(lab)
        hypervisor = self._settle(lab, box)
        ownership.claim(lab, uri=hypervisor.uri)
        write_ssh_config(lab)
        with connected(hypervisor.uri) as connection:
            changed = _ensure_network(connection, lab, hypervisor.network)
            volumes.ensure_boot_files(connection, box)
            states = _states(connection, lab, hypervisor.network)
            absent = [m for m in lab.machines if states[m.name] is State.ABSENT]
            if absent:
                volumes.remove_stale(connection, lab, absent)
            if absent and lab.scenario.provider.box is None:
                maker.add(box)
                volumes.ensure_box_disk(connection, box)
        if absent:
            keys.remove_host_keys(lab, absent)
            maker.up(lab, hypervisor, box, absent)
        self.power(lab, [m for m in lab.machines if states[m.name] is State.OFF], Power.ON)
        self.power(lab, [m for m in lab.machines if states[m.name] is State.PAUSED], Power.RESUME)
        # Machines make their host keys themselves. They are queried once, on a network that has
        # no other machines, and must have that key from then on.
        ensure_route(lab)
        keys.learn_hosts(lab)
        if lab.scenario.provider.box:
            _settle_machines(lab)
        return changed or any(state is not State.ON for state in states.values())

    def destroy(self, lab: Lab) -> None:
        """See base.Provider."""
        if lab.ssh_config.exists():
            ssh_client(lab).close([machine.name for machine in lab.machines])
        hypervisor = _hypervisor(lab, self.uri)
        with self._connected(lab) as connection:
            if not network.is_anothers(connection, lab, hypervisor.network):
                # Vagrant would query a booting machine for its address for half a minute
                for machine in lab.machines:
                    pull_plug(domain_of(connection, lab, machine))
        maker.destroy(lab)
        with self._connected(lab) as connection:
            if not network.is_anothers(connection, lab, hypervisor.network):
                for machine in lab.machines:
                    remove_domain(domain_of(connection, lab, machine))
                network.remove(connection, lab)
                volumes.remove(connection, lab)
        if lab.jump:
            lab.jump.close()
        if lab.sockets.exists():
            shutil.rmtree(lab.sockets)

    def machines(self, lab: Lab) -> Mapping[str, State]:
        """See base.Provider."""
        with self._connected(lab) as connection:
            return _states(connection, lab, _hypervisor(lab, self.uri).network)

    def power(self, lab: Lab, machines: Sequence[Machine], action: Power) -> float:
        """See base.Provider."""
        if not machines:
            return time.monotonic()
        uuid_ = _hypervisor(lab, self.uri).network
        with self._connected(lab) as connection:
            if action is Power.ON and any(domain_of(connection, lab, m) for m in machines):
                _ensure_network(connection, lab, uuid_)
                volumes.ensure_pool(connection)
            states = _states(connection, lab, uuid_)
            acting = [m for m in machines if states[m.name] in BEFORE[action]]
            moment = time.monotonic()
            gather({m.name: partial(switch, connection, lab, m, action, acting) for m in acting})
        if action in (Power.OFF, Power.SHUTDOWN):
            ssh_client(lab).close([m.name for m in acting])
            return moment
        return time.monotonic()

    def save_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """See optional.Checkpoints."""
        with self._own(lab) as connection:
            checkpoints.save(connection, lab, checkpoint)

    def ensure_restorable(self, lab: Lab, checkpoint: str) -> None:
        """See optional.Checkpoints."""
        with self._own(lab) as connection:
            checkpoints.ensure_known(connection, lab, checkpoint)

    def restore_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """See optional.Checkpoints."""
        with self._own(lab) as connection:
            checkpoints.restore(connection, lab, checkpoint)
        # restored machines do not know connections that were opened after the checkpoint
        ssh_client(lab).close([machine.name for machine in lab.machines])
        ensure_route(lab)
        checkpoints.set_clocks(lab)

    def checkpoints(self, lab: Lab) -> Sequence[Checkpoint]:
        """See optional.Checkpoints."""
        with self._own(lab) as connection:
            return checkpoints.checkpoints(connection, lab)

    def damage(self, lab: Lab, checkpoint: str) -> None:
        """See optional.Checkpoints. libvirt keeps no checksums."""
        self.ensure_restorable(lab, checkpoint)

    def delete_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """See optional.Checkpoints."""
        with self._own(lab) as connection:
            checkpoints.delete(connection, lab, checkpoint)

    def list_resources(self, lab: Lab | None = None) -> Sequence[Resource]:
        """See base.Provider. Without a lab: the resources of all labs in the libvirt at uri."""
        if lab is None:
            return [*resources.list_resources(self.uri), *vagrant_resources.list_resources()]
        hypervisor = _hypervisor(lab, self.uri)  # the jump is closed by now
        found = resources.of_lab(hypervisor.uri, lab, hypervisor.network)
        return [*found, *vagrant_resources.of_lab(lab)]

    def _connected(self, lab: Lab) -> AbstractContextManager[Any]:
        """Return a connection to the libvirt with the lab's machines."""
        _open_way(lab)
        return connected(_hypervisor(lab, self.uri).uri)

    @contextmanager
    def _own(self, lab: Lab) -> Iterator[Any]:
        """Yield the same. Raises LabgenError if machines with the lab's names belong to another
        lab."""
        with self._connected(lab) as connection:
            network.ensure_own(connection, lab, _hypervisor(lab, self.uri).network)
            yield connection

    def _settle(self, lab: Lab, box: Box) -> Hypervisor:
        """Return where this lab's machines run; this is decided when the lab is created and never
        changes."""
        path = _settled(lab)
        if not path.exists():
            found_ = Hypervisor(self.uri, not self.boots(box), str(uuid.uuid4()))
            files.write(path, json.dumps(asdict(found_)))
        return _hypervisor(lab, self.uri)


def _open_way(lab: Lab) -> None:
    """Open the connection to another host before libvirt and Vagrant try it: they take minutes to
    give up."""
    if lab.jump and lab.network_namespace == netns.inode():
        lab.jump.open()


def _settle_machines(lab: Lab) -> None:
    """Gather the facts of machines from a site's own box, such as the interface's name, and store
    them."""
    if any(machine.name not in facts_cache.load(lab) for machine in lab.machines):
        ssh = ssh_client(lab)
        for machine in lab.machines:
            limit = READ * lab.slowdown
            ssh.connect(machine.name, str(machine.address), timeout=limit)
        facts_cache.settle(lab, gather_facts.read(lab, [], plain=ssh, ssh=ssh))


def _hypervisor(lab: Lab, uri: str) -> Hypervisor:
    path = _settled(lab)
    if path.exists():
        return Hypervisor(**json.loads(path.read_text()))
    # nothing is created before the place is decided: resources with the lab's name there belong to
    # another lab, unless their label is this lab's
    return Hypervisor(lab.scenario.provider.uri or uri, emulated=True, network=network.UNSETTLED)


def _settled(lab: Lab) -> Path:
    return lab.directory / "hypervisor.json"


def _ensure_network(connection: Any, lab: Lab, uuid: str) -> bool:
    """Create the lab's network if it is missing, and return True then. Machines that ran are off
    afterwards: libvirt connects a machine to its network only when it is switched on."""
    if not network.ensure(connection, lab, uuid):
        return False
    for machine in lab.machines:
        pull_plug(domain_of(connection, lab, machine))
    return True


def _states(connection: Any, lab: Lab, uuid: str) -> dict[str, State]:
    """Return the states, see base.Provider.machines. Machines of another lab with that name do not
    count."""
    if network.is_anothers(connection, lab, uuid):
        return {machine.name: State.ABSENT for machine in lab.machines}
    return {m.name: state_of(domain_of(connection, lab, m)) for m in lab.machines}

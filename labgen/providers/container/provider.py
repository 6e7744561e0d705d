"""System containers: systemd in podman containers, the default where KVM does not work.

They share the host's kernel: there are no clock faults, and the page cache survives a power cut.
"""

import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path

from labgen.bundle.store import Bundle, load_machine, require
from labgen.errors import LabgenError
from labgen.lab import keys, ownership
from labgen.lab.lab import Lab, Machine
from labgen.machine.finding import Finding
from labgen.machine.ssh import Ssh
from labgen.providers import obstacles, runtimes
from labgen.providers.base import BEFORE, Power, State
from labgen.providers.container import (
    checkpoint_catalog,
    checkpoint_store,
    checkpoint_transfer,
    checkpoints,
    clones,
    containers,
    creation,
    disks,
    firewall,
    moved,
    network,
    power,
)
from labgen.providers.container import realtime as real_time
from labgen.providers.container.containers import container_name
from labgen.providers.container.host import TO_DESTROY, findings
from labgen.providers.container.resources import list_resources
from labgen.providers.optional import Checkpoint, Demand, SavedLab
from labgen.providers.programs import ensure_installed
from labgen.providers.resource import Resource
from labgen.providers.settled import act
from labgen.render.files import File
from labgen.scenario.model import MachineSpec, Role, Scenario
from labgen.system import group_memory, host, mounts, netns, paths, podman
from labgen.system.parallel import gather

# What a machine costs its host: MiB of memory, MiB of disk, cores when idle. Measured on ha-3x3 and
# single: docs/reference/measurements.md, "What a machine needs". Most of a control plane's disk is
# etcd's log; the images of all machines are those of the bundle.
COST = {Role.CONTROL_PLANE: (450, 130, 0.09), Role.WORKER: (100, 5, 0.01)}


class ContainerProvider:
    """See base.Provider."""

    name = "container"
    machine_kind = "system containers"

    @cached_property
    def _facts(self) -> host.HostFacts:
        return host.probe()

    def check(self, scenario: Scenario, lab: Lab | None = None) -> Sequence[Finding]:
        """See base.Provider."""
        wrong = findings(self._facts)
        if not wrong:  # rules are for root to read
            wrong = obstacles.findings(lab, machines=len(scenario.machines))
            wrong += network.findings(lab) if lab else []
        return [*wrong, *runtimes.findings(scenario)]

    def machine_profile(self, lab: Lab, machine: Machine) -> host.MachineProfile:  # noqa: ARG002 - all alike
        """See base.Provider."""
        return replace(host.adapt(self._facts), cores_shared_by=len(lab.machines))

    def unsupported_reason(self, machine: Machine, action: Power) -> str | None:  # noqa: ARG002 - nothing
        """See base.Provider."""
        return None

    def demand(self, new: Sequence[MachineSpec], starting: Sequence[MachineSpec]) -> Demand:
        """See optional.Demanding. The sizes of the scenario mean nothing to system containers."""
        costs = [COST[machine.role] for machine in (*new, *starting)]
        return Demand(
            memory=sum(memory for memory, _, _ in costs),
            disk=sum(COST[machine.role][1] for machine in new),
            cores=sum(cores for _, _, cores in costs),
            place=paths.cache(),
        )

    def memory_used(self, lab: Lab) -> int | None:
        """See optional.MemoryUse."""
        found = [group_memory.used(it.process) for it in containers.of_lab(lab) if it.process]
        known = [it for it in found if it is not None]
        return sum(known) if known and len(known) == len(lab.machines) else None

    def create(self, lab: Lab) -> bool:
        """See base.Provider."""
        bundle = require(lab.scenario.kubernetes.version)
        containers.ensure_alone(lab)
        load_machine(bundle)
        checkpoints.complete_restore(lab)
        found = containers.of_lab(lab)
        states = _states(lab, found)
        absent = [m for m in lab.machines if states[m.name] is State.ABSENT]
        off = [m for m in lab.machines if states[m.name] is State.OFF]
        moved.ensure_mountable(lab, off, found)
        keys.ensure(lab)
        changed = creation.ready_host(lab)
        network.plug_in(lab, absent)
        ownership.label_directory(lab, disks.of_lab(lab))
        gather({m.name: partial(self._make, lab, m, bundle) for m in absent})
        real_time.allow()
        self.power(lab, off, Power.ON)
        self.power(lab, [m for m in lab.machines if states[m.name] is State.PAUSED], Power.RESUME)
        return changed or any(state is not State.ON for state in states.values())

    def destroy(self, lab: Lab) -> None:
        """See base.Provider. Raises HostUnfit where programs are missing that remove a part."""
        ensure_installed(TO_DESTROY, f"remove lab {lab.name}")
        if lab.ssh_config.exists():
            Ssh(lab.ssh_config).close([machine.name for machine in lab.machines])
        names = [container.name for container in containers.of_lab(lab)]
        gather({name: partial(_remove, name) for name in names})
        network.remove(lab)
        mounts.unmount_below(disks.of_lab(lab))
        checkpoint_catalog.remove_unless_kept(lab)
        for path in (disks.of_lab(lab), lab.sockets):
            if path.exists():
                shutil.rmtree(path)

    def machines(self, lab: Lab) -> Mapping[str, State]:
        """See base.Provider."""
        return _states(lab, containers.of_lab(lab))

    def power(self, lab: Lab, machines: Sequence[Machine], action: Power) -> float:
        """See base.Provider."""
        if not machines:
            return time.monotonic()
        found = containers.of_lab(lab)
        states = _states(lab, found)
        acting = [m for m in machines if states[m.name] in BEFORE[action]]
        if action is Power.ON and any(states[m.name] is not State.ABSENT for m in machines):
            checkpoints.complete_restore(lab)
            moved.ensure_mountable(lab, acting, found)
            creation.ready_host(lab)
            network.plug_in(lab, acting)
        elif action is Power.OFF:
            network.cut(lab, acting)
        moment = time.monotonic()
        gather({m.name: partial(power.switch, lab, m, action, acting) for m in acting})
        if action is Power.ON:
            real_time.allow()
        if action in (Power.OFF, Power.SHUTDOWN):
            network.unplug(lab, acting)
            Ssh(lab.ssh_config).close([m.name for m in acting])
            return moment
        return time.monotonic()

    def save_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """See optional.Checkpoints."""
        ensure_installed(checkpoints.PROGRAMS, f"save lab {lab.name}")
        states = self.machines(lab)
        stopped = [f"{name} is {state}" for name, state in states.items() if state is not State.ON]
        if stopped:
            raise LabgenError(
                f"lab {lab.name} was not saved: a checkpoint needs every machine running",
                last_seen=", ".join(stopped),
                hint=f"labgen start {lab.name}",
            )
        checkpoints.save(lab, checkpoint)

    def ensure_restorable(self, lab: Lab, checkpoint: str) -> None:
        """See optional.Checkpoints."""
        ensure_installed(checkpoints.PROGRAMS, f"restore lab {lab.name}")
        checkpoint_store.verified(lab, checkpoint)

    def restore_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """See optional.Checkpoints."""
        found = containers.of_lab(lab)
        states = _states(lab, found)
        if absent := [name for name, state in states.items() if state is State.ABSENT]:
            raise LabgenError(
                f"lab {lab.name} has no machine {', '.join(absent)}; nothing was changed",
                hint=f"to create it: {lab.up_command}",
            )
        moved.ensure_mountable(lab, lab.machines, found)
        checkpoints.restore(lab, checkpoint, partial(self.power, lab, lab.machines, Power.OFF))
        self.power(lab, lab.machines, Power.ON)

    def checkpoints(self, lab: Lab) -> Sequence[Checkpoint]:
        """See optional.Checkpoints."""
        return [
            Checkpoint(
                name=name,
                saved=datetime.fromtimestamp(it.saved, UTC),
                size=it.size,
                machines=checkpoint_store.sizes(lab, name),
                parent=it.parent,
                bundle=it.bundle,
                version=it.version,
            )
            for name, it in checkpoint_store.checkpoints(lab).items()
        ]

    def damage(self, lab: Lab, checkpoint: str) -> Sequence[str]:
        """See optional.Checkpoints."""
        return checkpoint_store.inspected(lab, checkpoint)[1]

    def delete_checkpoint(self, lab: Lab, checkpoint: str) -> None:
        """See optional.Checkpoints."""
        checkpoint_catalog.delete(lab, checkpoint)

    def export_checkpoint(self, lab: Lab, checkpoint: str, file: Path) -> int:
        """See optional.CheckpointFiles."""
        return checkpoint_transfer.export(lab, checkpoint, file)

    def import_checkpoint(self, lab: Lab, checkpoint: str, file: Path) -> None:
        """See optional.CheckpointFiles."""
        ensure_installed(checkpoints.PROGRAMS, f"import checkpoint {checkpoint}")
        checkpoint_transfer.import_(lab, checkpoint, file)

    def kept_labs(self) -> Sequence[Lab]:
        """See optional.KeptCheckpoints."""
        return checkpoint_catalog.kept_labs()

    def keep_checkpoints(self, lab: Lab, *, keep: bool) -> Sequence[str]:
        """See optional.KeptCheckpoints."""
        return checkpoint_catalog.mark(lab, keep=keep)

    def find_saved(self, reference: str) -> tuple[str, Path]:
        """See optional.Clones."""
        found = checkpoint_catalog.find(reference)
        return found.reference, found.directory

    def describe_saved(self, path: Path) -> SavedLab:
        """See optional.Clones."""
        return clones.describe(path)

    def read_saved(self, path: Path) -> SavedLab:
        """See optional.Clones."""
        ensure_installed(checkpoints.PROGRAMS, "make a lab from a checkpoint")
        return clones.read(path)

    def save_at(self, lab: Lab, path: Path) -> SavedLab:
        """See optional.Clones."""
        ensure_installed(checkpoints.PROGRAMS, f"save lab {lab.name}")
        checkpoints.save_at(lab, path)
        return clones.read(path)

    def unpack_machines(self, lab: Lab, path: Path) -> None:
        """See optional.Clones."""
        clones.unpack(lab, path, partial(self.machine_profile, lab))

    def relocate_machines(
        self,
        lab: Lab,
        saved: Lab,
        payloads: Mapping[str, Mapping[str, File]],
        *,
        same_certificates: bool,
    ) -> None:
        """See optional.Clones."""
        clones.relocate_machines(lab, saved, payloads, same_certificates=same_certificates)

    def switch_on_machines(self, lab: Lab) -> None:
        """See optional.Clones."""
        clones.switch_on(lab)

    def list_resources(self, lab: Lab | None = None) -> Sequence[Resource]:
        """See base.Provider."""
        return list_resources(lab)

    def isolation_problems(self, lab: Lab) -> Sequence[str]:
        """See optional.Isolation."""
        if netns.inode() != lab.network_namespace:
            return []
        wrong = [
            f"{it.what}; {it.remedy}" for it in obstacles.findings(lab, machines=len(lab.machines))
        ]
        if absent := firewall.missing(lab):
            wrong.append(
                f"{absent} of the firewall rules that isolate lab {lab.name} are missing, so its "
                f"machines reach this host; to restore them: labgen start {lab.name}"
            )
        return wrong

    def _make(self, lab: Lab, machine: Machine, bundle: Bundle) -> None:
        containers.free_name(lab, container_name(lab, machine))
        creation.make_disks(lab, machine, bundle)
        run = partial(creation.create, lab, machine, bundle, self.machine_profile(lab, machine))
        # by labels: another lab may have taken the name a moment ago
        act(run, lambda: self.machines(lab)[machine.name] is State.ON)


def _states(lab: Lab, found: Iterable[podman.Container]) -> dict[str, State]:
    """Return the power state of each machine by its container."""
    states = {it.name: power.STATES.get(it.state, State.OFF) for it in found}
    return {m.name: states.get(container_name(lab, m), State.ABSENT) for m in lab.machines}


def _remove(name: str) -> None:
    act(partial(podman.remove, [name]), lambda: not podman.named(name))

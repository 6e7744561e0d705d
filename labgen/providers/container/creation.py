"""The containers and disks of machines, and what their host needs before they run."""

import shutil

from labgen.bundle.store import Bundle, clone_golden
from labgen.lab import keys, ownership
from labgen.lab.lab import Lab, Machine
from labgen.machine.access import write_ssh_config
from labgen.providers.container import containers, disks, network
from labgen.providers.container.containers import container_name
from labgen.providers.container.host import ensure_inotify_instances
from labgen.render.runtimes import DEFAULT, RUNTIMES
from labgen.scenario.model import Role
from labgen.system import podman
from labgen.system.host import MachineProfile

# When cores are short, control planes go first: joins wait for etcd, everything else for the API.
CPU_SHARES = {Role.CONTROL_PLANE: 1024, Role.WORKER: 256}


def ready_host(lab: Lab) -> bool:
    """Create everything that a reboot of the host removes; return True if the network had to be
    created."""
    ownership.claim(lab)
    write_ssh_config(lab)
    ensure_inotify_instances(len(lab.machines))
    return network.ensure_bridge(lab)


def make_disks(lab: Lab, machine: Machine, bundle: Bundle) -> None:
    """Make the disks of a new machine, with the images of the bundle."""
    disk = disks.of_machine(lab, machine)
    if disk.exists():
        shutil.rmtree(disk)
    for part in _parts(lab):
        if part == "containerd" and lab.scenario.kubernetes.runtime == DEFAULT:
            clone_golden(bundle.golden, disk / part)
        else:
            (disk / part).mkdir(parents=True)


def create(
    lab: Lab, machine: Machine, bundle: Bundle, profile: MachineProfile, *, start: bool = True
) -> None:
    """Create the container of a machine whose disks exist, and start it unless start is False.

    Nothing may have its name, see containers.free_name().
    """
    disk = disks.of_machine(lab, machine)
    volumes = [(disk / part, f"/var/lib/{part}", "rw") for part in _parts(lab)]
    identity = keys.machine_identity(lab, machine)
    podman.run_machine(
        bundle.machine_image,
        name=container_name(lab, machine),
        hostname=machine.name,
        network=f"ns:{network.namespace_path(lab, machine)}",
        profile=profile,
        cpu_shares=CPU_SHARES[machine.role],
        volumes=[*volumes, (identity, containers.IDENTITY, "ro")],
        labels=containers.labels(lab),
        start=start,
    )


def _parts(lab: Lab) -> tuple[str, ...]:
    """Return the names of a machine's disks, each mounted below /var/lib."""
    return ("kubelet", "etcd", *RUNTIMES[lab.scenario.kubernetes.runtime].disks)

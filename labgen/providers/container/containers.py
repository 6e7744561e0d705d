"""The containers of a lab: their names, and whose they are."""

from labgen.errors import LabgenError
from labgen.lab import identity, ownership
from labgen.lab.lab import Lab, Machine
from labgen.system import mounts, podman

LABEL = "labgen.lab"
IDENTITY = "/etc/labgen/identity"  # where a machine has its own files of the lab's keys


def container_name(lab: Lab, machine: Machine) -> str:
    return f"{lab.machine_prefix}{machine.name}"


def labels(lab: Lab) -> dict[str, str]:
    """Return the labels of the lab's containers."""
    return {LABEL: lab.name, **ownership.container_labels(lab)}


def of_lab(lab: Lab) -> list[podman.Container]:
    """Return the lab's containers, by whatever path to its directory they were created."""
    found = podman.containers(ownership.KEY)
    own = ownership.owner(lab)
    return [it for it in found if ownership.owner_of_container(it.labels) == own]


def owner_of(container: podman.Container) -> ownership.Owner | None:
    """Return the lab of a container. A container that runs also knows the lab's directory where it
    was moved to: a mount follows what is mounted."""
    labelled = ownership.owner_of_container(container.labels)
    if labelled and container.process and not ownership.lab_exists(labelled):
        keys = mounts.source(container.process, IDENTITY)
        moved = keys.parent.parent if keys else None
        if moved and identity.known(moved) == labelled.id:
            return ownership.Owner(labelled.id, moved)
    return labelled


def ensure_alone(lab: Lab) -> None:
    """Raise LabgenError if a lab of another state directory has this name: its machines have the
    same names."""
    for container in podman.containers(f"{LABEL}={lab.name}"):
        other = ownership.owner_of_container(container.labels)
        if other != ownership.owner(lab):
            at = other.directory if other else "an unknown place"
            raise LabgenError(
                f"the machines of another lab {lab.name}, at {at}, are on this host",
                hint=ownership.instead(lab.name, other),
            )


def free_name(lab: Lab, name: str) -> None:
    """Remove what a killed podman left of a machine of the lab.

    Raises LabgenError if a container of that name is not the lab's.
    """
    for it in podman.named(name):
        whose = ownership.owner_of_container(it.labels)
        if it.known and whose != ownership.owner(lab):
            of = f"lab {whose.name} at {whose.directory}" if whose else "no lab of labgen"
            raise LabgenError(
                f"there is a container {name} already, of {of}",
                hint=f"to give it another name: podman rename {name} OTHER\n"
                f"{ownership.instead(whose.name if whose else lab.name, whose)}",
            )
        podman.remove([name])

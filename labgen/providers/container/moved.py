"""Containers that mount files which were moved since: with the lab's state, or with its disks."""

import shlex
from collections.abc import Collection, Mapping
from pathlib import Path

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.lab.ownership import owner_of_container
from labgen.providers.container import disks
from labgen.providers.container.containers import IDENTITY, container_name
from labgen.system import podman


def ensure_mountable(
    lab: Lab, machines: Collection[Machine], found: Collection[podman.Container]
) -> None:
    """Raise LabgenError if machines that are off mount what is no longer there: podman can neither
    start them nor change what they mount. found are the lab's containers.

    podman is queried only where the state or the disks are not where they were or would be now.
    """
    labels = {it.name: owner_of_container(it.labels) for it in found}
    gone: dict[Path, Path] = {}
    for machine in machines:
        name = container_name(lab, machine)
        made = labels.get(name)
        same_state = made is not None and made.directory == lab.directory
        if not same_state or not disks.of_machine(lab, machine).is_dir():
            gone |= _gone(lab, machine, podman.mounts(name))
    if gone:
        raise _error(lab, gone)


def _gone(lab: Lab, machine: Machine, mounted: Mapping[str, Path]) -> dict[Path, Path]:
    """Return the lab's directories that a container mounts and that are gone: where they were, and
    where they would be now."""
    found: dict[Path, Path] = {}
    for point, source in mounted.items():
        if point == IDENTITY:
            now = lab.directory
        elif point.startswith("/var/lib/") and source.parent.name == machine.name:
            now = disks.of_lab(lab)
        else:
            continue  # the host's own, such as kernel modules
        if not source.exists():
            found[source.parent.parent] = now
    return found


def _error(lab: Lab, gone: Mapping[Path, Path]) -> LabgenError:
    again = f"create the lab again: labgen down {lab.name} && {lab.create_command}"
    if all(now.exists() for now in gone.values()):
        links = " && ".join(dict.fromkeys(_link(*it) for it in gone.items()))
        again = f"move it back, or leave a link in its place: {links}\nor {again}"
    return LabgenError(
        f"machines of lab {lab.name} that are off cannot be switched on: what they mount is no "
        f"longer at {' and '.join(map(str, gone))}; nothing was changed",
        hint=again,
    )


def _link(before: Path, now: Path) -> str:
    """Return the command that makes the former path lead to what was moved, or the former path of
    the highest directory that was moved with it."""
    while before.name == now.name and not before.parent.exists():
        before, now = before.parent, now.parent
    link = shlex.join(["ln", "-s", str(now), str(before)])
    parent = shlex.join(["mkdir", "-p", str(before.parent)])
    return link if before.parent.exists() else f"{parent} && {link}"

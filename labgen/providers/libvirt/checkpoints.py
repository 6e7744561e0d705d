"""Checkpoints of a lab of virtual machines: disk and memory of all of them at one moment.

They are internal snapshots, stored in the machines' own disks, because libvirt cannot restore
external ones.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import libvirt

from labgen.errors import LabgenError, UsageError
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.providers.libvirt.connection import domain_of
from labgen.providers.optional import Checkpoint
from labgen.system.parallel import gather

CLOCK_TIMEOUT = 30.0


def save(connection: Any, lab: Lab, checkpoint: str) -> None:
    """Pause all machines, save each, and resume them. A checkpoint of that name is replaced.

    Raises LabgenError if a machine is not running, because its state would be of another moment.
    """
    domains = _domains(connection, lab)
    off = [name for name, domain in domains.items() if not domain.isActive()]
    if off:
        raise LabgenError(
            f"a checkpoint needs every machine running; these do not run: {', '.join(off)}",
            hint=f"labgen start {lab.name}",
        )
    xml = f"<domainsnapshot><name>{escape(checkpoint)}</name></domainsnapshot>"
    _concurrently(domains, lambda domain: domain.suspend())
    try:
        _delete(domains, checkpoint)
        _concurrently(domains, lambda domain: domain.snapshotCreateXML(xml))
    except BaseException:
        _delete(domains, checkpoint)  # a checkpoint of some machines only cannot be restored
        raise
    finally:
        _concurrently(domains, lambda domain: domain.resume())


def restore(connection: Any, lab: Lab, checkpoint: str) -> None:
    """Restore all machines, paused, and resume them together.

    Raises UsageError for a checkpoint that the lab does not have.
    """
    ensure_known(connection, lab, checkpoint)
    domains = _domains(connection, lab)
    paused = libvirt.VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED | libvirt.VIR_DOMAIN_SNAPSHOT_REVERT_FORCE
    _concurrently(
        domains,
        lambda domain: domain.revertToSnapshot(domain.snapshotLookupByName(checkpoint), paused),
    )
    _concurrently(domains, lambda domain: domain.resume())


def ensure_known(connection: Any, lab: Lab, checkpoint: str) -> None:
    """Raise UsageError if the lab has no checkpoint of that name."""
    known = [it.name for it in checkpoints(connection, lab)]
    if checkpoint not in known:
        listed = ", ".join(known) or "none"
        raise UsageError(f"lab {lab.name} has no checkpoint {checkpoint}", hint=f"it has: {listed}")


def checkpoints(connection: Any, lab: Lab) -> list[Checkpoint]:
    """Return the checkpoints that every machine has, the oldest first."""
    domains = list(_domains(connection, lab).values())
    common = set.intersection(*(set(domain.snapshotListNames()) for domain in domains))
    return sorted((_described(domains[0], name) for name in common), key=lambda it: it.saved)


def _described(domain: Any, name: str) -> Checkpoint:
    tree = ET.fromstring(domain.snapshotLookupByName(name).getXMLDesc())  # noqa: S314 - libvirt's own
    saved = datetime.fromtimestamp(int(tree.findtext("creationTime", "0")), UTC)
    return Checkpoint(name, saved, parent=tree.findtext("parent/name", ""))


def delete(connection: Any, lab: Lab, checkpoint: str) -> None:
    """Delete a checkpoint, if it exists."""
    _delete(_domains(connection, lab), checkpoint)


def set_clocks(lab: Lab) -> None:
    """Set the guests' clocks. A restored guest has the time of the checkpoint, but certificates and
    leases need the current time."""
    ssh = access.ssh_client(lab)

    def set_clock(name: str, address: str) -> None:
        ssh.connect(name, address, timeout=CLOCK_TIMEOUT * lab.slowdown)
        ssh.run(name, ["date", "--set", f"@{time.time():.3f}"], timeout=CLOCK_TIMEOUT)

    gather({m.name: partial(set_clock, m.name, str(m.address)) for m in lab.machines})


def _domains(connection: Any, lab: Lab) -> dict[str, Any]:
    """Return the domains by machine. Raises LabgenError if one does not exist."""
    domains = {machine.name: domain_of(connection, lab, machine) for machine in lab.machines}
    absent = [name for name, domain in domains.items() if domain is None]
    if absent:
        raise LabgenError(
            f"lab {lab.name} has no machine {', '.join(absent)} yet",
            hint=f"to create it: {lab.up_command}",
        )
    return domains


def _concurrently(domains: dict[str, Any], do: Any) -> Sequence[Any]:
    return list(gather({name: partial(do, domain) for name, domain in domains.items()}).values())


def _delete(domains: dict[str, Any], checkpoint: str) -> None:
    for domain in domains.values():
        if checkpoint in domain.snapshotListNames():
            domain.snapshotLookupByName(checkpoint).delete()

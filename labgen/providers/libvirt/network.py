"""A lab's network in libvirt: isolated, on the lab's own bridge, with a fixed address for each
machine."""

import re
from typing import Any

from labgen.errors import LabgenError
from labgen.lab import ownership, subnets
from labgen.lab.lab import Lab
from labgen.providers.libvirt.connection import found
from labgen.render.vagrantfile import network_name, network_xml

UNSETTLED = "none"  # in place of the UUID that a lab's network would have


def ensure(connection: Any, lab: Lab, uuid: str) -> bool:
    """Define and start the network of that UUID; return True if either was missing.

    Raises LabgenError like ensure_own() and, on this host, like subnets.claim().
    """
    ensure_own(connection, lab, uuid)
    network = _named(connection, lab)
    missing = network is None
    if lab.jump is None and (network is None or not network.isActive()):
        subnets.claim(lab)
    if network is None:
        network = connection.networkDefineXML(network_xml(lab, uuid, whose=ownership.label(lab)))
    if not network.isActive():
        network.create()
        return True
    return missing


def ensure_own(connection: Any, lab: Lab, uuid: str) -> None:
    """Raise LabgenError if a lab of the same name, of another host or state directory, has its
    network in this libvirt."""
    network = _named(connection, lab)
    if network is not None and is_anothers(connection, lab, uuid):
        raise LabgenError(
            f"the network of another lab {lab.name} is in this libvirt",
            hint=ownership.instead(lab.name, ownership.labelled(network.XMLDesc())),
        )


def is_anothers(connection: Any, lab: Lab, uuid: str) -> bool:
    """Return whether another lab of that name has its network in this libvirt, and so its
    machines."""
    network = _named(connection, lab)
    if network is None:
        return False
    if bridge_of(network) != lab.bridge:
        return True
    if uuid == UNSETTLED:
        return ownership.labelled(network.XMLDesc()) != ownership.owner(lab)
    return uuid not in {"", network.UUIDString()}


def remove(connection: Any, lab: Lab) -> None:
    """Stop and undefine the lab's network, where it exists."""
    remove_network(_named(connection, lab))


def remove_network(network: Any | None) -> None:
    """Stop and undefine a network, where it exists."""
    if network is not None:
        found(lambda: _remove(network))  # `gc` may remove it at the same time


def _remove(network: Any) -> None:
    if network.isActive():
        network.destroy()
    network.undefine()


def bridge_of(network: Any) -> str:
    """Return the name of the network's bridge; empty for a network without one, and for one that
    disappears meanwhile."""
    names = re.findall(r"<bridge\b[^>]*\bname='([^']+)'", found(network.XMLDesc) or "")
    return names[0] if names else ""


def _named(connection: Any, lab: Lab) -> Any | None:
    """Return the network with the name of the lab's network; it may belong to another lab."""
    return found(lambda: connection.networkLookupByName(network_name(lab)))

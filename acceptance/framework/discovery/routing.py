"""Check the route of packets to a discovered cluster, before any packet is sent.

This host may query the addresses that the user named, and others that have the same route.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address

from labgen.errors import HostUnfit
from labgen.lab import store
from labgen.lab.lab import bridge
from labgen.system import route

LOOPBACK = "lo"


def ensure(addresses: Iterable[IPv4Address]) -> None:
    """Raise HostUnfit unless each address has a route that does not go through a lab's bridge.

    Otherwise a lab with the same addresses would be tested instead of the cluster.
    """
    bridges = {bridge(name): name for name in store.names()}
    for address in addresses:
        device = route.device(address)
        if device is None:
            raise HostUnfit(f"there is no route to {address}; nothing was sent")
        if device in bridges:
            lab = bridges[device]
            raise HostUnfit(
                f"packets to {address} would reach lab {lab}, by {device}; nothing was sent",
                hint=f"to verify that lab: labgen verify {lab}",
            )


def alike(addresses: Iterable[IPv4Address], named: Iterable[IPv4Address]) -> frozenset[str]:
    """Return the addresses that this host may query.

    These are the named ones, and those to which packets leave by the interface of a named one. An
    address that only the cluster reported may belong to another machine in this host's network.
    """
    asked = set(named)
    ways = {route.device(address) for address in asked} - {None, LOOPBACK}
    return frozenset(
        str(address) for address in addresses if address in asked or route.device(address) in ways
    )

"""Where packets to a found cluster go: what the user named may be asked, and what lies on the same
way as that. Asked first, before any packet is sent."""

from collections.abc import Iterable
from ipaddress import IPv4Address

from labgen.errors import LabgenError
from labgen.lab import store
from labgen.lab.lab import bridge
from labgen.system import route

LOOPBACK = "lo"


def ensure(addresses: Iterable[IPv4Address]) -> None:
    """Raise LabgenError unless each address has a route, and not through the bridge of a lab of
    ours: one with the same addresses would be taken for the cluster."""
    bridges = {bridge(name): name for name in store.names()}
    for address in addresses:
        device = route.device(address)
        if device is None:
            raise LabgenError(f"there is no route to {address}; nothing was sent")
        if device in bridges:
            lab = bridges[device]
            raise LabgenError(
                f"packets to {address} would reach lab {lab}, by {device}; nothing was sent",
                hint=f"where that lab is meant: labgen verify {lab}",
            )


def alike(addresses: Iterable[IPv4Address], named: Iterable[IPv4Address]) -> frozenset[str]:
    """Those of addresses that may be asked from here: they were named, or packets to them leave as
    those to a named one do. One that only the cluster told may be somebody else's here."""
    asked = set(named)
    ways = {route.device(address) for address in asked} - {None, LOOPBACK}
    return frozenset(
        str(address) for address in addresses if address in asked or route.device(address) in ways
    )

"""What the checks of a scenario need to know from outside of it."""

from dataclasses import dataclass
from ipaddress import IPv4Network


@dataclass(frozen=True)
class Route:
    """A range of addresses that the host reaches through a device."""

    destination: IPv4Network
    device: str


@dataclass(frozen=True)
class HostEnvironment:
    """known_versions are the bundle's Kubernetes versions; empty means: do not check.

    routes are those of the host that a lab must keep clear of.
    """

    known_versions: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()

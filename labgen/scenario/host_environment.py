"""What the checks of a scenario need to know about the host and its bundle."""

from dataclasses import dataclass
from ipaddress import IPv4Network


@dataclass(frozen=True)
class Route:
    """A range of addresses that the host reaches through a device."""

    destination: IPv4Network
    device: str


@dataclass(frozen=True)
class HostEnvironment:
    """The host's properties."""

    known_versions: tuple[str, ...] = ()  # the bundle's Kubernetes versions; empty: do not check
    routes: tuple[Route, ...] = ()  # a lab's addresses must not overlap them

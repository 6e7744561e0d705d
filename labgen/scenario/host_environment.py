"""What the checks of a scenario need to know about the host and its bundle."""

from dataclasses import dataclass
from ipaddress import IPv4Network


@dataclass(frozen=True)
class Route:
    """A range of addresses that the host reaches through a device, or that a network has which is
    defined on it, started or not."""

    destination: IPv4Network
    device: str
    owner: str = ""  # whose network it is, where that is known: "podman's network ci"

    @property
    def what(self) -> str:
        """Return what has the range, for users."""
        return self.owner or f"a network that this host reaches through {self.device}"


@dataclass(frozen=True)
class HostEnvironment:
    """The host's properties."""

    known_versions: tuple[str, ...] = ()  # the bundle's Kubernetes versions; empty: do not check
    routes: tuple[Route, ...] = ()  # a lab's addresses must not overlap them

"""A scenario for the other packages of labgen: checked, complete, frozen.

Sections that are complete in a file use the classes of the schema. This module has what differs:
machines one by one, and facts that follow from the entire file.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

from labgen.scenario.schema.cluster import Cni, Kubernetes, NetworkSpec, Software
from labgen.scenario.schema.load_balancer import Haproxy, Keepalived, LoadBalancerPart
from labgen.scenario.schema.machines import Role
from labgen.scenario.schema.provider import BoxSpec, ProviderSpec
from labgen.scenario.schema.timings import Timings

__all__ = [
    "BoxSpec",
    "Cni",
    "Haproxy",
    "Host",
    "Keepalived",
    "Kubernetes",
    "LoadBalancer",
    "MachineSpec",
    "NetworkSpec",
    "ProviderSpec",
    "Role",
    "Scenario",
    "Software",
    "Timings",
    "vrrp_priorities",
]

# Of the first control plane, and the distance to each next priority; VRRP has 1 to 254. The skew
# time of RFC 5798 is made of them: with neighbouring priorities all others would take the VIP in
# the same millisecond.
HIGHEST_PRIORITY = 250
PRIORITY_STEP = 60


@dataclass(frozen=True)
class LoadBalancer(LoadBalancerPart):
    """keepalived and HAProxy on the control planes."""

    control_planes: int = 3  # how many machines share the VIP

    @property
    def direct(self) -> bool:
        """Return whether clients reach the holder's own API server, bypassing HAProxy."""
        return self.endpoint == "api-server"

    @property
    def priorities(self) -> tuple[int, ...]:
        """Return the VRRP priorities of the control planes in their order."""
        return vrrp_priorities(self.keepalived, self.control_planes)


def vrrp_priorities(keepalived: Keepalived, control_planes: int) -> tuple[int, ...]:
    """Return the scenario's priorities, else labgen's for that number of control planes.

    labgen's priorities are closer together if there are more than five control planes.
    """
    if keepalived.priorities:
        return keepalived.priorities
    step = min(PRIORITY_STEP, (HIGHEST_PRIORITY - 1) // max(1, control_planes - 1))
    return tuple(HIGHEST_PRIORITY - step * place for place in range(control_planes))


@dataclass(frozen=True)
class Host:
    """An existing machine, and how labgen logs in to it."""

    address: IPv4Address
    user: str = "root"  # needs sudo where it is not root
    port: int = 22
    key: Path | None = None  # None: the user's SSH agent or usual keys
    host_key: str | None = None  # None: the one in the user's own known_hosts
    sudo_password_file: Path | None = None  # None: sudo requires no password
    power_on: tuple[str, ...] = ()  # run on labgen's host; empty where power_off is
    power_off: tuple[str, ...] = ()


@dataclass(frozen=True)
class MachineSpec:
    """One machine. The sizes of an existing machine have no meaning: the machine reports its
    own."""

    name: str
    role: Role
    host_number: int  # of its address within the subnet: 3 for x.y.z.3
    cpus: int
    memory: int  # MiB
    disk: int  # GiB
    host: Host | None = None  # None: labgen creates the machine


@dataclass(frozen=True)
class Scenario:
    """A complete scenario."""

    name: str
    description: str
    kubernetes: Kubernetes
    network: NetworkSpec
    load_balancer: LoadBalancer
    machines: tuple[MachineSpec, ...]  # in the order of their host numbers unless they exist
    provider: ProviderSpec
    source: Path  # the file
    overrides: tuple[str, ...] = ()  # KEY=VALUE, in their order
    software: Software = field(default_factory=Software)

    @property
    def existing(self) -> bool:
        """Return whether the machines are existing ones."""
        return all(machine.host for machine in self.machines)

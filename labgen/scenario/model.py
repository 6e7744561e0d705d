"""A scenario as the rest of labgen sees it: checked, complete, frozen.

The file's own shape (pydantic) is schema.py; here stand only values that are known to be good.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

# Of the first control plane, and how far each priority lies below the one before; VRRP knows 1 to
# 254. The skew time of RFC 5798 is made of them: with neighbouring priorities all others would take
# the VIP in the same millisecond.
HIGHEST_PRIORITY = 250
PRIORITY_STEP = 60


class Role(StrEnum):
    CONTROL_PLANE = "control-plane"
    WORKER = "worker"


@dataclass(frozen=True)
class Cni:
    """The pod network; backend is vxlan or host-gw."""

    name: str
    backend: str


@dataclass(frozen=True)
class Kubernetes:
    """version as in v1.37.2; runtime is containerd, cri-o or docker.

    certificates says how the other control planes come by the CAs' keys: upload (by kubeadm,
    encrypted, through the cluster) or copy (as files, from the first one).
    """

    version: str
    pod_subnet: IPv4Network
    service_subnet: IPv4Network
    cni: Cni
    certificates: str = "upload"
    runtime: str = "containerd"


@dataclass(frozen=True)
class NetworkSpec:
    """What the scenario asks of the machine network; None stands for auto.

    first_host is the number of the first machine's address within the subnet (3: x.y.z.3).
    """

    subnet: IPv4Network | None
    vip: IPv4Address | None
    first_host: int
    api_port: int


@dataclass(frozen=True)
class Timings:
    """Timing of keepalived, HAProxy and etcd; times in milliseconds, the rest are counts.

    slowdown is how many times as long as on a real processor everything may take: the waits of
    etcd, kubeadm, Kubernetes and labgen are so many times as long.

    budget is the longest gap of the API behind the VIP that the gate accepts when the holder
    loses power.
    """

    advert_interval: int
    script_interval: int
    script_timeout: int
    script_fall: int
    script_rise: int
    connect_timeout: int
    check_timeout: int
    check_interval: int
    fast_interval: int
    down_interval: int
    rise: int
    fall: int
    retries: int
    slowdown: int
    budget: int


@dataclass(frozen=True)
class Keepalived:
    """How the VIP is kept, in keepalived's own words; priorities are those of the control planes
    in their order, none for labgen's own."""

    vrrp_version: int = 3
    peers: str = "unicast"
    authentication: str = "none"
    priorities: tuple[int, ...] = ()
    track_script: str = "haproxy"
    safeguards: bool = True


@dataclass(frozen=True)
class Haproxy:
    """How HAProxy spreads connections, in its own words; slow_start in milliseconds, 0 for none.

    bind is *, machine (its own address) or addresses. maxconn and maxqueue are those of a server,
    0 for no limit.
    """

    bind: tuple[str, ...] = ("*",)
    check: str = "http"
    slow_start: int = 0
    maxconn: int = 0
    maxqueue: int = 0
    weight: int = 1
    log: str = "none"
    safeguards: bool = True


@dataclass(frozen=True)
class LoadBalancer:
    """keepalived and HAProxy on the control planes."""

    profile: str  # the name of the profile that timings began with
    timings: Timings
    endpoint: str = "haproxy"  # what clients reach behind the VIP: haproxy, or api-server
    keepalived: Keepalived = Keepalived()
    haproxy: Haproxy = Haproxy()
    control_planes: int = 3  # how many machines share the VIP

    @property
    def direct(self) -> bool:
        """Whether clients reach the holder's own API server, past HAProxy."""
        return self.endpoint == "api-server"

    @property
    def priorities(self) -> tuple[int, ...]:
        """Return the VRRP priorities of the control planes in their order.

        labgen's own lie closer together where there are more than five control planes.
        """
        if self.keepalived.priorities:
            return self.keepalived.priorities
        step = min(PRIORITY_STEP, (HIGHEST_PRIORITY - 1) // max(1, self.control_planes - 1))
        return tuple(HIGHEST_PRIORITY - step * place for place in range(self.control_planes))


@dataclass(frozen=True)
class Host:
    """A machine that exists, and the way to it.

    Without key it is the user's SSH agent or usual keys, without host_key the user's own
    known_hosts. A user that is not root is root by sudo; sudo_password_file holds the password for
    that, if it wants one. power_on and power_off are run on labgen's host; both or none are there.
    """

    address: IPv4Address
    user: str = "root"
    port: int = 22
    key: Path | None = None
    host_key: str | None = None
    sudo_password_file: Path | None = None
    power_on: tuple[str, ...] = ()
    power_off: tuple[str, ...] = ()


@dataclass(frozen=True)
class MachineSpec:
    """One machine; memory in MiB, disk in GiB. host_number is its place in the subnet, host says
    where it is if it exists: what it has is then told by itself.
    """

    name: str
    role: Role
    host_number: int
    cpus: int
    memory: int
    disk: int
    host: Host | None = None


@dataclass(frozen=True)
class BoxSpec:
    """A Vagrant box of the site's own. url is where Vagrant gets it, user its login with sudo; what
    is empty is left to Vagrant."""

    name: str
    version: str = ""
    url: str = ""
    user: str = ""


@dataclass(frozen=True)
class ProviderSpec:
    """name is auto or a provider's name. uri is where libvirt is, and box what its machines are
    made of where that is not labgen's own. jump is the host through which existing machines are
    reached, as [USER@]HOST[:PORT]."""

    name: str
    uri: str | None = None
    box: BoxSpec | None = None
    jump: str | None = None


@dataclass(frozen=True)
class Software:
    """Where machines that labgen did not make get it. packages: bundle, or distribution for their
    own apt sources; kubernetes: bundle, or repository for the Kubernetes project's."""

    packages: str = "bundle"
    kubernetes: str = "bundle"


@dataclass(frozen=True)
class Scenario:
    name: str
    description: str
    kubernetes: Kubernetes
    network: NetworkSpec
    load_balancer: LoadBalancer
    machines: tuple[MachineSpec, ...]
    provider: ProviderSpec
    source: Path
    overrides: tuple[str, ...] = ()
    software: Software = Software()

    @property
    def existing(self) -> bool:
        """Whether the machines are there already."""
        return all(machine.host for machine in self.machines)

"""What the tests that only look take a cluster to be: a lab by its scenario, or one that was found.

What is not known of a cluster is an Unknown with its reason; a test that stands on it is skipped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TypeVar

import pytest

from labgen.cluster.etcd import ETCD_PKI
from labgen.cluster.haproxy import SOCKET
from labgen.lab.lab import API_SERVER_PORT, Lab, Machine
from labgen.scenario.model import Role
from labgen.timing import forecast

T = TypeVar("T")
# HAProxy marks a server down on one bad answer and up again on one good check: a look during a
# host's pause says little, one that lasts is the truth.
SETTLED = 5.0
ETCD_PORT = 2379
DOMAIN = "cluster.local"  # kubeadm's default


@dataclass(frozen=True)
class Unknown:
    """What cannot be said of a cluster, and why."""

    reason: str


@dataclass(frozen=True)
class Network:
    """The pod network's plugin; backend is flannel's: vxlan, host-gw or another one."""

    plugin: str
    backend: str = ""


@dataclass(frozen=True)
class Etcd:
    """Where etcd answers its clients, and the files of a client on every control plane.

    stacked: its members are on the control planes.
    """

    endpoints: tuple[str, ...]
    authority: str
    certificate: str
    key: str
    stacked: bool = True


@dataclass(frozen=True)
class Haproxy:
    """One machine's HAProxy: the names it has for the API servers, the socket where it tells their
    states (empty for none), and the port at the machine's own address where clients reach them
    (0 for none). settled: seconds after which a state is the truth."""

    servers: frozenset[str]
    socket: str
    port: int
    settled: float = SETTLED


@dataclass(frozen=True)
class Cluster:
    """All that is by machine has the name of its node as key.

    nodes are those that ought to be; own has each machine's addresses as it tells them itself.
    places is where each API server answers. keepalived names the machines that have to run it, or
    says why none does; haproxy has those that have to. logins is how ssh knows the machines that
    may be logged in to, unread why others of the inventory did not let anyone in. as_pods: the
    control plane is static pods. skew: kubelets may be older than the control plane, and what
    kubeadm makes may be missing. reached are the addresses that this host may ask by itself, server
    is where it asks the API if that is not where the kubeconfig says. holders had the VIP when it
    was found.
    """

    kubeconfig: Path
    machines: tuple[Machine, ...]
    endpoint: str
    vip: IPv4Address | Unknown
    version: str | Unknown
    service_subnet: IPv4Network | Unknown
    network: Network | Unknown
    etcd: Etcd | Unknown
    nodes: frozenset[str]
    places: Mapping[str, str]
    own: Mapping[str, frozenset[IPv4Address]]
    roles: Mapping[str, Role]
    logins: Mapping[str, str]
    keepalived: frozenset[str] | Unknown
    haproxy: Mapping[str, Haproxy] = field(default_factory=dict)
    as_pods: bool | Unknown = True
    holders: tuple[str, ...] = ()
    domain: str = DOMAIN
    skew: bool = False
    unread: Mapping[str, str] = field(default_factory=dict)
    reached: frozenset[str] = frozenset()
    server: str = ""

    @property
    def control_planes(self) -> tuple[Machine, ...]:
        return tuple(m for m in self.machines if m.role is Role.CONTROL_PLANE)

    @property
    def workers(self) -> tuple[Machine, ...]:
        return tuple(m for m in self.machines if m.role is Role.WORKER)

    @property
    def host(self) -> str:
        """What the API's certificate has to be good for: the endpoint without its port."""
        return self.endpoint.rpartition(":")[0]


def known(value: T | Unknown) -> T:
    """The value; skips the test where there is none."""
    if isinstance(value, Unknown):
        pytest.skip(value.reason)
    return value


def of_machine(cluster: Cluster, found: Mapping[str, T], machine: Machine) -> T:
    """What the machine told; skips the test where it could not be asked."""
    if machine.name not in found:
        pytest.skip(no_login(cluster, machine.name))
    return found[machine.name]


def no_login(cluster: Cluster, name: str) -> str:
    """Why that machine cannot be asked."""
    if name in cluster.unread:
        return f"{name} cannot be looked at: {cluster.unread[name]}"
    return f"no SSH login to {name} in the inventory"


def stacked(addresses: Iterable[str]) -> Etcd:
    """kubeadm's own, with a member on every control plane."""
    return Etcd(
        endpoints=tuple(f"https://{address}:{ETCD_PORT}" for address in addresses),
        authority=f"{ETCD_PKI}/ca.crt",
        certificate=f"{ETCD_PKI}/healthcheck-client.crt",
        key=f"{ETCD_PKI}/healthcheck-client.key",
    )


def of_lab(lab: Lab) -> Cluster:
    """The lab as its scenario has it."""
    masters = frozenset(machine.name for machine in lab.control_planes)
    balancer = lab.scenario.load_balancer
    haproxy = Haproxy(
        servers=masters,
        socket=SOCKET,
        port=lab.scenario.network.api_port,
        settled=max(SETTLED, forecast.server_in(balancer)),  # patient checks put one in later
    )
    kubernetes = lab.scenario.kubernetes
    return Cluster(
        kubeconfig=lab.kubeconfig,
        machines=lab.machines,
        endpoint=lab.endpoint,
        vip=lab.vip,
        version=kubernetes.version,
        service_subnet=kubernetes.service_subnet,
        network=Network(kubernetes.cni.name, kubernetes.cni.backend),
        etcd=stacked(str(machine.address) for machine in lab.control_planes),
        nodes=frozenset(machine.name for machine in lab.machines),
        places={m.name: f"{m.address}:{API_SERVER_PORT}" for m in lab.control_planes},
        own={machine.name: frozenset({machine.address}) for machine in lab.machines},
        roles={machine.name: machine.role for machine in lab.machines},
        logins={machine.name: machine.name for machine in lab.machines},
        keepalived=masters,
        haproxy=dict.fromkeys(masters, haproxy),
    )

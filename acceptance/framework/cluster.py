"""A cluster for read-only tests: a lab by its scenario, or a cluster that was discovered.

A fact that is not known is an Unknown with its reason; a test that depends on it is skipped.
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
# Seconds. HAProxy marks a server down on one bad answer and up again on one good check: a state is
# not reliable if it was seen during a pause of the host, but if it lasts.
SETTLED = 5.0
ETCD_PORT = 2379
DOMAIN = "cluster.local"  # kubeadm's default


@dataclass(frozen=True)
class Unknown:
    """A fact of a cluster that is not known, and why."""

    reason: str


@dataclass(frozen=True)
class Network:
    """The pod network's plugin; backend is flannel's: vxlan, host-gw or another one."""

    plugin: str
    backend: str = ""


@dataclass(frozen=True)
class Etcd:
    """The endpoints of etcd for clients, and the files of a client on every control plane.

    stacked: its members are on the control planes.
    """

    endpoints: tuple[str, ...]
    authority: str
    certificate: str
    key: str
    stacked: bool = True


@dataclass(frozen=True)
class Haproxy:
    """One machine's HAProxy."""

    servers: frozenset[str]  # the names it has for the API servers
    socket: str  # where it reports their states; empty for none
    port: int  # where clients reach them at the machine's own address; 0 for none
    settled: float = SETTLED  # seconds after which a state is reliable


@dataclass(frozen=True)
class Cluster:
    """A cluster. The keys of each mapping by machine are the names of the nodes."""

    kubeconfig: Path
    machines: tuple[Machine, ...]
    endpoint: str
    vip: IPv4Address | Unknown
    version: str | Unknown
    service_subnet: IPv4Network | Unknown
    network: Network | Unknown
    etcd: Etcd | Unknown
    nodes: frozenset[str]  # the nodes that should exist
    places: Mapping[str, str]  # where each API server answers
    own: Mapping[str, frozenset[IPv4Address]]  # each machine's addresses, as it reports them
    roles: Mapping[str, Role]
    logins: Mapping[str, str]  # the name in the ssh_config, for machines with a login
    keepalived: frozenset[str] | Unknown  # the machines that should run it
    haproxy: Mapping[str, Haproxy] = field(default_factory=dict)  # those that should run it
    as_pods: bool | Unknown = True  # the control plane consists of static pods
    holders: tuple[str, ...] = ()  # had the VIP at the discovery
    domain: str = DOMAIN
    # Kubelets may be older than the control plane, and what kubeadm creates may be missing.
    skew: bool = False
    unread: Mapping[str, str] = field(default_factory=dict)  # why a machine has no login
    reached: frozenset[str] = frozenset()  # addresses that this host may query itself
    server: str = ""  # where this host queries the API, unless the kubeconfig says so

    @property
    def control_planes(self) -> tuple[Machine, ...]:
        return tuple(m for m in self.machines if m.role is Role.CONTROL_PLANE)

    @property
    def workers(self) -> tuple[Machine, ...]:
        return tuple(m for m in self.machines if m.role is Role.WORKER)

    @property
    def host(self) -> str:
        """Return the name or address that the API's certificate must contain: the endpoint without
        its port."""
        return self.endpoint.rpartition(":")[0]


def known(value: T | Unknown) -> T:
    """Return the value; skip the test if it is not known."""
    if isinstance(value, Unknown):
        pytest.skip(value.reason)
    return value


def of_machine(cluster: Cluster, found: Mapping[str, T], machine: Machine) -> T:
    """Return the fact of that machine; skip the test if the machine could not be inspected."""
    if machine.name not in found:
        pytest.skip(no_login(cluster, machine.name))
    return found[machine.name]


def no_login(cluster: Cluster, name: str) -> str:
    """Return why that machine cannot be inspected."""
    if name in cluster.unread:
        return f"{name} cannot be inspected: {cluster.unread[name]}"
    return f"no SSH login to {name} in the inventory"


def stacked(addresses: Iterable[str]) -> Etcd:
    """Return kubeadm's stacked etcd, with a member on every control plane."""
    return Etcd(
        endpoints=tuple(f"https://{address}:{ETCD_PORT}" for address in addresses),
        authority=f"{ETCD_PKI}/ca.crt",
        certificate=f"{ETCD_PKI}/healthcheck-client.crt",
        key=f"{ETCD_PKI}/healthcheck-client.key",
    )


def of_lab(lab: Lab) -> Cluster:
    """Return the lab as its scenario describes it."""
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

"""The facts of an existing machine, parsed from the output of provisioners/facts.sh."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from labgen.errors import LabgenError

END = "end"
GATEWAY = 0x2  # RTF_GATEWAY, include/uapi/linux/route.h


@dataclass(frozen=True)
class Peer:
    """The state of another machine's port: open, refused, unreachable or silent."""

    address: IPv4Address
    port: int
    answer: str


@dataclass(frozen=True)
class Facts:
    """What an existing machine reports about itself."""

    os: str  # ID of os-release(5)
    version: str  # its VERSION_ID
    pretty: str  # its PRETTY_NAME
    suite: str  # its VERSION_CODENAME
    architecture: str  # as uname -m
    cores: int
    memory: int  # MiB
    disk_free: int  # MiB below /var/lib
    machine_id: str
    systemd: bool  # it is process 1
    container: str  # the kind of container that the machine is; empty for none
    cgroup_v2: bool
    capabilities: int  # bits of root's effective capabilities
    swap: tuple[str, ...]  # devices and files in use
    sysctls: Mapping[str, str]
    links: Mapping[str, str]  # interface -> MAC
    addresses: Mapping[IPv4Interface, str]  # address -> interface
    routes: tuple[tuple[str, IPv4Network], ...]  # interfaces and networks on their links
    own: frozenset[IPv4Address]  # local addresses
    listens: Mapping[int, str]  # TCP port -> program
    packages: frozenset[str]  # installed, of those in question
    clusters: tuple[str, ...]  # traces of clusters
    lab: str  # the lab that has the machine; empty for none
    endpoint: str  # that lab's API
    active: frozenset[str]  # services
    vip_mac: str  # the hardware address that answers ARP for the VIP; empty for none
    peers: tuple[Peer, ...]

    def interface(self, address: IPv4Address) -> tuple[str, IPv4Network] | None:
        """Return the interface that has the address, and its network; None if no interface has
        it."""
        for interface, name in self.addresses.items():
            if interface.ip == address:
                return name, interface.network
        if address not in self.own:
            return None
        on_link = [(name, network) for name, network in self.routes if address in network]
        return max(on_link, key=lambda pair: pair[1].prefixlen, default=None)


def parse(text: str) -> Facts:
    """Return the facts in the output of facts.sh. Raises LabgenError when the output is
    incomplete."""
    lines = text.splitlines()
    if END not in lines:
        raise LabgenError("the facts of the machine are incomplete", last_seen=(lines or ["-"])[-1])
    said = _Said(lines)
    system = said.one("os").split(maxsplit=2)
    free, size = said.one("disk").split()
    lab = dict(line.split("=", 1) for line in said.all("lab"))
    return Facts(
        os=system[0],
        version=system[1],
        pretty=system[2],
        suite=said.one("suite"),
        architecture=said.one("architecture"),
        cores=int(said.one("cores")),
        memory=int(said.one("MemTotal:").split()[0]) // 1024,
        disk_free=int(free) * int(size) // 2**20,
        machine_id=said.one("machine-id"),
        systemd=bool(said.one("systemd")),
        container=said.one("container"),
        cgroup_v2=bool(said.one("cgroup")),
        capabilities=int(said.one("CapEff:") or "0", 16),
        swap=tuple(said.all("swap")),
        sysctls=dict(said.pairs("sysctl")),
        links=dict(said.pairs("link")),
        addresses={IPv4Interface(where): name for name, where in said.pairs("address")},
        routes=tuple(_routes(said)),
        own=frozenset(IPv4Address(line) for line in said.all("local")),
        listens={int(port): program for port, program in said.pairs("listens")},
        packages=frozenset(said.all("package")),
        clusters=tuple(said.all("cluster")),
        lab=lab.get("LAB", "").strip("'"),
        endpoint=lab.get("API_ENDPOINT", "").strip("'"),
        active=frozenset(said.all("active")),
        vip_mac=said.one("arp"),
        peers=tuple(_peer(line) for line in said.all("peer")),
    )


class _Said:
    """The lines of the output, by their first word."""

    def __init__(self, lines: list[str]) -> None:
        self._lines: dict[str, list[str]] = {}
        for line in lines:
            word, _, rest = line.partition(" ")
            word, _, tail = word.partition("\t")  # /proc/self/status has tabs
            self._lines.setdefault(word, []).append(f"{tail} {rest}".strip())

    def all(self, word: str) -> list[str]:
        return self._lines.get(word, [])

    def one(self, word: str) -> str:
        """Return the first line of that word; empty if there is none."""
        return next(iter(self.all(word)), "")

    def pairs(self, word: str) -> Iterator[tuple[str, str]]:
        for line in self.all(word):
            first, _, second = line.partition(" ")
            yield first, second.strip()


def _routes(said: _Said) -> Iterator[tuple[str, IPv4Network]]:
    """Yield routes without a gateway; /proc/net/route is hex, in the host's byte order."""
    for line in said.all("route"):
        name, destination, _, flags, _, _, _, mask, *_ = line.split()
        if not int(flags, 16) & GATEWAY:
            network, bits = (IPv4Address(_swapped(word)) for word in (destination, mask))
            yield name, IPv4Network(f"{network}/{bits}")


def _swapped(word: str) -> bytes:
    return struct.pack("=I", int(word, 16))


def _peer(line: str) -> Peer:
    address, port, answer = line.split()
    return Peer(IPv4Address(address), int(port), answer)

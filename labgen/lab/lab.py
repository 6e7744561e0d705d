"""What a lab is. Everything here is settled when the lab is made and never changes after."""

import hashlib
import shlex
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from labgen.errors import UsageError
from labgen.lab import jump_host
from labgen.scenario.model import Host, Role, Scenario
from labgen.system import paths
from labgen.system.jump_host import JumpHost

API_SERVER_PORT = 6443
MAC_PREFIX = "02:00"  # locally administered, unicast (IEEE 802)


@dataclass(frozen=True)
class Machine:
    """memory in MiB, disk in GiB. host is there for a machine that exists."""

    name: str
    role: Role
    address: IPv4Address
    cpus: int
    memory: int
    disk: int
    host: Host | None = None

    @property
    def port(self) -> int:
        """Where its sshd listens."""
        return self.host.port if self.host else 22

    @property
    def mac(self) -> str:
        """The same for life: neighbours' caches stay true when the machine comes back."""
        return ":".join([MAC_PREFIX, *(f"{byte:02x}" for byte in self.address.packed)])


@dataclass(frozen=True)
class Lab:
    """A lab's settled facts. router_id is its VRRP virtual router id, 1 to 255.

    network_namespace is the inode of the host's network namespace the lab was made in.
    """

    name: str
    scenario: Scenario
    subnet: IPv4Network
    vip: IPv4Address
    router_id: int
    machines: tuple[Machine, ...]
    provider: str
    network_namespace: int

    @property
    def directory(self) -> Path:
        return labs_directory() / self.name

    @property
    def control_planes(self) -> tuple[Machine, ...]:
        return tuple(m for m in self.machines if m.role is Role.CONTROL_PLANE)

    @property
    def workers(self) -> tuple[Machine, ...]:
        return tuple(m for m in self.machines if m.role is Role.WORKER)

    @property
    def gateway(self) -> IPv4Address:
        """The host's own address on the lab's bridge."""
        return self.subnet.network_address + 1

    @property
    def endpoint_port(self) -> int:
        """Where every client reaches the API on the VIP: HAProxy, or past it the API server."""
        direct = self.scenario.load_balancer.direct
        return API_SERVER_PORT if direct else self.scenario.network.api_port

    @property
    def endpoint(self) -> str:
        """VIP:port, where every client reaches the API."""
        return f"{self.vip}:{self.endpoint_port}"

    @property
    def jump(self) -> JumpHost | None:
        """The host on the way to the machines; None where they are on this one."""
        return jump_host.jump(self.scenario.provider, self.sockets / ".jump")

    def local_endpoint(self, address: IPv4Address) -> IPv4Address:
        """Where clients here reach an address of the lab: itself, or what leads there by the jump.

        Ports are the same; access.near() has one of them lead on.
        """
        return jump_host.local_endpoint(address) if self.jump else address

    @property
    def server(self) -> str:
        """The API's URL for clients here; its certificate is for the VIP."""
        return f"https://{self.local_endpoint(self.vip)}:{self.endpoint_port}"

    @property
    def slowdown(self) -> int:
        """How many times as long as usual everything may take here."""
        return self.scenario.load_balancer.timings.slowdown

    @property
    def id(self) -> str:
        """Eight hex digits, for names that must be short: interfaces and sockets."""
        return lab_id(self.name)

    @property
    def bridge(self) -> str:
        """The lab's bridge on the host."""
        return bridge(self.name)

    @property
    def ssh_config(self) -> Path:
        return self.directory / "ssh_config"

    @property
    def sockets(self) -> Path:
        """SSH's shared connections; a socket's path may have 107 characters (unix(7)), so it does
        not lie in the lab's directory."""
        return paths.runtime() / self.id

    @property
    def journal(self) -> Path:
        return self.directory / "journal.jsonl"

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "kubeconfig"

    @property
    def keys(self) -> Path:
        return self.directory / "keys"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def context(self) -> str:
        """The name of the lab's context in the user's kubeconfig."""
        return f"labgen-{self.name}"

    @property
    def up_command(self) -> str:
        """What to type to have this lab made or completed."""
        source = self.scenario.source
        known = source.parent.name == "scenarios" and source.stem == self.scenario.name
        words = ["labgen", "up", self.scenario.name if known else str(source)]
        words += ["--name", self.name] if self.name != self.scenario.name else []
        words += [word for override in self.scenario.overrides for word in ("-s", override)]
        return shlex.join(words)

    def machine(self, name: str) -> Machine:
        """The machine of that name; WrongCall with the names there are."""
        for machine in self.machines:
            if machine.name == name:
                return machine
        known = ", ".join(machine.name for machine in self.machines)
        raise UsageError(f"lab {self.name} has no machine {name}", hint=f"its machines: {known}")


def lab_id(name: str) -> str:
    """See Lab.id; the same before the lab is made."""
    return directory_id(labs_directory() / name)


def directory_id(directory: Path) -> str:
    """Lab.id of the lab at that directory, which need not be there any more."""
    return hashlib.sha256(str(directory).encode()).hexdigest()[:8]


def bridge(name: str) -> str:
    """See Lab.bridge; interface names hold 15 characters (IFNAMSIZ)."""
    return f"lab{lab_id(name)}"


def labs_directory() -> Path:
    return paths.state() / "labs"

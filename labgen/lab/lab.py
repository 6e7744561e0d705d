"""What a lab is. Everything here is decided when the lab is created and never changes."""

import shlex
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from labgen.errors import UsageError
from labgen.lab import identity, jump_host
from labgen.scenario import catalog
from labgen.scenario.model import Host, Role, Scenario
from labgen.system import data, paths
from labgen.system.jump_host import JumpHost
from labgen.system.similar import did_you_mean

API_SERVER_PORT = 6443
MAC_PREFIX = "02:00"  # locally administered, unicast (IEEE 802)


@dataclass(frozen=True)
class Machine:
    """A machine of a lab."""

    name: str
    role: Role
    address: IPv4Address
    cpus: int
    memory: int  # MiB
    disk: int  # GiB
    host: Host | None = None  # of an existing machine

    @property
    def port(self) -> int:
        """Return the port of its sshd."""
        return self.host.port if self.host else 22

    @property
    def mac(self) -> str:
        """Return its MAC address, which never changes, so neighbours' ARP caches stay valid after a
        reboot."""
        return ":".join([MAC_PREFIX, *(f"{byte:02x}" for byte in self.address.packed)])


@dataclass(frozen=True)
class Origin:
    """The checkpoint from which the machines of a lab were made."""

    path: Path  # its directory, or the file that `checkpoint export` wrote
    words: str = ""  # what `up --from` was given; empty for a warm start
    same_certificates: bool = False  # whether the cluster has the certificates of the first one


@dataclass(frozen=True)
class Lab:
    """A lab's facts, decided when it was created."""

    name: str
    scenario: Scenario
    subnet: IPv4Network
    vip: IPv4Address
    router_id: int  # VRRP's virtual router id, 1 to 255
    machines: tuple[Machine, ...]
    provider: str
    network_namespace: int  # inode of the host's namespace in which it was created
    identity: str = ""  # see Lab.id; empty in labs of versions before it
    origin: Origin | None = None  # None: its machines were built from scratch

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
        """Return the host's own address on the lab's bridge."""
        return self.subnet.network_address + 1

    @property
    def endpoint_port(self) -> int:
        """Return the port at which clients reach the API on the VIP."""
        direct = self.scenario.load_balancer.direct
        return API_SERVER_PORT if direct else self.scenario.network.api_port

    @property
    def endpoint(self) -> str:
        """Return VIP:port, where every client reaches the API."""
        return f"{self.vip}:{self.endpoint_port}"

    @property
    def jump(self) -> JumpHost | None:
        """Return the host through which machines are reached; None where they are on this host."""
        return jump_host.jump(self.scenario.provider, self.sockets / ".jump")

    def local_endpoint(self, address: IPv4Address) -> IPv4Address:
        """Return where clients on this host reach an address of the lab: the address itself, or the
        local address that leads there through the jump host.

        Ports are the same; access.local_endpoint() forwards one.
        """
        return jump_host.local_endpoint(address) if self.jump else address

    @property
    def server(self) -> str:
        """Return the API's URL for clients on this host; its certificate is for the VIP."""
        return f"https://{self.local_endpoint(self.vip)}:{self.endpoint_port}"

    @property
    def slowdown(self) -> int:
        """Return the factor for every timeout that has no separate setting."""
        return self.scenario.load_balancer.timings.slowdown

    @property
    def id(self) -> str:
        """Return eight hex digits that no other lab has. They are in labels, and in names that must
        be short: interfaces and sockets."""
        return self.identity or identity.older(self.directory)

    @property
    def bridge(self) -> str:
        """Return the name of the lab's bridge on the host; such names have 15 characters at most
        (IFNAMSIZ)."""
        return f"lab{self.id}"

    @property
    def machine_prefix(self) -> str:
        """Return what the names of its machines begin with on the host, in podman and in libvirt.

        Lab site with machine a-node1 and lab site-a with machine node1 must not meet, and no lab's
        name contains a dot. Labs of older versions keep their names.
        """
        return f"labgen-{self.name}{'.' if self.identity else '-'}"

    @property
    def ssh_config(self) -> Path:
        return self.directory / "ssh_config"

    @property
    def sockets(self) -> Path:
        """Return the directory of SSH's shared connections. It is outside the lab's directory
        because the path of a socket may have at most 107 characters (unix(7))."""
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
        """Return the name of the lab's context in the user's kubeconfig."""
        return f"labgen-{self.name}"

    @property
    def up_command(self) -> str:
        """Return the command that creates or completes this lab, from any working directory."""
        source = self.scenario.source.absolute()
        shipped = data.directory("scenarios") / f"{self.scenario.name}.yaml"
        # a file of that name in the working directory would be found first, and another version of
        # labgen may not have the scenario
        known = source == shipped and shipped.is_file()
        known = known and catalog.find(shipped.stem).samefile(shipped)
        words = ["labgen", "up", self.scenario.name if known else str(source)]
        words += ["--name", self.name] if self.name != self.scenario.name else []
        if self._clone_command and not (known or source.is_file()):
            return self._clone_command  # of another host, which has the scenario's file
        words += [word for override in self.scenario.overrides for word in ("-s", override)]
        return shlex.join(words)

    @property
    def create_command(self) -> str:
        """Return the command that creates this lab again after it was removed."""
        return self._clone_command or self.up_command

    @property
    def _clone_command(self) -> str:
        """Return the command that makes this lab from the checkpoint that it was made from; empty
        if none was named."""
        if not (self.origin and self.origin.words):
            return ""
        words = ["labgen", "up", "--from", self.origin.words, "--name", self.name]
        words += ["--same-certificates"] if self.origin.same_certificates else []
        return shlex.join(words)

    def machine(self, name: str) -> Machine:
        """Return the machine of that name. Raises UsageError with the existing names."""
        for machine in self.machines:
            if machine.name == name:
                return machine
        known = [machine.name for machine in self.machines]
        question = did_you_mean(name, known)
        raise UsageError(
            f"lab {self.name} has no machine {name}{question}",
            hint=f"its machines: {', '.join(known)}",
        )


def bridge(name: str) -> str:
    """Return Lab.bridge of the existing lab of that name, also if it cannot be loaded."""
    directory = labs_directory() / name
    return f"lab{identity.known(directory) or identity.older(directory)}"


def labs_directory() -> Path:
    return paths.state() / "labs"

"""Three control planes and a worker that are simulated, and the facts of good machines."""

from collections.abc import Mapping
from ipaddress import IPv4Interface
from pathlib import Path

from labgen.bundle.parts import sources
from labgen.lab import allocation
from labgen.lab.lab import Lab, Machine
from labgen.machine.facts import Facts
from labgen.machine.gather_facts import Surveyed
from labgen.machine.login import Unread
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load

SCENARIO = """\
name: site
network: {subnet: 192.168.0.0/24, vip: 192.168.0.244}
provider: {name: ssh}
machines:
  - role: control-plane
    hosts: [{address: 192.168.0.3}, {address: 192.168.0.4}, {address: 192.168.0.5}]
  - role: worker
    hosts: [{address: 192.168.0.6, user: admin, port: 2222}]
"""


def lab(directory: Path, text: str = SCENARIO) -> Lab:
    """Return the lab of that scenario; nothing is created."""
    path = directory / "site.yaml"
    path.write_text(text)
    scenario = load(path, host_environment=HostEnvironment())
    assert scenario.network.subnet
    return allocation.settle(scenario, "site", "ssh", subnet=scenario.network.subnet, router_id=244)


def facts(machine: Machine) -> Facts:
    """Return the facts of a new Debian 13 without additional software."""
    last = machine.address.packed[-1]
    processor = {go: name for name, go in sources.GO_ARCHITECTURES.items()}
    return Facts(
        os="debian",
        version="13",
        pretty="Debian GNU/Linux 13 (trixie)",
        suite="trixie",
        architecture=processor[sources.architecture()],
        cores=2,
        memory=2000,
        disk_free=20_000,
        machine_id=f"{last:032x}",
        systemd=True,
        container="",
        cgroup_v2=True,
        capabilities=2**41 - 1,
        swap=(),
        sysctls={"net.ipv4.ip_forward": "0"},
        links={"lo": "00:00:00:00:00:00", "ens3": f"52:54:00:00:00:{last:02x}"},
        addresses={IPv4Interface(f"{machine.address}/24"): "ens3"},
        routes=(),
        own=frozenset({machine.address}),
        listens={22: "sshd"},
        packages=frozenset(),
        clusters=(),
        lab="",
        endpoint="",
        active=frozenset(),
        vip_mac="",
        peers=(),
    )


def read(lab: Lab, **other: Surveyed | Unread | Facts) -> Mapping[str, Surveyed | Unread]:
    """Return good facts for all machines, except for the given ones."""
    said: dict[str, Surveyed | Unread] = {
        machine.name: surveyed(facts(machine)) for machine in lab.machines
    }
    given = {name: surveyed(it) if isinstance(it, Facts) else it for name, it in other.items()}
    return said | given


def surveyed(found: Facts, *, clock: float = 0.0, uncertainty: float = 0.01) -> Surveyed:
    return Surveyed(found, clock=clock, uncertainty=uncertainty, seen_from="192.168.0.1")

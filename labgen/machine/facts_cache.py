"""The facts of existing machines that a lab stores, because rendered files depend on them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path

from pydantic import TypeAdapter

from labgen.lab.lab import Lab, Machine
from labgen.machine.facts import Facts
from labgen.machine.gather_facts import Surveyed
from labgen.machine.login import Unread
from labgen.system import files, host
from labgen.system.host import CAP_SYS_RESOURCE, HostFacts, MachineProfile


@dataclass(frozen=True)
class Settled:
    """The stored facts of one machine."""

    interface: str  # has the machine's address
    seen_from: IPv4Address  # labgen's host as the machine sees it
    shared_kernel: bool  # the machine is a container itself
    cgroup_v2: bool
    may_raise_limits: bool  # root has CAP_SYS_RESOURCE
    bridge_netfilter: bool  # bridged packets pass iptables


_adapter = TypeAdapter(dict[str, Settled])
UNKNOWN = Settled(
    "INTERFACE", IPv4Address("192.0.2.1"), False, True, True, True
)  # before anything is read


def load(lab: Lab) -> Mapping[str, Settled]:
    """Return the stored facts by machine; empty before the lab is created."""
    path = _path(lab)
    return _adapter.validate_json(path.read_bytes()) if path.exists() else {}


def settle(lab: Lab, read: Mapping[str, Surveyed | Unread]) -> None:
    """Store the facts of new machines. Raises the Unread of a machine without any facts."""
    known = dict(load(lab))
    for machine in lab.machines:
        if machine.name in known:
            continue
        said = read[machine.name]
        if isinstance(said, Unread):
            raise said
        known[machine.name] = _settled(machine, said)
    files.write(_path(lab), _adapter.dump_json(known, indent=2) + b"\n")


def machine_profile(settled: Mapping[str, Settled], machine: Machine) -> MachineProfile:
    """Return how the machine differs from one that labgen creates."""
    known = settled.get(machine.name, UNKNOWN)
    usual = host.none_needed()
    if known.shared_kernel:
        usual = host.adapt(
            HostFacts(
                root=True,
                kernel=(0, 0),
                cgroup_v2=known.cgroup_v2,
                may_raise_limits=known.may_raise_limits,
                open_files_limit=0,
                processes_limit=0,
                kernel_modules=None,
                bridge_netfilter=known.bridge_netfilter,
            )
        )
    return replace(usual, bare=True, interface=known.interface, host_address=known.seen_from)


def _settled(machine: Machine, said: Surveyed) -> Settled:
    facts: Facts = said.facts
    found = facts.interface(machine.address)
    return Settled(
        interface=found[0] if found else UNKNOWN.interface,
        seen_from=IPv4Address(said.seen_from),
        shared_kernel=bool(facts.container),
        cgroup_v2=facts.cgroup_v2,
        may_raise_limits=bool(facts.capabilities >> CAP_SYS_RESOURCE & 1),
        bridge_netfilter="net.bridge.bridge-nf-call-iptables" in facts.sysctls,
    )


def _path(lab: Lab) -> Path:
    return lab.directory / "machines.json"

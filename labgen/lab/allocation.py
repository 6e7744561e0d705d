"""The addresses and the router id of a new lab: its own, so that no two labs meet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from labgen.errors import UsageError
from labgen.lab import identity, jump_host, subnets
from labgen.lab.lab import Lab, Machine, Origin, labs_directory
from labgen.scenario.addresses import (
    free_router_id,
    free_subnet,
    host,
    machine_addresses,
    usual_router_id,
    vip_address,
)
from labgen.scenario.model import Scenario
from labgen.scenario.routes import host_routes
from labgen.system import netns


@dataclass(frozen=True)
class Template:
    """A lab, and the checkpoint of it from which the machines of another lab are made."""

    lab: Lab
    origin: Origin


def settle(
    scenario: Scenario, name: str, provider: str, *, subnet: IPv4Network, router_id: int
) -> Lab:
    """Return the lab that results from the scenario on subnet; nothing is created.

    Its id is a placeholder: make() gives it a random one.
    """
    addresses = machine_addresses(scenario, subnet)
    return Lab(
        name=name,
        scenario=scenario,
        subnet=subnet,
        vip=vip_address(scenario, subnet),
        router_id=router_id,
        machines=tuple(
            Machine(m.name, m.role, addresses[m.name], m.cpus, m.memory, m.disk, m.host)
            for m in scenario.machines
        ),
        provider=provider,
        network_namespace=netns.inode(),
        identity=identity.by_path(labs_directory() / name),
    )


def allocate(
    scenario: Scenario,
    name: str,
    provider: str,
    others: Sequence[Lab],
    template: Template | None = None,
) -> Lab:
    """Return the lab that results from the scenario next to the others; nothing is created.

    With a template, it has that one's numbers: each address has the place in its subnet that it
    has in the template's, because only the subnet's part of an address is changed on the machines.
    Raises UsageError if the scenario's subnet is taken. A lab next to one whose checkpoint was
    named gets another subnet then.
    """
    if template is None:
        return _allocate(scenario, name, provider, others)
    if not template.origin.words:
        new = _allocate(scenario, name, provider, others)
    else:
        subnet = _subnet_like(template.lab, scenario, others)
        new = settle(scenario, name, provider, subnet=subnet, router_id=template.lab.router_id)
    vip = host(new.subnet, int(template.lab.vip) - int(template.lab.subnet.network_address))
    return replace(new, vip=vip, router_id=template.lab.router_id, origin=template.origin)


def _allocate(scenario: Scenario, name: str, provider: str, others: Sequence[Lab]) -> Lab:
    subnet = scenario.network.subnet or free_subnet(_taken(scenario, others))
    for other in others:
        if _collide(scenario, subnet, other):
            raise UsageError(
                f"network.subnet {subnet} overlaps {other.subnet} of lab {other.name}",
                hint="use subnet: auto, or remove that lab first",
            )
    for reservation in subnets.reserved():
        if not scenario.existing and reservation.subnet.overlaps(subnet):
            raise UsageError(
                f"network.subnet {subnet} overlaps {reservation.subnet} of {reservation.owner}",
                hint="use subnet: auto, or remove that lab first",
            )
    taken = [other.router_id for other in others]
    router_id = free_router_id(taken)
    if scenario.existing and scenario.network.vip:
        # labs in that network, of another labgen, have another VIP
        router_id = usual_router_id(scenario.network.vip, taken)
    return settle(scenario, name, provider, subnet=subnet, router_id=router_id)


def _collide(scenario: Scenario, subnet: IPv4Network, other: Lab) -> bool:
    """Return whether the two labs overlap. Labs of existing machines can share a network."""
    if not (scenario.existing and other.scenario.existing):
        return other.subnet.overlaps(subnet)
    mine = {machine.host.address for machine in scenario.machines if machine.host}
    theirs = {machine.address for machine in other.machines}
    return bool({*mine, scenario.network.vip} & {*theirs, other.vip})


def _subnet_like(like: Lab, scenario: Scenario, others: Sequence[Lab]) -> IPv4Network:
    """Return the scenario's subnet if it is free, else a free one of the same prefix length."""
    taken = _taken(scenario, others)
    wanted = scenario.network.subnet
    if wanted and not any(wanted.overlaps(it) for it in taken):
        return wanted
    return free_subnet(taken, like.subnet.prefixlen)


def _taken(scenario: Scenario, others: Sequence[Lab]) -> list[IPv4Network]:
    taken = [other.subnet for other in others]
    taken += [reservation.subnet for reservation in subnets.reserved()]
    taken += [route.destination for route in host_routes()]
    if jump := jump_host.jump(scenario.provider):
        taken += [route.destination for route in host_routes(jump)]
    taken += [scenario.kubernetes.pod_subnet, scenario.kubernetes.service_subnet]
    return taken

"""Whether existing machines are named as such, and each of them once."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from labgen.scenario.addresses import last_usable
from labgen.scenario.diagnostics import Field, Mistake
from labgen.scenario.validation_context import FIRST_HOST, SUBNET, VIP, Draft

PROVIDER: Field = ("provider", "name")
LOGIN = ("user", "port", "key", "sudoPasswordFile", "jump")
SIZES = ("count", "cpus", "memory", "disk")


def machines_come_from_the_provider(draft: Draft) -> Iterator[Mistake]:
    if not draft.trusts(PROVIDER):
        return
    name = draft.part.provider.name
    for field, group in draft.groups:
        hosts: Field = (*field, "hosts")
        if group.hosts and not draft.existing:
            text = (
                f"the provider {name} makes its machines; write provider.name: ssh for machines "
                "that exist, or leave hosts out"
            )
            yield Mistake(hosts, text, also=(PROVIDER,))
        elif draft.existing and not group.hosts and draft.trusts(hosts, field):
            text = "the provider ssh makes no machines; list those that exist, each with an address"
            yield Mistake(hosts, text, also=(PROVIDER,))


def network_is_named(draft: Draft) -> Iterator[Mistake]:
    """What labgen would choose is somebody's in a network that it did not make."""
    if not draft.existing:
        return
    network = draft.part.network
    if network.subnet is None and draft.trusts(SUBNET):
        text = "existing machines have a network; name it, as 192.168.0.0/24"
        yield Mistake(SUBNET, text, also=(PROVIDER,))
    if network.vip is None and draft.trusts(VIP):
        text = "name an address of the machines' network that nobody has, as 192.168.0.244"
        yield Mistake(VIP, text, also=(PROVIDER,))
    if draft.written(FIRST_HOST):
        text = "existing machines have addresses; leave it out"
        yield Mistake(FIRST_HOST, text, also=(PROVIDER,))


def addresses_are_their_own(draft: Draft) -> Iterator[Mistake]:
    subnet = draft.part.network.subnet
    seen: dict[IPv4Address, str] = {}
    for field, name, host in draft.hosts:
        address: Field = (*field, "address")
        if not draft.trusts(address):
            continue
        if host.address in seen:
            text = f"{host.address} is {seen[host.address]}'s; each machine has its own"
            yield Mistake(address, text)
        seen.setdefault(host.address, name)
        if subnet is None or not draft.trusts(SUBNET):
            continue
        number = int(host.address) - int(subnet.network_address)
        if not 1 <= number <= last_usable(subnet):
            text = f"{host.address} is no machine's address in network.subnet {subnet}"
            yield Mistake(address, f"{text}; correct one of them", also=(SUBNET,))


def power_goes_off_and_on(draft: Draft) -> Iterator[Mistake]:
    for field, name, host in draft.hosts:
        power: Field = (*field, "power")
        if bool(host.power.on) != bool(host.power.off) and draft.trusts(power):
            lacking = "off" if host.power.on else "on"
            text = f"{name} has no command for {lacking}; name both, or leave power out"
            yield Mistake(power, text)


def logins_are_for_existing_machines(draft: Draft) -> Iterator[Mistake]:
    if draft.existing or not draft.trusts(PROVIDER):
        return
    for key in LOGIN:
        field: Field = ("provider", key)
        if draft.written(field):
            name = draft.part.provider.name
            text = f"the provider {name} has logins of its own; write name: ssh, or leave it out"
            yield Mistake(field, text, also=(PROVIDER,))


def sizes_are_their_own(draft: Draft) -> Iterator[Mistake]:
    if not draft.existing:
        return
    for field, _ in draft.groups:
        for key in SIZES:
            if draft.written((*field, key)):
                known = "hosts says how many" if key == "count" else "existing machines have theirs"
                yield Mistake((*field, key), f"{known}; leave {key} out", also=(PROVIDER,))

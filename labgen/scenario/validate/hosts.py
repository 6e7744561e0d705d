"""Check that existing machines are declared as such, and each of them once."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from labgen.scenario.addresses import last_usable
from labgen.scenario.diagnostics import Diagnostic, Field
from labgen.scenario.validation_context import FIRST_HOST, SUBNET, VIP, ValidationContext

PROVIDER: Field = ("provider", "name")
LOGIN = ("user", "port", "key", "sudoPasswordFile", "jump")
SIZES = ("count", "cpus", "memory", "disk")


def machines_come_from_the_provider(context: ValidationContext) -> Iterator[Diagnostic]:
    if not context.trusts(PROVIDER):
        return
    name = context.part.provider.name
    for field, group in context.groups:
        hosts: Field = (*field, "hosts")
        if group.hosts and not context.existing:
            text = (
                f"the provider {name} creates its machines; write provider.name: ssh for "
                "existing machines, or leave hosts out"
            )
            yield Diagnostic(hosts, text, also=(PROVIDER,))
        elif context.existing and not group.hosts and context.trusts(hosts, field):
            text = (
                "the provider ssh creates no machines; list those that exist, each with an address"
            )
            yield Diagnostic(hosts, text, also=(PROVIDER,))


def network_is_named(context: ValidationContext) -> Iterator[Diagnostic]:
    """Require a network and a VIP, because labgen must not choose addresses in a network that it
    does not own."""
    if not context.existing:
        return
    network = context.part.network
    if network.subnet is None and context.trusts(SUBNET):
        text = "existing machines have a network; name it, for example 192.168.0.0/24"
        yield Diagnostic(SUBNET, text, also=(PROVIDER,))
    if network.vip is None and context.trusts(VIP):
        text = (
            "name an address of the machines' network that is not in use, for example 192.168.0.244"
        )
        yield Diagnostic(VIP, text, also=(PROVIDER,))
    if context.written(FIRST_HOST):
        text = "existing machines have addresses already; leave this field out"
        yield Diagnostic(FIRST_HOST, text, also=(PROVIDER,))


def addresses_are_their_own(context: ValidationContext) -> Iterator[Diagnostic]:
    subnet = context.part.network.subnet
    seen: dict[IPv4Address, str] = {}
    for field, name, host in context.hosts:
        address: Field = (*field, "address")
        if not context.trusts(address):
            continue
        if host.address in seen:
            text = f"{host.address} is {seen[host.address]}'s; give each machine its own"
            yield Diagnostic(address, text)
        seen.setdefault(host.address, name)
        if subnet is None or not context.trusts(SUBNET):
            continue
        number = int(host.address) - int(subnet.network_address)
        if not 1 <= number <= last_usable(subnet):
            text = f"{host.address} cannot be a machine's address in network.subnet {subnet}"
            yield Diagnostic(address, f"{text}; correct one of them", also=(SUBNET,))


def power_goes_off_and_on(context: ValidationContext) -> Iterator[Diagnostic]:
    for field, name, host in context.hosts:
        power: Field = (*field, "power")
        if bool(host.power.on) != bool(host.power.off) and context.trusts(power):
            lacking = "off" if host.power.on else "on"
            text = f"{name} has no command for {lacking}; name both, or leave power out"
            yield Diagnostic(power, text)


def logins_are_for_existing_machines(context: ValidationContext) -> Iterator[Diagnostic]:
    if context.existing or not context.trusts(PROVIDER):
        return
    for key in LOGIN:
        field: Field = ("provider", key)
        if context.written(field):
            name = context.part.provider.name
            text = (
                f"the provider {name} does not use your logins; write name: ssh, or leave this "
                "field out"
            )
            yield Diagnostic(field, text, also=(PROVIDER,))


def sizes_are_their_own(context: ValidationContext) -> Iterator[Diagnostic]:
    if not context.existing:
        return
    for field, _ in context.groups:
        for key in SIZES:
            if context.written((*field, key)):
                known = (
                    "hosts sets the number"
                    if key == "count"
                    else "existing machines have their own size"
                )
                yield Diagnostic((*field, key), f"{known}; leave {key} out", also=(PROVIDER,))

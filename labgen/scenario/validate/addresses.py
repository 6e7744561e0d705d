"""Check that machines and the VIP have valid addresses in the machine network."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from labgen.scenario.addresses import GATEWAY, last_usable, vip_number
from labgen.scenario.diagnostics import Diagnostic
from labgen.scenario.validation_context import FIRST_HOST, SUBNET, VIP, ValidationContext

# A subnet that labgen chooses is a /24; which one is irrelevant here.
CHOSEN = IPv4Network("10.89.0.0/24")
# Ports that a control plane's own programs listen on: the Kubernetes documentation's page
# "Ports and Protocols", etcd's and kube-proxy's metrics, sshd.
TAKEN_PORTS = {
    22: "sshd",
    2379: "etcd",
    2380: "etcd",
    2381: "etcd",
    6443: "the API server itself",
    10248: "the kubelet",
    10249: "kube-proxy",
    10250: "the kubelet",
    10256: "kube-proxy",
    10257: "the controller manager",
    10259: "the scheduler",
}


def subnet_is_for_machines(context: ValidationContext) -> Iterator[Diagnostic]:
    subnet = context.part.network.subnet
    if subnet is None:
        return
    for kind in ("loopback", "link_local", "multicast", "reserved", "unspecified"):
        if getattr(subnet, f"is_{kind}"):
            word = kind.replace("_", "-")
            yield Diagnostic(
                SUBNET, f"{subnet} is {word}; use a private range such as 10.89.50.0/24"
            )
            return


def machines_have_addresses(context: ValidationContext) -> Iterator[Diagnostic]:
    if context.existing or not (context.trusts(SUBNET, FIRST_HOST) and context.counts_known):
        return
    subnet = context.part.network.subnet or CHOSEN
    numbers = context.host_numbers
    last, end = last_usable(subnet), numbers[-1] if numbers else 0
    vip_needs_one = context.part.network.vip is None and vip_number(subnet, numbers) is None
    if end <= last and not vip_needs_one:
        return
    needed = end + 1 if vip_needs_one else end
    prefix = 32 - (needed + 1).bit_length()
    vip = " and one for the VIP" if vip_needs_one else ""
    remedy = f"use a /{prefix} or larger"
    if context.part.network.subnet is None:
        remedy = f"name a subnet, a /{prefix} or larger"
    text = (
        f"too few addresses: {'a chosen /24' if subnet is CHOSEN else subnet} has host numbers up "
        f"to {max(last, 0)}, {len(numbers)} machines from number {numbers[0]} need up to {end}"
        f"{vip}; {remedy}"
    )
    yield Diagnostic(SUBNET, text, also=(FIRST_HOST, *context.count_fields))


def vip_is_free(context: ValidationContext) -> Iterator[Diagnostic]:
    vip, subnet = context.part.network.vip, context.part.network.subnet
    if vip is None or not context.trusts(SUBNET, VIP):
        return
    if subnet is None:
        text = f"{vip} needs a subnet around it; name network.subnet too, or leave vip at auto"
        yield Diagnostic(VIP, text, also=(SUBNET,))
        return
    numbers_known = context.trusts(FIRST_HOST) and context.counts_known
    numbers = context.host_numbers if numbers_known else ()
    number = vip_number(subnet, numbers)
    example = f", for instance {subnet.network_address + number}" if number else ""
    remedy = f"use an address in it that no machine has{example}"
    place = int(vip) - int(subnet.network_address)
    if vip not in subnet:
        text = f"{vip} is outside network.subnet {subnet}; {remedy}"
        yield Diagnostic(VIP, text, also=(SUBNET,))
        return
    special = {
        0: "the network address of",
        subnet.num_addresses - 1: "the broadcast address of",
        GATEWAY: "the gateway's address in",
    }
    if place in special:
        yield Diagnostic(VIP, f"{vip} is {special[place]} {subnet}; {remedy}", also=(SUBNET,))
    elif place in numbers:
        text = f"{vip} is {context.machine_name(place)}'s address in {subnet}; {remedy}"
        yield Diagnostic(VIP, text, also=(SUBNET, FIRST_HOST, *context.count_fields))


def api_port_is_free(context: ValidationContext) -> Iterator[Diagnostic]:
    field = ("network", "apiPort")
    port = context.part.network.api_port
    if port in TAKEN_PORTS and context.trusts(field):
        owner = TAKEN_PORTS[port]
        text = f"{port} is used by {owner} on every control plane; use another, such as 8443"
        yield Diagnostic(field, text)

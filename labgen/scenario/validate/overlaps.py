"""Check that the addresses of machines, pods, services and the host do not overlap."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from labgen.scenario.addresses import free_range
from labgen.scenario.diagnostics import Diagnostic, Field, dotted
from labgen.scenario.validation_context import POD_SUBNET, SERVICE_SUBNET, SUBNET, ValidationContext
from labgen.scenario.values import by_ssh

# Prefixes of the ranges that messages propose: for machines, and for pods or Services.
MACHINES, CLUSTER = 24, 16


def subnets_are_apart(context: ValidationContext) -> Iterator[Diagnostic]:
    for (one, one_subnet), (other, other_subnet) in combinations(_subnets(context), 2):
        if not one_subnet.overlaps(other_subnet):
            continue
        # Report the field that was written, not a default.
        blame_one = context.written(one) and not context.written(other)
        field, subnet = (one, one_subnet) if blame_one else (other, other_subnet)
        with_field, with_subnet = (other, other_subnet) if blame_one else (one, one_subnet)
        text = (
            f"{subnet} overlaps {dotted(with_field)} {with_subnet}; use ranges that do not overlap"
        )
        yield Diagnostic(field, text, also=(with_field,))


def host_reaches_none_of_them(context: ValidationContext) -> Iterator[Diagnostic]:
    if by_ssh(context.part.provider.uri):
        return  # the lab is on another host, whose libvirt checks its routes
    routes = context.host_environment.routes
    taken = [*(subnet for _, subnet in _subnets(context)), *(it.destination for it in routes)]
    for field, subnet in _subnets(context):
        if context.existing and field == SUBNET:
            continue  # this host must reach existing machines
        route = next((it for it in routes if subnet.overlaps(it.destination)), None)
        if route is None:
            continue
        written = context.written(field)
        text = f"{subnet}{'' if written else ', the default,'} overlaps {route.destination}, "
        text += f"{route.what}; use a range that this host does not use"
        if free := free_range(taken, MACHINES if field == SUBNET else CLUSTER):
            taken.append(free)
            option = "" if written else f"-s {dotted(field)}="
            text += f", for example {option}{free}"
        yield Diagnostic(field, text, unwritten=not written)


def _subnets(context: ValidationContext) -> list[tuple[Field, IPv4Network]]:
    """Return the known subnets. A subnet that labgen chooses avoids the others by itself."""
    all_of_them = [
        (SUBNET, context.part.network.subnet),
        (POD_SUBNET, context.part.kubernetes.pod_subnet),
        (SERVICE_SUBNET, context.part.kubernetes.service_subnet),
    ]
    return [(field, net) for field, net in all_of_them if net is not None and context.trusts(field)]

"""The API's endpoint: whether its address is virtual, and which program manages it."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from acceptance.framework.cluster import Unknown
from acceptance.framework.discovery.inspect import Inspection
from acceptance.framework.discovery.objects import Objects
from labgen.lab.lab import Machine
from labgen.scenario.model import Role

KUBE_VIP = "kube-vip"
KUBE_VIP_ADDRESS = ("address", "vip_address")  # its environment's words, the second older


@dataclass(frozen=True)
class Vip:
    """The VIP, the program that is configured with it, and the machines that have it now."""

    address: IPv4Address | Unknown
    kept_by: str = ""
    holders: tuple[str, ...] = ()


def resolved(host: str) -> IPv4Address | Unknown:
    """Return the address of the endpoint's name, as this host resolves it."""
    try:
        return IPv4Address(socket.gethostbyname(host))
    except (OSError, ValueError) as error:
        return Unknown(f"{host}, the API's endpoint, has no IPv4 address here: {error}")


def classify(
    endpoint: str,
    address: IPv4Address | Unknown,
    machines: tuple[Machine, ...],
    inspections: Mapping[str, Inspection],
    objects: Objects,
) -> Vip:
    """Return the VIP, judged by the address's owner, its present holders, and the program
    configured with it."""
    if isinstance(address, Unknown):
        return Vip(address)
    owner = next((machine.name for machine in machines if machine.address == address), None)
    if owner:
        return _none(f"the API's endpoint {endpoint} is {owner}'s own address")
    holders = [name for name, seen in inspections.items() if address in seen.addresses]
    keeper = _keeper(address, inspections, objects)
    if holders or keeper:
        return Vip(address, keeper, tuple(holders))
    masters = [machine.name for machine in machines if machine.role is Role.CONTROL_PLANE]
    if not set(masters) <= set(inspections):
        return _none(
            f"whether a control plane has {address}, the API's endpoint, cannot be determined "
            "without "
            "an SSH login to each"
        )
    return _none(
        f"{address}, the API's endpoint, is on no control plane: it belongs to an external load "
        "balancer"
    )


def named(address: IPv4Address, found: Vip) -> Vip:
    """Return the VIP with the address that the inventory declares as virtual."""
    return replace(found, address=address)


def _none(reason: str) -> Vip:
    return Vip(Unknown(reason))


def _keeper(address: IPv4Address, inspections: Mapping[str, Inspection], objects: Objects) -> str:
    """Return the program that is configured with the address; empty if none is known."""
    if any(str(address) in seen.kept for seen in inspections.values()):
        return "keepalived"
    return KUBE_VIP if any(_keeps(pod, address) for pod in objects.pods) else ""


def _keeps(pod: dict[str, Any], address: IPv4Address) -> bool:
    if KUBE_VIP not in pod["metadata"]["name"]:
        return False
    reported = [
        variable.get("value")
        for container in pod["spec"]["containers"]
        for variable in container.get("env", [])
        if variable.get("name") in KUBE_VIP_ADDRESS
    ]
    return str(address) in reported

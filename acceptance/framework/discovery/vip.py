"""The API's endpoint: whether its address is virtual, and who keeps it."""

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
    """address is the VIP; kept_by is the program that is told to keep it, holders have it now."""

    address: IPv4Address | Unknown
    kept_by: str = ""
    holders: tuple[str, ...] = ()


def resolved(host: str) -> IPv4Address | Unknown:
    """The address that the endpoint's name stands for on this host."""
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
    """By whose the address is, who has it now, and who is told to keep it."""
    if isinstance(address, Unknown):
        return Vip(address)
    owner = next((machine.name for machine in machines if machine.address == address), None)
    if owner:
        return _none(f"the API's endpoint {endpoint} is the own address of {owner}")
    holders = [name for name, seen in inspections.items() if address in seen.addresses]
    keeper = _keeper(address, inspections, objects)
    if holders or keeper:
        return Vip(address, keeper, tuple(holders))
    masters = [machine.name for machine in machines if machine.role is Role.CONTROL_PLANE]
    if not set(masters) <= set(inspections):
        return _none(
            f"whether a control plane has {address}, the API's endpoint, cannot be known without "
            "an SSH login to each"
        )
    return _none(
        f"{address}, the API's endpoint, is on no control plane: a balancer outside has it"
    )


def named(address: IPv4Address, found: Vip) -> Vip:
    """Whoever wrote the inventory knows it to be virtual."""
    return replace(found, address=address)


def _none(reason: str) -> Vip:
    return Vip(Unknown(reason))


def _keeper(address: IPv4Address, inspections: Mapping[str, Inspection], objects: Objects) -> str:
    """Which program is told to keep the address; empty for none that is known."""
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

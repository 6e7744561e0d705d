"""Choose the addresses of the machines, the VIP and a lab. labgen.lab reserves them."""

from collections.abc import Collection, Container, Iterable
from ipaddress import IPv4Address, IPv4Network

from labgen.errors import LabgenError
from labgen.scenario.model import Scenario

GATEWAY = 1
# The numbering of the on-premise clusters this tool mirrors.
USUAL_VIP = 244
# Just above podman's own 10.88.0.0/16. Callers name the ranges of pods (10.244.0.0/16) and Services
# (10.96.0.0/12) as taken.
FIRST_BLOCK = 89
# RFC 1918. Upper halves come first: VPNs and home networks rather have the lower ones.
PRIVATE = tuple(
    IPv4Network(text)
    for text in ("10.128.0.0/9", "172.24.0.0/13", "192.168.128.0/17", "10.0.0.0/9")
)
USUAL_PREFIX = 24  # of a subnet that is auto
# A VRRP router id is one byte and not 0 (RFC 5798, section 5.2.3).
ROUTER_IDS = range(1, 256)


def last_usable(subnet: IPv4Network) -> int:
    """Return the highest host number in subnet: the one before the broadcast address."""
    return subnet.num_addresses - 2


def host(subnet: IPv4Network, number: int) -> IPv4Address:
    """Return the address with that host number. Raises LabgenError if subnet has no such host."""
    if not 1 <= number <= last_usable(subnet):
        raise LabgenError(f"{subnet} has no host number {number}", hint="use a larger subnet")
    return subnet.network_address + number


def machine_addresses(scenario: Scenario, subnet: IPv4Network) -> dict[str, IPv4Address]:
    """Return each machine's address by name, in the scenario's order. Raises LabgenError."""
    return {machine.name: host(subnet, machine.host_number) for machine in scenario.machines}


def vip_address(scenario: Scenario, subnet: IPv4Network) -> IPv4Address:
    """Return the VIP: the scenario's, else the usual number or the highest free one.

    Raises LabgenError if the machines use all addresses.
    """
    if scenario.network.vip is not None:
        return scenario.network.vip
    number = vip_number(subnet, {machine.host_number for machine in scenario.machines})
    if number is None:
        raise LabgenError(f"{subnet} has no address left for the VIP", hint="use a larger subnet")
    return host(subnet, number)


def vip_number(subnet: IPv4Network, taken: Container[int]) -> int | None:
    """Return a free host number for the VIP; None if there is none."""
    last = last_usable(subnet)
    if last >= USUAL_VIP and USUAL_VIP not in taken:
        return USUAL_VIP
    return next((number for number in range(last, GATEWAY, -1) if number not in taken), None)


def free_subnet(taken: Iterable[IPv4Network], prefix: int = USUAL_PREFIX) -> IPv4Network:
    """Return a subnet of that prefix length that overlaps none of taken: the first from 10.89.0.0
    upwards, or a larger one anywhere in the private ranges.

    Raises LabgenError if there is none.
    """
    obstacles = list(taken)
    if prefix < USUAL_PREFIX:
        return _larger(obstacles, prefix)
    for block in range(FIRST_BLOCK, 256):
        near = [network for network in obstacles if network.overlaps(_ten(block, 0, 16))]
        for third in range(256):
            candidate = _ten(block, third, prefix)
            if not any(candidate.overlaps(network) for network in near):
                return candidate
    raise LabgenError(
        f"no /{prefix} between 10.89.0.0 and 10.255.255.255 is free: "
        "routes of this host cover them all",
        hint="name one yourself: -s network.subnet=192.168.89.0/24",
    )


def _larger(taken: Iterable[IPv4Network], prefix: int) -> IPv4Network:
    found = free_range(taken, prefix)
    if found is None:
        raise LabgenError(
            f"no private range /{prefix} is free: routes of this host cover them all",
            hint="remove a lab: labgen list",
        )
    return found


def free_range(taken: Iterable[IPv4Network], prefix: int) -> IPv4Network | None:
    """Return a private range of that prefix that overlaps none of taken; None if there is none."""
    obstacles = list(taken)
    for private in PRIVATE:
        for candidate in private.subnets(new_prefix=prefix):
            if not any(candidate.overlaps(network) for network in obstacles):
                return candidate
    return None


def free_router_id(taken: Collection[int]) -> int:
    """Return the lowest free VRRP router id. Raises LabgenError if all 255 are in use."""
    for number in ROUTER_IDS:
        if number not in taken:
            return number
    raise LabgenError("all 255 VRRP router ids are in use", hint="remove a lab: labgen list")


def usual_router_id(vip: IPv4Address, taken: Collection[int]) -> int:
    """Return the VIP's last byte if it is free, else the lowest free router id.

    Raises LabgenError if all 255 are in use.
    """
    number = vip.packed[-1]
    return number if number and number not in taken else free_router_id(taken)


def _ten(second: int, third: int, prefix: int) -> IPv4Network:
    return IPv4Network(f"10.{second}.{third}.0/{prefix}")

"""Reaching a lab's machines and its API: the route is checked first, then SSH or HTTPS."""

from labgen.lab.lab import Lab
from labgen.system import netns, route
from labgen.system.ssh import Ssh


def ensure_route(lab: Lab) -> None:
    """Raise LabgenError unless packets to the lab stay on its own bridge."""
    if netns.inode() != lab.network_namespace:
        place = netns.named(lab.network_namespace)
        where = f"    nsenter --net={place} labgen ..." if place else ""
        hint = f"the lab was made in another network namespace of this host{where}"
    else:
        hint = f"labgen start {lab.name} builds the lab's network again"
    for address in (lab.machines[0].address, lab.vip):
        route.ensure_through(lab.bridge, address, hint=hint)


def ssh(lab: Lab) -> Ssh:
    """The lab's machines over SSH, after the route was checked."""
    ensure_route(lab)
    return Ssh(lab.ssh_config)

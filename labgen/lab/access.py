"""Reaching a lab's machines and its API: the route is checked first, then SSH or HTTPS."""

from pathlib import Path

from labgen.lab.lab import Lab
from labgen.report.errors import LabgenError
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


def kubeconfig(lab: Lab) -> Path:
    """The admin's kubeconfig; LabgenError before the first control plane is initialised."""
    if not lab.kubeconfig.exists():
        raise LabgenError(
            f"lab {lab.name} has no kubeconfig yet: its first control plane is not initialised",
            hint=f"to go on: {lab.up_command}",
        )
    return lab.kubeconfig

"""Reaching a lab's machines and its API: the route is checked first, then SSH or HTTPS."""

from ipaddress import IPv4Address
from pathlib import Path

from labgen.lab.lab import Lab
from labgen.report.errors import LabgenError
from labgen.system import netns, route
from labgen.system.ssh import Ssh


def ensure_route(lab: Lab) -> None:
    """Raise LabgenError unless packets to the lab stay on its own bridge.

    Where that is on another host, it is asked there, and the API is reached through it after that.
    """
    elsewhere = netns.inode() != lab.network_namespace
    if elsewhere:
        place = netns.named(lab.network_namespace)
        where = f"    nsenter --net={place} labgen ..." if place else ""
        hint = f"the lab was made in another network namespace of this host{where}"
    else:
        hint = f"labgen start {lab.name} builds the lab's network again"
    jump = lab.jump
    if jump and elsewhere:
        raise LabgenError(f"the way to lab {lab.name} does not begin here", hint=hint)
    if jump:
        jump.open()
    for address in (lab.machines[0].address, lab.vip):
        route.ensure_through(lab.bridge, address, hint=hint, jump=jump)
    near(lab, lab.vip, lab.endpoint_port)


def near(lab: Lab, address: IPv4Address, port: int) -> str:
    """The address by which a client here reaches port at address of the lab: its own, or one of
    this host's that leads there through the jump, which is open.

    Raises JumpFailed when something else listens there.
    """
    here = lab.near(address)
    if lab.jump:
        lab.jump.forward(here, address, port)
    return str(here)


def door(lab: Lab) -> Ssh:
    """The lab's machines over SSH, for those who have checked the route."""
    return Ssh(lab.ssh_config, lab.jump)


def ssh(lab: Lab) -> Ssh:
    """The lab's machines over SSH, after the route was checked."""
    ensure_route(lab)
    return door(lab)


def kubeconfig(lab: Lab) -> Path:
    """The admin's kubeconfig; LabgenError before the first control plane is initialised."""
    if not lab.kubeconfig.exists():
        raise LabgenError(
            f"lab {lab.name} has no kubeconfig yet: its first control plane is not initialised",
            hint=f"to go on: {lab.up_command}",
        )
    return lab.kubeconfig

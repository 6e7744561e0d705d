"""Reaching a lab's machines and its API: the route is checked first, then SSH or HTTPS."""

from collections.abc import Iterable
from pathlib import Path

from labgen.lab import store
from labgen.lab.lab import Lab, Machine, bridge
from labgen.report.errors import LabgenError
from labgen.system import netns, route
from labgen.system.ssh import Ssh
from labgen.system.sudo import Sudo


def ensure_route(lab: Lab) -> None:
    """Raise LabgenError unless packets to the lab stay on its own bridge; to existing machines,
    unless they leave this host by one interface that is no lab's."""
    if netns.inode() != lab.network_namespace:
        place = netns.named(lab.network_namespace)
        where = f"    nsenter --net={place} labgen ..." if place else ""
        hint = f"the lab was made in another network namespace of this host{where}"
    else:
        hint = f"labgen start {lab.name} builds the lab's network again"
    if lab.scenario.existing:
        _ensure_outward(lab)
        return
    for address in (lab.machines[0].address, lab.vip):
        route.ensure_through(lab.bridge, address, hint=hint)


def ssh(lab: Lab) -> Ssh:
    """The lab's machines over SSH, after the route was checked."""
    ensure_route(lab)
    return door(lab)


def door(lab: Lab) -> Ssh:
    """The lab's machines over SSH, as root on all of them; no packet is sent."""
    return Ssh(lab.ssh_config, sudo(lab.machines))


def sudo(machines: Iterable[Machine]) -> dict[str, Sudo]:
    """How to be root on the machines whose login is another user."""
    return {
        machine.name: Sudo(machine.host.sudo_password_file)
        for machine in machines
        if machine.host and machine.host.user != "root"
    }


def kubeconfig(lab: Lab) -> Path:
    """The admin's kubeconfig; LabgenError before the first control plane is initialised."""
    if not lab.kubeconfig.exists():
        raise LabgenError(
            f"lab {lab.name} has no kubeconfig yet: its first control plane is not initialised",
            hint=f"to go on: {lab.up_command}",
        )
    return lab.kubeconfig


def _ensure_outward(lab: Lab) -> None:
    """Raise LabgenError unless machines and VIP are reached alike, and not through a lab's bridge:
    a lab with the same addresses would be taken for them."""
    addresses = [*(machine.address for machine in lab.machines), lab.vip]
    devices = {address: route.device(address) for address in addresses}
    bridges = {bridge(name) for name in store.names()}
    expected = devices[lab.machines[0].address]
    for address, device in devices.items():
        if device is None:
            raise LabgenError(f"there is no route to {address} of lab {lab.name}")
        if device in bridges or device == "lo":
            what = "this host itself" if device == "lo" else f"another lab, through {device}"
            raise LabgenError(
                f"packets to {address} of lab {lab.name} would reach {what}; nothing was sent"
            )
        if address == lab.vip and device != expected:
            raise LabgenError(
                f"packets to the VIP {lab.vip} would leave by {device}, to the machines by "
                f"{expected}; nothing was sent",
                hint="the VIP has to be in the machines' network",
            )

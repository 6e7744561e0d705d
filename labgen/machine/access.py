"""Reach a lab's machines and its API: first the route is checked, then SSH or HTTPS is used."""

from collections.abc import Sequence
from ipaddress import IPv4Address
from pathlib import Path

from labgen.errors import LabgenError
from labgen.lab import ownership, subnets
from labgen.lab.lab import Lab, Machine
from labgen.machine.reachability import route_findings
from labgen.machine.ssh import Ssh
from labgen.machine.sudo import Sudo
from labgen.render.ssh_config import ssh_config
from labgen.system import files, netns, route
from labgen.system.jump_host import JumpHost


def ensure_route(lab: Lab) -> None:
    """Raise LabgenError unless packets to the lab stay on its own bridge.

    For existing machines, see assert_route_isolated(). If the bridge is on another host, the route
    is read there, and the API is reached through that host from then on.
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
        raise LabgenError(
            f"lab {lab.name} cannot be reached from this network namespace", hint=hint
        )
    if jump:
        jump.open()
    if lab.scenario.existing:
        assert_route_isolated(lab)
    else:
        _ensure_through_bridge(lab, jump, hint=hint, here=not elsewhere and jump is None)
    local_endpoint(lab, lab.vip, lab.endpoint_port)
    _ensure_place(lab)


def _ensure_through_bridge(lab: Lab, jump: JumpHost | None, *, hint: str, here: bool) -> None:
    """Raise LabgenError unless packets to the lab leave by its bridge; here: on this host, where
    the error names what else has the lab's subnet."""
    try:
        for address in (lab.machines[0].address, lab.vip):
            route.ensure_through(lab.bridge, address, hint=hint, jump=jump)
    except LabgenError as error:
        owner = subnets.other_owner(lab) if here else ""
        if owner:
            raise subnets.taken(lab, owner, seen=error.message) from error
        raise


def _ensure_place(lab: Lab) -> None:
    """Create the directory of the lab's shared connections, which a boot of this host removes, and
    note where the lab is now, which may have been moved."""
    note = ownership.note_of(lab.sockets)
    if lab.directory.exists() and (note is None or note.owner.directory != lab.directory):
        uri = note.uri if note else lab.scenario.provider.uri or ""
        ownership.claim(lab, uri=uri)
        if lab.ssh_config.exists():
            write_ssh_config(lab)


def write_ssh_config(lab: Lab) -> None:
    """Write the lab's ssh_config, which names files by the path that the lab's state has now."""
    text = ssh_config(lab, lab.sockets)
    if not lab.ssh_config.exists() or lab.ssh_config.read_text() != text:
        files.write(lab.ssh_config, text)


def local_endpoint(lab: Lab, address: IPv4Address, port: int) -> str:
    """Return the address by which a client on this host reaches a port of the lab.

    This is the address itself, or a local one that the jump host forwards; the connection to it is
    opened. Raises JumpHostFailed when another program listens there.
    """
    here = lab.local_endpoint(address)
    if lab.jump:
        lab.jump.forward(here, address, port)
    return str(here)


def ssh_client(lab: Lab) -> Ssh:
    """Return an SSH client for the lab's machines as root, without a check of the route."""
    return Ssh(lab.ssh_config, lab.jump, sudo(lab))


def sudo(lab: Lab) -> dict[str, Sudo]:
    """Return the way to become root, by machine, where the login is not root."""
    return sudo_on(lab.machines)


def sudo_on(machines: Sequence[Machine]) -> dict[str, Sudo]:
    """Return the same for any existing machines."""
    return {
        machine.name: Sudo(machine.host.sudo_password_file)
        for machine in machines
        if machine.host and machine.host.user != "root"
    }


def ssh(lab: Lab) -> Ssh:
    """Return an SSH client for the lab's machines as root, after a check of the route."""
    ensure_route(lab)
    return ssh_client(lab)


def kubeconfig(lab: Lab) -> Path:
    """Return the path of the admin's kubeconfig.

    Raises LabgenError if the first control plane is not initialised yet.
    """
    if not lab.kubeconfig.exists():
        raise LabgenError(
            f"lab {lab.name} has no kubeconfig yet: its first control plane is not initialised",
            hint=f"to resume: {lab.up_command}",
        )
    return lab.kubeconfig


def assert_route_isolated(lab: Lab) -> None:
    """Raise LabgenError unless packets to existing machines and to their VIP leave by one
    interface, which is not the bridge of a lab; see reachability.route_findings()."""
    if found := route_findings(lab):
        what = "; ".join(it.what for it in found)
        remedies = dict.fromkeys(it.remedy for it in found)
        raise LabgenError(
            f"lab {lab.name} is not reached from this host, and nothing was sent: {what}",
            hint="\n".join(remedies),
        )

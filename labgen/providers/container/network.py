"""A lab's network for system containers: one bridge, and one network namespace per machine.

The host has the gateway's address and reaches every machine. A machine's namespace is created with
address and default route before the machine starts in it (flanneld and host-network pods need a
route to the services). It is removed when the machine is switched off, so that no address remains
after a pulled plug.
"""

from collections.abc import Sequence
from pathlib import Path

from labgen.lab import ownership, subnets
from labgen.lab.lab import Lab, Machine
from labgen.machine.finding import Finding
from labgen.providers.container import firewall
from labgen.system import netns
from labgen.system.process import run

TIMEOUT = 30.0
ALIAS = 256  # IFALIASZ, include/uapi/linux/if.h, with the final NUL


def namespace(lab: Lab, machine: Machine) -> str:
    return f"{_namespace_prefix(lab)}{machine.name}"


def namespace_path(lab: Lab, machine: Machine) -> Path:
    return netns.NAMED / namespace(lab, machine)


def ensure_bridge(lab: Lab) -> bool:
    """Create the bridge, its address and the firewall rules; return True if anything was missing.

    Running machines are connected to a new bridge.
    """
    missing = not _exists(lab.bridge)
    if missing:
        subnets.claim(lab)
        _ip(
            f"link add {lab.bridge} type bridge",
            f"address add {lab.gateway}/{lab.subnet.prefixlen} dev {lab.bridge}",
            f"link set {lab.bridge} alias {_label(lab)} up",
        )
        cables = [_cable(lab, machine) for machine in lab.machines]
        _ip(*(f"link set {cable} master {lab.bridge}" for cable in cables if _exists(cable)))
    return firewall.ensure(lab) or missing


def findings(lab: Lab) -> list[Finding]:
    """Return what prevents the bridge of an existing lab from being created again."""
    here = netns.inode() == lab.network_namespace
    if not here or _exists(lab.bridge) or not (owner := subnets.other_owner(lab)):
        return []
    what = f"{lab.subnet} of lab {lab.name} belongs to {owner}, too"
    return [Finding(what, subnets.remedy(lab))]


def plug_in(lab: Lab, machines: Sequence[Machine]) -> None:
    """Create the namespaces of machines again, connected to the bridge and ready to use."""
    unplug(lab, machines)
    lines = []
    for machine in machines:
        name, cable = namespace(lab, machine), _cable(lab, machine)
        lines += [
            f"netns add {name}",
            f"link add {cable} type veth peer name eth0 address {machine.mac} netns {name}",
            f"link set {cable} master {lab.bridge} alias {_label(lab)} up",
        ]
    _ip(*lines)
    for machine in machines:
        _ip(
            f"link set lo alias {_label(lab)} up",
            f"address add {machine.address}/{lab.subnet.prefixlen} dev eth0",
            "link set eth0 up",
            f"route add default via {lab.gateway}",
            inside=namespace(lab, machine),
        )


def cut(lab: Lab, machines: Sequence[Machine]) -> None:
    """Disconnect the host ends of the cables: from now on no packet of the machines arrives.

    A killed process still closes its connections; a pulled plug does not.
    """
    _ip(*(f"link set {_cable(lab, machine)} down" for machine in machines), force=True)


def unplug(lab: Lab, machines: Sequence[Machine]) -> None:
    """Remove the namespaces of machines with their cables, where they exist."""
    cables = [_cable(lab, machine) for machine in machines]
    _ip(*(f"link delete {cable}" for cable in cables if _exists(cable)), force=True)
    wanted = {namespace(lab, machine) for machine in machines}
    _ip(*(f"netns delete {name}" for name in _namespaces(lab) if name in wanted), force=True)
    # `gc` may have removed one at the same time; what is still there fails
    _ip(*(f"netns delete {name}" for name in _namespaces(lab) if name in wanted))


def remove(lab: Lab) -> None:
    """Remove the parts of the lab's network that exist, in the namespace where it was created."""
    unplug(lab, lab.machines)
    entering = netns.entering(lab.network_namespace)
    if entering is not None:
        firewall.remove(lab.id, entering)
        run([*entering, "ip", "link", "delete", lab.bridge], timeout=TIMEOUT, check=False)


def _namespace_prefix(lab: Lab) -> str:
    return f"labgen-{lab.id}-"


def _label(lab: Lab) -> str:
    """Return the lab's label, or its id if the label is too long for an interface's alias."""
    text = ownership.label(lab)
    return text if len(text) < ALIAS else f"labgen-{lab.id}"


def _namespaces(lab: Lab) -> list[str]:
    paths = netns.NAMED.glob(f"{_namespace_prefix(lab)}*") if netns.NAMED.is_dir() else ()
    return sorted(path.name for path in paths)


def _cable(lab: Lab, machine: Machine) -> str:
    """Return the name of the host's end of the machine's cable; it has 15 characters at most
    (IFNAMSIZ)."""
    return f"lab{lab.id}p{lab.machines.index(machine)}"


def _exists(link: str, entering: Sequence[str] = ()) -> bool:
    return run([*entering, "ip", "link", "show", link], timeout=TIMEOUT, check=False).ok


def _ip(*lines: str, inside: str | None = None, force: bool = False) -> None:
    """Run the lines as one batch of ip commands; with force, continue after one that fails."""
    if lines:
        argv = ["ip", *(["-n", inside] if inside else []), *(["-force"] if force else [])]
        script = "\n".join(lines) + "\n"
        run([*argv, "-batch", "-"], timeout=TIMEOUT, input=script, check=not force)

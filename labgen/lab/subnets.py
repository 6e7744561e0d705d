"""Who has which subnet on this host: one lock for all labs, and a list of what they reserved.

Labs of every state directory are in it. A lab reserves its subnet when it is chosen, because its
bridge and the route by which others would see it come later. Labs of different network namespaces
do not compete. A boot removes the list, and with it the bridges.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from labgen.errors import LabgenError
from labgen.lab import identity
from labgen.lab.lab import Lab
from labgen.scenario.routes import host_routes
from labgen.system import files, netns, paths
from labgen.system.locks import locked

TIMEOUT = 60.0  # seconds; it is held while routes and defined networks are read


@dataclass(frozen=True)
class Reservation:
    """A subnet, and the lab that has it."""

    subnet: IPv4Network
    directory: Path
    network_namespace: int  # see Lab
    bridge: str  # of that lab alone, however the path of its directory is written

    @property
    def owner(self) -> str:
        """Return whose it is, for users."""
        return f"lab {self.directory.name} of {self.directory.parent.parent}"


@contextmanager
def turn() -> Iterator[None]:
    """Let one labgen at a time choose a subnet on this host."""
    with locked(paths.runtime() / ".subnets.lock", timeout=TIMEOUT):
        yield


def reserved() -> list[Reservation]:
    """Return the subnets that existing labs reserved in this network namespace."""
    return [it for it in _read() if it.network_namespace == netns.inode()]


def reserve(lab: Lab) -> None:
    """Add the lab's subnet to the list. The caller has the turn()."""
    mine = Reservation(lab.subnet, lab.directory.resolve(), lab.network_namespace, lab.bridge)
    found = _read()
    if mine not in found:
        _write([*(it for it in found if it.bridge != lab.bridge), mine])


def release(lab: Lab) -> None:
    """Remove the lab's subnet from the list."""
    if _list().exists():
        with turn():
            found = _read()
            _write([it for it in found if it.bridge != lab.bridge])


def claim(lab: Lab) -> None:
    """Reserve the subnet of a lab whose bridge is about to be created.

    Raises LabgenError if something else has it: it was started while the bridge did not exist, for
    instance after a boot.
    """
    with turn():
        owner = other_owner(lab)
        if owner:
            raise taken(lab, owner)
        reserve(lab)


def taken(lab: Lab, owner: str, *, seen: str | None = None) -> LabgenError:
    """Return the error about something else that has the lab's subnet, with the remedy."""
    message = f"{lab.subnet} of lab {lab.name} belongs to {owner}, too"
    return LabgenError(message, last_seen=seen, hint=remedy(lab))


def remedy(lab: Lab) -> str:
    """Return what to do when something else has the lab's subnet."""
    again = f"labgen down {lab.name} && {lab.create_command}"
    if not (lab.origin and lab.origin.words):  # a clone gets another subnet by itself
        fixed = {"subnet": lab.scenario.network.subnet, "vip": lab.scenario.network.vip}
        again += "".join(f" -s network.{name}=auto" for name, value in fixed.items() if value)
    return f"remove that one, or create the lab again, which chooses another subnet: {again}"


def other_owner(lab: Lab) -> str:
    """Return, for users, what else has the lab's subnet or a part of it; empty for nothing.

    A larger range, such as a VPN's, is no obstacle: the route of the lab's bridge is more specific.
    """
    for other in reserved():
        if other.bridge != lab.bridge and other.subnet.overlaps(lab.subnet):
            return other.owner
    for route in host_routes():
        if route.device != lab.bridge and route.destination.subnet_of(lab.subnet):
            return route.what
    return ""


def _list() -> Path:
    return paths.runtime() / "subnets.json"


def _read() -> list[Reservation]:
    """Return the list without labs that no longer exist."""
    try:
        lines = json.loads(_list().read_text())
        found = [
            Reservation(
                IPv4Network(it["subnet"]),
                Path(it["directory"]),
                int(it["networkNamespace"]),
                str(it["bridge"]),
            )
            for it in lines
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return []  # there is none yet, or it is of another version
    return [it for it in found if _exists(it)]


def _exists(reservation: Reservation) -> bool:
    """Return whether the lab may exist. Another lab may have been created at its directory, after
    that was removed without labgen."""
    if not files.may_exist(reservation.directory):
        return False
    there = identity.known(reservation.directory)
    return there is None or reservation.bridge == f"lab{there}"


def _write(found: list[Reservation]) -> None:
    lines = [
        {
            "subnet": str(it.subnet),
            "directory": str(it.directory),
            "networkNamespace": it.network_namespace,
            "bridge": it.bridge,
        }
        for it in found
    ]
    files.write(_list(), json.dumps(lines, indent=2) + "\n")

"""Whom a fault is done to: names of machines, or roles that are looked up in the lab."""

import random
import secrets
from collections.abc import Callable, Mapping
from functools import partial

from labgen.cluster import observations
from labgen.errors import LabgenError, UsageError
from labgen.faults.fault import Fault, Site
from labgen.lab.lab import Machine
from labgen.providers.base import State
from labgen.scenario.model import Role
from labgen.system.parallel import gather

ASK_TIMEOUT = 10.0  # seconds, so many times as long as the lab is slow
RANDOM = "random"


def choose(
    site: Site, fault: Fault, target: str, seed: int | None
) -> tuple[tuple[Machine, ...], int | None]:
    """The machines that target stands for, and the seed that was used for `random`.

    target is a machine's name or a role, or several of them with commas between. Raises WrongCall
    for unknown names and machines that the fault does not fit, LabgenError for a role that no
    machine has now.
    """
    if seed is None and RANDOM in target.split(","):
        seed = secrets.randbelow(2**32)
    draw = random.Random(seed)  # noqa: S311 - to be drawn again, not to be secret
    found: dict[str, Machine] = {}
    for word in target.split(","):
        if word == RANDOM:
            fitting = [
                m
                for m in site.lab.machines
                if m.role in fault.eligible_roles and m.name not in found
            ]
            machines = draw.sample(fitting, 1) if fitting else []
        elif word in ROLES:
            machines = ROLES[word](site)
        else:
            machines = [_named(site, word)]
        found |= {machine.name: machine for machine in machines}
    _ensure_fit(site, fault, found)
    return tuple(found.values()), seed if RANDOM in target.split(",") else None


def holders(site: Site) -> list[Machine]:
    """The control planes that have the VIP on an interface; those that do not answer have none."""
    views = gather({m.name: partial(_holds_vip, site, m) for m in _running(site)})
    return [machine for machine in site.lab.control_planes if views.get(machine.name)]


def _holder(site: Site) -> list[Machine]:
    found = holders(site)
    if len(found) != 1:
        by = " and ".join(machine.name for machine in found) or "no machine that answers"
        raise LabgenError(f"the VIP is held by {by}", hint="name the machine you mean")
    return found


def _not_holder(site: Site) -> list[Machine]:
    """The first control plane without the VIP."""
    holding = _holder(site)
    others = [machine for machine in _running(site) if machine not in holding]
    if not others:
        raise LabgenError(f"lab {site.lab.name} has no control plane beside the VIP's holder")
    return others[:1]


def _etcd_leader(site: Site) -> list[Machine]:
    seen = "no control plane is on"
    for machine in _running(site):
        try:
            members = observations.etcd_members(site.ssh, site.lab, machine)
        except (LabgenError, ValueError) as error:
            seen = str(error).splitlines()[0]
            continue
        for member in members:
            if member.leader:
                return [site.lab.machine(member.name)]
        seen = f"{machine.name} knows none"
    raise LabgenError(f"lab {site.lab.name} has no etcd leader now", last_seen=seen)


ROLES: Mapping[str, Callable[[Site], list[Machine]]] = {
    "holder": _holder,
    "not-holder": _not_holder,
    "etcd-leader": _etcd_leader,
    "all": lambda site: list(site.lab.machines),
}


def _running(site: Site) -> list[Machine]:
    states = site.provider.machines(site.lab)
    return [m for m in site.lab.control_planes if states[m.name] is State.ON]


def _holds_vip(site: Site, machine: Machine) -> bool:
    words = ["ip", "-o", "-4", "address", "show", "to", str(site.lab.vip)]
    try:
        limit = ASK_TIMEOUT * site.lab.slowdown
        return bool(site.ssh.run(machine.name, words, timeout=limit).stdout.strip())
    except LabgenError:
        return False


def _named(site: Site, name: str) -> Machine:
    try:
        return site.lab.machine(name)
    except UsageError as unknown:
        roles = ", ".join([*ROLES, RANDOM])
        raise UsageError(unknown.message, hint=f"{unknown.hint}; roles: {roles}") from unknown


def _ensure_fit(site: Site, fault: Fault, machines: Mapping[str, Machine]) -> None:
    misfits = [
        machine.name for machine in machines.values() if machine.role not in fault.eligible_roles
    ]
    fitting = ", ".join(m.name for m in site.lab.machines if m.role in fault.eligible_roles)
    if misfits or not machines:
        kind = "control planes" if fault.eligible_roles == (Role.CONTROL_PLANE,) else "workers"
        raise UsageError(
            f"{fault.name} is for {kind}: {', '.join(misfits) or 'no machine'} is none",
            hint=f"machines that it fits: {fitting or 'none'}",
        )

"""Find the machines for a fault: by name, or by a role that is looked up in the lab."""

import random
import secrets
from collections.abc import Callable, Mapping

from labgen.cluster import etcd, vip
from labgen.errors import LabgenError, UsageError, reason
from labgen.faults.fault import Fault, Site
from labgen.lab.lab import Machine
from labgen.providers.base import State
from labgen.scenario.model import Role
from labgen.system.similar import did_you_mean

RANDOM = "random"


def choose(
    site: Site, fault: Fault, target: str, seed: int | None
) -> tuple[tuple[Machine, ...], int | None]:
    """Return the machines that target stands for, and the seed that was used for `random`.

    target is a machine's name or a role, or several of them separated by commas. Raises UsageError
    for unknown names and for machines that are not eligible, LabgenError for a role that no machine
    has now.
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
    """Return the control planes that have the VIP. One that does not answer counts as not having
    it."""
    names = vip.holders(site.ssh, site.lab, _running(site))
    return [site.lab.machine(name) for name in names]


def _holder(site: Site) -> list[Machine]:
    found = holders(site)
    if len(found) != 1:
        by = " and ".join(machine.name for machine in found) or "no machine that answers"
        raise LabgenError(f"the VIP is held by {by}", hint="name the machine you mean")
    return found


def _not_holder(site: Site) -> list[Machine]:
    """Return the first control plane without the VIP."""
    holding = _holder(site)
    others = [machine for machine in _running(site) if machine not in holding]
    if not others:
        raise LabgenError(f"lab {site.lab.name} has no control plane next to the VIP holder")
    return others[:1]


def _etcd_leader(site: Site) -> list[Machine]:
    seen = "no control plane is on"
    for machine in _running(site):
        try:
            members = etcd.members(site.ssh, site.lab, machine)
        except (LabgenError, ValueError) as error:
            seen = f"{machine.name}: {reason(error)}"
            continue
        for member in members:
            if member.leader:
                return [site.lab.machine(member.name)]
        seen = f"{machine.name} knows no leader"
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


def _named(site: Site, name: str) -> Machine:
    try:
        return site.lab.machine(name)
    except UsageError as unknown:
        roles = [*ROLES, RANDOM]
        machines = [machine.name for machine in site.lab.machines]
        question = did_you_mean(name, [*machines, *roles])
        raise UsageError(
            f"lab {site.lab.name} has no machine {name}{question}",
            hint=f"{unknown.hint}; roles: {', '.join(roles)}",
        ) from unknown


def _ensure_fit(site: Site, fault: Fault, machines: Mapping[str, Machine]) -> None:
    misfits = [
        machine.name for machine in machines.values() if machine.role not in fault.eligible_roles
    ]
    fitting = ", ".join(m.name for m in site.lab.machines if m.role in fault.eligible_roles)
    if misfits or not machines:
        kind = "control planes" if fault.eligible_roles == (Role.CONTROL_PLANE,) else "workers"
        raise UsageError(
            f"{fault.name} is for {kind}, which {', '.join(misfits) or 'no machine'} is not",
            hint=f"eligible machines: {fitting or 'none'}",
        )

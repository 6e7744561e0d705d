"""Injecting, healing, looking: the order in which records are kept and things are done."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace

from labgen.errors import LabgenError, SeveralErrors, UsageError
from labgen.faults import heal_timer, records, targets
from labgen.faults.catalog import FAULTS, find
from labgen.faults.fault import Fault, Site
from labgen.faults.records import Injection
from labgen.lab import store
from labgen.lab.lab import Lab, Machine
from labgen.system.journal import Journal

Waiting = Callable[[str], None]


def inject(
    lab: Lab,
    fault: str,
    target: str | None = None,
    *,
    duration: float | None = None,
    seed: int | None = None,
    waiting_for: Waiting = lambda _: None,
) -> Injection:
    """Do the fault of that name to target (machines or roles, with commas), its own by default.

    With lasting it heals itself after so many seconds, whatever becomes of this process. Raises
    WrongCall for what does not fit or is active already, HostUnfit where the fault is impossible.
    waiting_for is told who else is at work on the lab.
    """
    wanted = find(fault)
    if wanted.one_shot and duration is not None:
        raise UsageError(f"{fault} is over by itself: there is nothing to heal after a time")
    with store.hold(lab.name, waiting_for):
        site = Site(lab)
        machines, used = targets.choose(site, wanted, target or wanted.target, seed)
        _ensure_absent(site, wanted, machines)
        asked = Injection(
            id=records.new_id(),
            fault=fault,
            machines=tuple(machine.name for machine in machines),
            at=records.iso(time.time()),
            moment=time.monotonic(),
            duration=wanted.duration if duration is None else duration,
            seed=used,
        )
        return _inject(site, wanted, machines, asked)


def _inject(site: Site, fault: Fault, machines: tuple[Machine, ...], asked: Injection) -> Injection:
    """Record, arm, do, record: a kill between any two leaves nothing that heal does not find."""
    records.write(site.lab, asked)
    _note(site.lab, "fault-asked", asked)
    try:
        if asked.duration and fault.driver.host_side:
            heal_timer.start(site.lab, asked)
        moment = fault.driver.inject(site, machines, asked.duration)
    except LabgenError:
        with contextlib.suppress(LabgenError):  # what fails here is told by heal
            _undo_one(site, asked)
        raise
    at = records.iso(time.time() - (time.monotonic() - moment))
    done = replace(asked, at=at, moment=moment)
    if fault.one_shot:
        records.remove(site.lab, done)
    else:
        records.write(site.lab, done)
    _note(site.lab, "fault-injected", done)
    return done


def heal(lab: Lab, *, waiting_for: Waiting = lambda _: None) -> list[Injection]:
    """Undo every fault that labgen knows of and return those that were still in effect.

    Raises the first error, or SeveralErrors, after all have been tried; what failed stays known.
    """
    with store.hold(lab.name, waiting_for):
        return undo(lab)


def undo(lab: Lab) -> list[Injection]:
    """heal() for one who holds the lab already."""
    site = Site(lab)
    undone: list[Injection] = []
    errors: dict[str, BaseException] = {}
    for kept in sorted(records.read(lab), key=_from_host, reverse=True):
        try:
            if _undo_one(site, kept):
                undone.append(kept)
        except LabgenError as error:
            errors[str(kept)] = error
    if len(errors) == 1:
        raise next(iter(errors.values()))
    if errors:
        raise SeveralErrors(errors)
    return undone


def undo_one(lab: Lab, id: str) -> None:
    """Undo the injection of that id, where it is still known; waits for others at work."""
    with store.hold(lab.name, lambda _: None):
        for kept in records.read(lab):
            if kept.id == id:
                _undo_one(Site(lab), kept)


def active(lab: Lab) -> list[Injection]:
    """The faults that are in effect now, oldest first, by what is observed on their machines.

    One that healed itself or that a reboot ended is not among them. One whose machine does not
    answer is.
    """
    site = Site(lab)
    return [kept for kept in records.read(lab) if _holds(site, kept)]


def _undo_one(site: Site, injection: Injection) -> bool:
    heal_timer.end(site.lab, injection.id)
    fault = FAULTS.get(injection.fault)
    machines = [machine for machine in site.lab.machines if machine.name in injection.machines]
    changed = fault.driver.heal(site, machines) if fault else False
    records.remove(site.lab, injection)
    _note(site.lab, "fault-healed", injection, changed=changed)
    return changed


def _holds(site: Site, injection: Injection) -> bool:
    fault = FAULTS.get(injection.fault)
    machines = [machine for machine in site.lab.machines if machine.name in injection.machines]
    try:
        return fault is not None and any(
            fault.driver.is_active(site, machine) for machine in machines
        )
    except LabgenError:
        return True


def _ensure_absent(site: Site, fault: Fault, machines: tuple[Machine, ...]) -> None:
    """Refuse what is in effect there already; records of what is over are removed."""
    wanted = {machine.name for machine in machines}
    for kept in records.read(site.lab):
        if kept.fault != fault.name or not wanted & set(kept.machines):
            continue
        if _holds(site, kept):
            raise UsageError(
                f"{kept} is active already, since {kept.at}",
                hint=f"labgen fault heal {site.lab.name}",
            )
        _undo_one(site, kept)


def _from_host(injection: Injection) -> bool:
    """Machines are given back their power before anything is undone on them."""
    fault = FAULTS.get(injection.fault)
    return fault is not None and fault.driver.host_side


def _note(lab: Lab, event: str, injection: Injection, **facts: object) -> None:
    Journal(lab.journal).write(
        event,
        id=injection.id,
        fault=injection.fault,
        machines=list(injection.machines),
        at=injection.at,
        duration=injection.duration,
        seed=injection.seed,
        **facts,
    )

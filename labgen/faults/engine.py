"""Inject, heal and list faults. A record is written before anything is changed."""

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
    """Inject the fault of that name into target: machines or roles, separated by commas.

    With duration, the fault heals itself after that many seconds, even if this process dies.
    waiting_for is called with the name of the process that works on the lab at present.
    Raises UsageError if the target does not suit the fault or has it already, HostUnfit if a
    machine cannot have the fault.
    """
    wanted = find(fault)
    if wanted.one_shot and duration is not None:
        raise UsageError(f"{fault} ends by itself: there is nothing to heal after a duration")
    with store.hold_alone(lab.name, waiting_for, doing=f"fault inject {fault}"):
        return inject_held(lab, fault, target, duration=duration, seed=seed)


def inject_held(
    lab: Lab,
    fault: str,
    target: str | None = None,
    *,
    duration: float | None = None,
    seed: int | None = None,
) -> Injection:
    """Do the same for a caller that has the lab's lock."""
    wanted, site = find(fault), Site(lab)
    machines, used = targets.choose(site, wanted, target or wanted.target, seed)
    _ensure_absent(site, wanted, machines)
    request = Injection(
        id=records.new_id(),
        fault=fault,
        machines=tuple(machine.name for machine in machines),
        at=records.iso(time.time()),
        moment=time.monotonic(),
        duration=wanted.duration if duration is None else duration,
        seed=used,
    )
    return _inject(site, wanted, machines, request)


def _inject(
    site: Site, fault: Fault, machines: tuple[Machine, ...], request: Injection
) -> Injection:
    """Record the request, start the timer, inject, and record again, so that heal finds the fault
    after a crash."""
    records.write(site.lab, request)
    _log_event(site.lab, "fault-asked", request)
    try:
        if request.duration and fault.driver.host_side:
            heal_timer.start(site.lab, request)
        moment = fault.driver.inject(site, machines, request.duration)
    except LabgenError:
        with contextlib.suppress(LabgenError):  # heal reports what fails here
            _undo_one(site, request)
        raise
    at = records.iso(time.time() - (time.monotonic() - moment))
    done = replace(request, at=at, moment=moment)
    if fault.one_shot:
        records.remove(site.lab, done)
    else:
        records.write(site.lab, done)
    _log_event(site.lab, "fault-injected", done)
    return done


def heal(lab: Lab, *, waiting_for: Waiting = lambda _: None) -> list[Injection]:
    """Heal every recorded fault and return those that were still active.

    An error does not stop the others from being healed. It is raised at the end, or SeveralErrors;
    faults that failed to heal stay recorded.
    """
    with store.hold_alone(lab.name, waiting_for, doing="fault heal"):
        return undo(lab)


def undo(lab: Lab) -> list[Injection]:
    """Do the same as heal() for a caller that has the lab's lock."""
    site = Site(lab)
    undone: list[Injection] = []
    errors: dict[str, BaseException] = {}
    for kept in sorted(records.read(lab), key=_is_host_side, reverse=True):
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
    """Heal the injection of that id if it is still recorded, after waiting for the lab's lock."""
    with store.hold(lab.name, lambda _: None):
        for kept in records.read(lab):
            if kept.id == id:
                _undo_one(Site(lab), kept)


def active(lab: Lab) -> list[Injection]:
    """Return the faults that are observed now, oldest first.

    Faults that healed themselves or that a reboot ended are left out. If the machine of a fault
    does not answer, the fault is included.
    """
    site = Site(lab)
    return [kept for kept in records.read(lab) if _is_observed(site, kept)]


def _undo_one(site: Site, injection: Injection) -> bool:
    heal_timer.end(site.lab, injection.id)
    fault = FAULTS.get(injection.fault)
    machines = [machine for machine in site.lab.machines if machine.name in injection.machines]
    changed = fault.driver.heal(site, machines) if fault else False
    records.remove(site.lab, injection)
    _log_event(site.lab, "fault-healed", injection, changed=changed)
    return changed


def _is_observed(site: Site, injection: Injection) -> bool:
    fault = FAULTS.get(injection.fault)
    machines = [machine for machine in site.lab.machines if machine.name in injection.machines]
    try:
        return fault is not None and any(
            fault.driver.is_active(site, machine) for machine in machines
        )
    except LabgenError:
        return True


def _ensure_absent(site: Site, fault: Fault, machines: tuple[Machine, ...]) -> None:
    """Raise UsageError if the fault is active on a machine; remove records of ended faults."""
    wanted = {machine.name for machine in machines}
    for kept in records.read(site.lab):
        if kept.fault != fault.name or not wanted & set(kept.machines):
            continue
        if _is_observed(site, kept):
            raise UsageError(
                f"{kept} is active already, since {kept.since}",
                hint=f"labgen fault heal {site.lab.name}",
            )
        _undo_one(site, kept)


def _is_host_side(injection: Injection) -> bool:
    """Return whether the host heals the fault. Those are healed first: the others need running
    machines."""
    fault = FAULTS.get(injection.fault)
    return fault is not None and fault.driver.host_side


def _log_event(lab: Lab, event: str, injection: Injection, **facts: object) -> None:
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

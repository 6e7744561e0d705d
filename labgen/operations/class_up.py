"""`labgen class up`: a lab for each seat of a class, from one checkpoint, a few at a time.

The record of the class is written before the first lab, so a class that was interrupted, also by
kill -9, is completed by the same call and removed by `class down`. Nothing is printed here.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from labgen.bundle import store as bundles
from labgen.classes import measured, store
from labgen.classes.forecast import ClassForecast, forecast
from labgen.classes.model import Class
from labgen.console import Console
from labgen.errors import HostUnfit, LabgenError, reason
from labgen.exercises import progress
from labgen.lab import store as labs
from labgen.lab.lab import Lab
from labgen.operations import checkpoints, power
from labgen.operations.class_seats import Ended, Reports, Tell, errors, on_seats
from labgen.providers.base import Power, Provider, State
from labgen.providers.optional import Checkpoints, MemoryUse
from labgen.providers.registry import choose, provider
from labgen.system.journal import Journal
from labgen.up import warm_cache
from labgen.up.bring_up import bring_up
from labgen.up.check import ensure_possible

START = "start"  # the checkpoint of each seat to which `class reset` goes back


@dataclass(frozen=True)
class Prepared:
    """A class that can come up, and what that takes."""

    wanted: Class
    provider: Provider
    forecast: ClassForecast
    at_a_time: int


@dataclass(frozen=True)
class Seat:
    """What `class up` did for a seat."""

    lab: str
    changed: bool
    exercise: str = ""  # that it has; then it was only switched on


@dataclass(frozen=True)
class ClassUp:
    """The result of `class up`."""

    wanted: Class
    ended: Mapping[str, Ended[Seat]]
    seconds: float

    @property
    def failed(self) -> Mapping[str, LabgenError]:
        """Return the seats that are not up, with the reasons."""
        return errors(self.ended)

    @property
    def changed(self) -> bool:
        return any(it.result and it.result.changed for it in self.ended.values())


class SeatConsole(Console):
    """Passes on the progress of one lab."""

    def __init__(self, tell: Tell, *, verbose: bool) -> None:
        super().__init__(quiet=not verbose)
        self._tell, self._on = tell, verbose

    def say(self, text: str, colour: str = "") -> None:  # noqa: ARG002 - Console's own
        """Pass the line on."""
        if self._on and text.strip():
            self._tell(text.strip())


def prepare(wanted: Class, *, at_a_time: int) -> Prepared:
    """Return what bringing up the class takes; nothing is created.

    Raises UsageError if the class exists and has something else, or if a lab is in its way.
    """
    wanted = store.merged(wanted)
    machines = _provider(wanted)
    warm = _is_warm(wanted, machines)
    found = forecast(wanted, machines, warm=warm, at_a_time=at_a_time)
    return Prepared(wanted, machines, found, at_a_time)


def up(
    prepared: Prepared, reports: Reports, waiting: Tell, *, force: bool, verbose: bool = False
) -> ClassUp:
    """Make what is missing of the class; with verbose, reports are also told each step.

    Raises HostUnfit before anything is created: if the seats do not fit, unless forced, or if this
    host cannot run such labs.
    """
    wanted = prepared.wanted
    _ensure_fit(prepared, force=force)
    begin = time.monotonic()
    with store.hold(wanted.name, waiting):
        wanted = store.merged(wanted)  # another process may have made a class of that name
        store.write(wanted)
        journal = store.journal(wanted.name)
        journal.write("class-up", scenario=wanted.scenario.name, seats=list(wanted.seats))
        run = partial(_seat, wanted, force=force, verbose=verbose)
        reports = replace(reports, ended=partial(_note, journal, reports))
        first = prepared.forecast.new[:1] if prepared.forecast.scratch else ()
        rest = [seat for seat in wanted.seats if seat not in first]
        ended = on_seats(first, run, reports, at_a_time=1)
        scratch = _seconds_of(ended)
        later = time.monotonic()
        ended |= on_seats(rest, run, reports, at_a_time=prepared.at_a_time)
        warm_seconds = time.monotonic() - later
        found = ClassUp(
            wanted, {seat: ended[seat] for seat in wanted.seats}, time.monotonic() - begin
        )
        journal.write("class-up-done", seconds=round(found.seconds, 1), failed=list(found.failed))
        if not found.failed and not prepared.forecast.existing:
            measured.write(
                measured.size_of(wanted.scenario, prepared.provider.name),
                warm=len(rest),
                warm_seconds=warm_seconds,
                scratch_seconds=scratch,
                memory=_memory(wanted, prepared.provider),
            )
    return found


def _memory(wanted: Class, machines: Provider) -> int | None:
    """Return the MiB that each seat uses, as soon as all are up; None if that is not known."""
    if not isinstance(machines, MemoryUse):
        return None
    used = [machines.memory_used(labs.load(name)) for name in wanted.labs]
    known = [it for it in used if it is not None]
    return sum(known) // len(known) if known else None


def _ensure_fit(prepared: Prepared, *, force: bool) -> None:
    wanted = prepared.wanted
    if shortages := [] if force else prepared.forecast.shortages:
        lines = [f"this host cannot run class {wanted.name}:"]
        lines += [f"  {it.what}; {it.remedy}" for it in shortages]
        raise HostUnfit("\n".join(lines))
    for seat in prepared.forecast.new[:1]:  # the others are like it
        ensure_possible(wanted.scenario, wanted.lab(seat), force=force)
    bundles.require(wanted.scenario.kubernetes.version)


def _seat(wanted: Class, seat: str, tell: Tell, *, force: bool, verbose: bool) -> Seat:
    """Bring up the lab of the seat, and save its start once."""
    name = wanted.lab(seat)
    console = SeatConsole(tell, verbose=verbose)
    if name in labs.names() and (found := progress.read(labs.load(name))):
        # an exercise has broken it on purpose, or a learner is repairing it
        switched = _switch_on(labs.load(name), wanted.up_command, console)
        return Seat(name, switched, found.exercise)
    tell("bring up")
    lab = bring_up(wanted.scenario, name, console, force=force)
    events = Journal(lab.journal).read()
    ups = [it for it in events if it["event"] == "up-done"]  # others may have written since
    changed = bool(ups and ups[-1].get("changed"))
    saved = any(it["event"] == "checkpoint-saved" and it["name"] == START for it in events)
    if not saved and isinstance(provider(lab.provider), Checkpoints):
        checkpoints.save(name, START, Console(quiet=True))
        changed = True
    return Seat(name, changed)


def _switch_on(lab: Lab, up_command: str, console: Console) -> bool:
    """Switch on the machines of a lab with an exercise; return whether any was off. up_command is
    that of the class.

    Raises LabgenError if one is absent.
    """
    states = provider(lab.provider).machines(lab)
    if absent := [name for name, state in states.items() if state is State.ABSENT]:
        raise LabgenError(
            f"lab {lab.name} has an exercise, and its {', '.join(absent)} is missing",
            hint=f"to make the lab again: labgen down {lab.name}; {up_command}",
        )
    off = [name for name, state in states.items() if state is State.OFF]
    if off:
        power.switch(lab.name, off, Power.ON, console)
    return bool(off)


def _note(journal: Journal, reports: Reports, ended: Ended[Seat]) -> None:
    with suppress(OSError):  # on a full disk, the other seats still come up or say why not
        if ended.error:
            journal.write("seat-failed", seat=ended.seat, error=reason(ended.error)[:300])
        elif ended.result and ended.result.changed:
            journal.write("seat-up", seat=ended.seat, seconds=round(ended.seconds, 1))
    reports.ended(ended)


def _seconds_of(ended: Mapping[str, Ended[Seat]]) -> float | None:
    return next((it.seconds for it in ended.values() if not it.error), None)


def _provider(wanted: Class) -> Provider:
    """Return the provider of the class: that of its labs, else the one that a new lab would get."""
    known = labs.names()
    for name in wanted.labs:
        if name in known:
            return provider(labs.load(name).provider, wanted.scenario.provider.uri)
    return choose(wanted.scenario, force=True).provider


def _is_warm(wanted: Class, machines: Provider) -> bool:
    """Return whether a seat can be made from a checkpoint. A damaged one is none, and without a
    bundle `up` is refused."""
    try:
        return warm_cache.find(wanted.scenario, machines) is not None
    except LabgenError:
        return False

"""Predict what a class needs of this host: memory, disk, cores and seconds for all seats.

Memory and seconds are those of earlier classes on this host, if their seats were of the same size;
else, like cores and disk, those of docs/reference/measurements.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from labgen.classes import measured
from labgen.classes.measured import Measured, Size
from labgen.classes.model import Class
from labgen.lab import store
from labgen.machine.finding import Finding
from labgen.providers import capacity
from labgen.providers.base import Provider
from labgen.providers.capacity import BUSY, Forecast
from labgen.system.parallel import gather

DOCUMENTED = "documented figures"
# Seconds of a lab for itself, a control plane and a worker, on two cores. They fit `single` and
# `ha-3x3` in docs/reference/measurements.md: 14 and 31 s from scratch, 9 and 16 s warm.
SCRATCH = (10.0, 4.0, 3.0)
WARM = (8.0, 1.5, 1.2)
AT_A_TIME = 6  # labs whose machines are queried concurrently
ANYWAY = "make room, use fewer seats, or try it anyway: --force"


@dataclass(frozen=True)
class ClassForecast:
    """What the seats need that `class up` would make or switch on, and what this host has."""

    new: tuple[str, ...]  # seats whose lab does not exist yet
    existing: tuple[str, ...]
    total: Forecast | None  # None where the machines are not on this host; cores are of all seats
    seconds: float
    scratch: bool  # whether the first new seat is built from scratch
    sources: Mapping[str, str]  # of memory and seconds, in words

    @property
    def shortages(self) -> list[Finding]:
        """Return what surely cannot fit."""
        if self.total is None:
            return []
        return self.total.shortages_of(counted(len(self.new) + len(self.existing)), ANYWAY)

    @property
    def note(self) -> str:
        """Return what is worth knowing of the cores; empty when there are enough."""
        if self.total is None or self.total.cores * BUSY <= self.total.host_cores:
            return ""
        return (
            f"all seats keep {self.total.cores:.1f} cores busy when idle, and this host has "
            f"{self.total.host_cores}: everything takes longer, and waits may time out; profile "
            "quiet takes less"
        )


def forecast(wanted: Class, provider: Provider, *, warm: bool, at_a_time: int) -> ClassForecast:
    """Return the forecast; warm says whether a checkpoint for warm starts is there, at_a_time how
    many seats come up concurrently."""
    labs = store.names()
    existing = tuple(seat for seat in wanted.seats if wanted.lab(seat) in labs)
    new = tuple(seat for seat in wanted.seats if seat not in existing)
    size = measured.size_of(wanted.scenario, provider.name)
    known = measured.latest(size)
    one = capacity.forecast(provider, wanted.scenario)
    memory, of_memory = _memory(one, known)
    seconds, of_seconds = _seconds(len(new), size, known, scratch=not warm, at_a_time=at_a_time)
    total = None
    if one:
        tasks = {seat: partial(_of_existing, wanted, seat, provider) for seat in existing}
        there = gather(tasks, at_most=AT_A_TIME).values()
        parts = [*([replace(one, memory=memory)] * len(new)), *filter(None, there)]
        total = _total(one, parts, len(wanted.seats))
    return ClassForecast(
        new=new,
        existing=existing,
        total=total,
        seconds=seconds,
        scratch=bool(new) and not warm,
        sources={"memory": of_memory, "seconds": of_seconds},
    )


def counted(seats: int) -> str:
    return "1 seat" if seats == 1 else f"{seats} seats"


def _of_existing(wanted: Class, seat: str, provider: Provider) -> Forecast | None:
    return capacity.forecast(provider, wanted.scenario, store.load(wanted.lab(seat)))


def _total(one: Forecast, parts: Sequence[Forecast], seats: int) -> Forecast:
    return replace(
        one,
        machines=sum(it.machines for it in parts),
        memory=sum(it.memory for it in parts),
        disk=sum(it.disk for it in parts),
        cores=one.cores * seats,
    )


def _memory(one: Forecast | None, known: Sequence[Measured]) -> tuple[int, str]:
    """Return the MiB of a seat, and where they come from."""
    if one is None:
        return 0, DOCUMENTED
    for it in known:
        if it.memory and not one.memory_is_limit:
            return it.memory, _measured(it)
    return one.memory, DOCUMENTED


def _seconds(
    new: int, size: Size, known: Sequence[Measured], *, scratch: bool, at_a_time: int
) -> tuple[float, str]:
    """Return the seconds until that many new seats are up, and where they come from."""
    first = 1 if scratch and new else 0
    of_scratch = next((it.scratch_seconds for it in known if it.scratch_seconds), None)
    warm = next((it for it in known if it.warm >= min(at_a_time, max(1, new - first))), None)
    each = warm.warm_seconds / warm.warm if warm else _documented(WARM, size)
    begin = of_scratch or _documented(SCRATCH, size)
    seconds = first * begin + (new - first) * each
    return seconds, _measured(warm) if warm else DOCUMENTED


def _documented(costs: tuple[float, float, float], size: Size) -> float:
    lab, plane, worker = costs
    return lab + plane * size.control_planes + worker * size.workers


def _measured(found: Measured) -> str:
    return f"measured here on {found.taken:%Y-%m-%d}"

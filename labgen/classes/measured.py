"""What earlier classes took on this host: one line for each `class up` that made seats.

The file stays when a class is removed, so the next forecast knows this host.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from labgen.classes import store
from labgen.scenario.model import Role, Scenario
from labgen.system.journal import Journal

FILE = "measured.jsonl"
EVENT = "class-up"


@dataclass(frozen=True)
class Size:
    """What decides how much a seat takes."""

    provider: str
    control_planes: int
    workers: int
    slowdown: int  # of the profile's timings


@dataclass(frozen=True)
class Measured:
    """What seats of one size took."""

    taken: datetime
    warm: int  # seats that were made from a checkpoint
    warm_seconds: float  # for all of them
    scratch_seconds: float | None  # of the seat that was built from scratch, if one was
    memory: int | None  # MiB of each seat, as soon as all were up; None if that is not known


def size_of(scenario: Scenario, provider: str) -> Size:
    """Return the size of a seat of that scenario."""
    planes = sum(1 for it in scenario.machines if it.role is Role.CONTROL_PLANE)
    slowdown = scenario.load_balancer.timings.slowdown
    return Size(provider, planes, len(scenario.machines) - planes, slowdown)


def write(
    size: Size, *, warm: int, warm_seconds: float, scratch_seconds: float | None, memory: int | None
) -> None:
    """Note what seats of that size took."""
    store.place().mkdir(parents=True, exist_ok=True)
    facts: dict[str, Any] = {"warm": warm, "warm_seconds": round(warm_seconds, 1)}
    facts |= {"scratch_seconds": scratch_seconds and round(scratch_seconds, 1), "memory": memory}
    _journal().write(EVENT, size=asdict(size), **facts)


def latest(size: Size) -> list[Measured]:
    """Return what was measured of seats of that size, the latest first."""
    found = [it for it in _journal().read() if it.get("size") == asdict(size)]
    return [_measured(it) for it in reversed(found)]


def _measured(event: Mapping[str, Any]) -> Measured:
    return Measured(
        taken=datetime.fromisoformat(str(event["time"])),
        warm=int(event["warm"]),
        warm_seconds=float(event["warm_seconds"]),
        scratch_seconds=event["scratch_seconds"],
        memory=event["memory"],
    )


def _journal() -> Journal:
    return Journal(store.place() / FILE)

"""`labgen list`: all labs of this host, each with its machines and its health."""

from dataclasses import dataclass
from functools import partial

from labgen.errors import LabgenError
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.operations.status import Status, status
from labgen.providers.base import State
from labgen.system.parallel import gather


@dataclass(frozen=True)
class Overview:
    """What is known of a lab. A lab that cannot be read must not hide the others."""

    name: str
    lab: Lab | None  # None when it cannot be read
    status: Status | None  # None when its machines' power is unknown

    @property
    def on(self) -> int | None:
        """Return how many machines are on, or None when that is unknown."""
        if self.status is None:
            return None
        return sum(1 for state in self.status.machines.values() if state is State.ON)

    @property
    def health(self) -> str:
        """Return one word or two for people: healthy, off, 2 problems, unknown."""
        if self.status is None:
            return "unknown"
        if not self.on:
            return "off"
        number = len(self.status.problems)
        if not number:
            return "healthy"
        return "1 problem" if number == 1 else f"{number} problems"


def overview() -> list[Overview]:
    """Observe all labs concurrently. Each takes as long as its slowest query, seconds at most where
    nothing answers."""
    tasks = {name: partial(observe, name) for name in store.names()}
    return list(gather(tasks).values())


def observe(name: str) -> Overview:
    """Observe one lab. What cannot be found out is None; nothing is raised for it."""
    try:
        lab = store.load(name)
    except (LabgenError, OSError):
        return Overview(name, None, None)
    try:
        return Overview(name, lab, status(lab))
    except (LabgenError, OSError):
        return Overview(name, lab, None)

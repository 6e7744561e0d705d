"""`labgen class status`: the health of each seat's lab, and how far its exercise is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from labgen.classes.model import Class
from labgen.errors import LabgenError
from labgen.exercises.progress import Phase
from labgen.lab import store
from labgen.operations import exercise
from labgen.operations.exercise import Standing
from labgen.operations.overview import Overview, observe
from labgen.system.parallel import gather

# Each is a few processes and queries that mostly wait; on two cores, more make nothing faster.
AT_A_TIME = 6


@dataclass(frozen=True)
class SeatStatus:
    """What is known of a seat."""

    seat: str
    lab: str
    seen: Overview | None  # None if the lab does not exist
    standing: Standing | None  # None if it has no exercise
    unreadable: str = ""  # why its exercise is not known

    @property
    def health(self) -> str:
        """Return one word or two for people."""
        return "missing" if self.seen is None else self.seen.health

    @property
    def as_wanted(self) -> bool:
        """Return whether nothing is to be done for the seat: its lab is healthy, or broken on
        purpose."""
        if self.seen is None or self.unreadable:
            return False
        if self.standing and not self.standing.progress.over:
            return self.standing.progress.phase is Phase.RUNNING and bool(self.seen.on)
        return self.seen.health == "healthy"


def status(found: Class) -> Sequence[SeatStatus]:
    """Observe all seats concurrently, and return them in their order."""
    known = store.names()
    tasks = {seat: partial(_seat, seat, found.lab(seat), known) for seat in found.seats}
    return list(gather(tasks, at_most=AT_A_TIME).values())


def _seat(seat: str, lab: str, known: Sequence[str]) -> SeatStatus:
    if lab not in known:
        return SeatStatus(seat, lab, None, None)
    seen = observe(lab)
    if seen.lab is None:
        return SeatStatus(seat, lab, seen, None)
    try:
        return SeatStatus(seat, lab, seen, exercise.standing(seen.lab))
    except LabgenError as error:  # its file is damaged, or the exercise was removed
        return SeatStatus(seat, lab, seen, None, error.reason)

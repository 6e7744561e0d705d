"""What observers report: a change of a state."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A new state of a machine."""

    lane: str  # what was watched of it
    at: float  # since when, in seconds as of time.monotonic()
    subject: str  # the machine
    state: str


Report = Callable[[Change], None]


class Changes:
    """Reports states that differ from the previous ones."""

    def __init__(self, lane: str, report: Report) -> None:
        self._lane = lane
        self._report = report
        self._known: dict[str, str] = {}

    def see(self, at: float, subject: str, state: str) -> None:
        """Report the state of the subject if it is new."""
        if self._known.get(subject) != state:
            self._known[subject] = state
            self._report(Change(self._lane, at, subject, state))

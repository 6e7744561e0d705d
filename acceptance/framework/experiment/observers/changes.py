"""What observers say: that the state of something changed."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """Since `at` the subject, a machine, has this state; lane is what was watched of it.

    at is as of time.monotonic(), in seconds.
    """

    lane: str
    at: float
    subject: str
    state: str


Tell = Callable[[Change], None]


class Changes:
    """Passes on what differs from what was said before."""

    def __init__(self, lane: str, tell: Tell) -> None:
        self._lane = lane
        self._tell = tell
        self._known: dict[str, str] = {}

    def see(self, at: float, subject: str, state: str) -> None:
        """The subject was seen in this state."""
        if self._known.get(subject) != state:
            self._known[subject] = state
            self._tell(Change(self._lane, at, subject, state))

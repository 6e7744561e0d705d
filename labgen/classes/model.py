"""A class as the rest of labgen sees it: checked, complete, frozen."""

from dataclasses import dataclass
from pathlib import Path

from labgen.errors import UsageError
from labgen.scenario.model import Scenario
from labgen.system.similar import did_you_mean


@dataclass(frozen=True)
class Class:
    """A class: a lab of the same scenario for each seat."""

    name: str
    scenario: Scenario
    seats: tuple[str, ...]  # names, in the order of the file
    exercises: tuple[Path, ...] = ()  # their directories, in order

    @property
    def up_command(self) -> str:
        """Return the command that completes this class, from any working directory."""
        return f"labgen class up {self.name}"

    @property
    def labs(self) -> tuple[str, ...]:
        """Return the names of the labs of all seats."""
        return tuple(map(self.lab, self.seats))

    def lab(self, seat: str) -> str:
        """Return the name of the seat's lab."""
        return f"{self.name}-{seat}"

    def ensure_seats(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the seats of these names, each once, in the order of the class. Raises UsageError
        for a name that no seat has."""
        for name in names:
            if name not in self.seats:
                question = did_you_mean(name, self.seats)
                raise UsageError(
                    f"class {self.name} has no seat {name}{question}",
                    hint=f"its seats: {', '.join(self.seats)}",
                )
        return tuple(seat for seat in self.seats if seat in names)

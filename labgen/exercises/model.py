"""An exercise as the rest of labgen sees it: checked, complete, frozen."""

from dataclasses import dataclass
from pathlib import Path

from labgen.errors import UsageError
from labgen.lab.lab import Lab

FILE = "exercise.yaml"
BREAK, SOLVE = "break.sh", "solve.sh"
SENT = "files"  # the directory that is sent along with a script


@dataclass(frozen=True)
class Objective:
    """One thing that the learner has to reach."""

    text: str
    points: int
    checks: tuple[str, ...]  # FILE::TEST, of the exercise or of the suite
    done_at_start: bool = False


@dataclass(frozen=True)
class Hint:
    """A hint, and the points that it costs."""

    text: str
    price: int


@dataclass(frozen=True)
class Exercise:
    """An exercise with everything that its directory says."""

    directory: Path
    title: str
    level: str
    minutes: int
    scenario: str  # one that suits it
    control_planes: int  # at least as many must a lab have
    workers: int
    task: str  # Markdown
    objectives: tuple[Objective, ...]
    hints: tuple[Hint, ...]
    target: str  # a word of targets.TARGETS
    fault: str  # empty: break.sh breaks the lab
    break_on: tuple[str, ...]  # words of targets.GROUPS
    solve_on: tuple[str, ...]
    also_broken: tuple[str, ...]  # FILE::TEST, FILE or everything

    @property
    def name(self) -> str:
        return self.directory.name

    @property
    def points(self) -> int:
        """Return the most points that a learner can get."""
        return sum(objective.points for objective in self.objectives)

    @property
    def needs(self) -> str:
        """Return what a lab must have, in words."""
        plural = "s" if self.control_planes > 1 else ""
        words = f"{self.control_planes} control plane{plural}"
        if not self.workers:
            return words
        return f"{words}, {self.workers} worker{'s' if self.workers > 1 else ''}"

    @property
    def solution(self) -> str:
        """Return the text of the reference repair."""
        return (self.directory / SOLVE).read_text()

    def ensure_fits(self, lab: Lab) -> None:
        """Raise UsageError if the lab has too few machines for it."""
        has = (len(lab.control_planes), len(lab.workers))
        if has[0] < self.control_planes or has[1] < self.workers:
            raise UsageError(
                f"exercise {self.name} needs {self.needs}; lab {lab.name} has {has[0]} and "
                f"{has[1]} workers",
                hint=f"labgen up {self.scenario}",
            )

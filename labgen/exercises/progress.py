"""The exercise that a lab has now: a file in the lab's directory, written before each change.

So whatever is killed at any moment, the next command knows what was begun.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from labgen.errors import LabgenError, UsageError
from labgen.exercises.model import Exercise
from labgen.lab.lab import Lab
from labgen.system import files

# Checkpoints whose names begin so belong to exercises.
RESERVED = "exercise-"
FILE = "exercise.json"
HEALTHY, BROKEN = f"{RESERVED}healthy", f"{RESERVED}broken"


class Phase(StrEnum):
    """How far the exercise has come. Only a running one can be checked."""

    SAVING = "saving"  # the healthy lab is being saved; nothing is broken yet
    BREAKING = "breaking"  # the lab is being broken; the healthy checkpoint exists
    RUNNING = "running"  # the learner works
    RESETTING = "resetting"  # the lab is being restored to its broken state


@dataclass(frozen=True)
class Progress:
    """What a learner has done so far."""

    exercise: str  # name
    directory: Path  # of the exercise
    phase: Phase
    target: str = ""  # the machine that is broken; empty until it is chosen
    began: float = 0.0  # when the clock started, seconds since 1970
    finished: float | None = None  # when a check found all objectives done
    hints: int = 0  # taken
    resets: int = 0
    checks: int = 0
    solved: bool = False  # the reference repair was applied
    # whether each objective, by its number from 0, was done at the last check
    done: Mapping[int, bool] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Return whether another exercise may start."""
        return self.phase is Phase.RUNNING and (self.finished is not None or self.solved)

    def elapsed(self, now: float | None = None) -> float:
        """Return the seconds on the clock, which stops when all objectives are done."""
        if not self.began:
            return 0.0
        end = self.finished or (time.time() if now is None else now)
        return max(0.0, end - self.began)

    def points(self, exercise: Exercise) -> int:
        """Return the points by the last check: those of done objectives, less those of hints."""
        if self.solved:
            return 0
        got = sum(it.points for n, it in enumerate(exercise.objectives) if self.done.get(n))
        return max(0, got - sum(hint.price for hint in exercise.hints[: self.hints]))


_adapter = TypeAdapter(Progress)


def write(lab: Lab, progress: Progress) -> None:
    """Write the progress; the caller has the lab's lock."""
    files.write(_path(lab), _adapter.dump_json(progress, indent=2) + b"\n", mode=files.PRIVATE)


def remove(lab: Lab) -> None:
    _path(lab).unlink(missing_ok=True)


def read(lab: Lab) -> Progress | None:
    """Return the progress; None if the lab has no exercise.

    Raises LabgenError if the file is damaged.
    """
    try:
        return _adapter.validate_json(_path(lab).read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise LabgenError(
            f"{_path(lab)} is damaged: {error.errors()[0]['msg']}",
            hint=f"labgen exercise abort {lab.name}",
        ) from error


def running(lab: Lab) -> Progress:
    """Return the progress of an exercise that the learner works on.

    Raises UsageError if the lab has none, or if a start or a reset was interrupted.
    """
    found = read(lab)
    if found is None:
        raise UsageError(
            f"lab {lab.name} has no exercise", hint=f"labgen exercise start {lab.name} NAME"
        )
    if found.phase is Phase.RUNNING:
        return found
    again = f"labgen exercise start {lab.name} {found.exercise}"
    if found.phase is Phase.RESETTING:
        again = f"labgen exercise reset {lab.name}"
    raise UsageError(
        f"exercise {found.exercise} of lab {lab.name} was interrupted while {found.phase}",
        hint=f"to resume: {again}    to restore the healthy lab: labgen exercise abort {lab.name}",
    )


def _path(lab: Lab) -> Path:
    return lab.directory / FILE

"""The shapes of what `labgen class` prints with `-o json`, see shapes.py."""

from collections.abc import Mapping

from pydantic import Field

from labgen.cli.shapes import Forecast, Result


class ClassForecast(Result):
    """What the seats need that `labgen class up` would make or switch on, and what this host
    has."""

    name: str = Field(description="of the class")
    scenario: str
    provider: str = Field(description="container or libvirt")
    seats: tuple[str, ...] = Field(description="all seats")
    new: tuple[str, ...] = Field(description="seats whose lab does not exist yet")
    at_a_time: int = Field(description="how many seats come up concurrently")
    scratch: bool = Field(description="the first new seat is built from scratch")
    seconds: float = Field(description="until the new seats are up")
    forecast: Forecast | None = Field(
        description="of these seats, with the idle cores of all; null where the machines are not "
        "on this host"
    )
    sources: Mapping[str, str] = Field(description="where memory and seconds come from")
    problems: tuple[str, ...] = Field(description="what does not fit; then `class up` refuses")
    note: str = Field(description="warning that the cores may be too few; may be empty")


class ClassSeat(Result):
    """A seat of a class. Fields of the exercise are null without one."""

    seat: str
    lab: str
    health: str = Field(description="healthy, off, missing, unknown, or how many problems")
    problems: tuple[str, ...] | None = Field(
        description="as `labgen status` finds them, also those of an exercise; null when unknown"
    )
    exercise: str | None = None
    phase: str | None = Field(default=None, description="saving, breaking, running or resetting")
    done: int | None = Field(default=None, description="objectives done at the last check")
    objectives: int | None = Field(default=None, description="all objectives")
    hints: int | None = Field(default=None, description="number of hints taken")
    points: int | None = None
    most: int | None = Field(default=None, description="the most points that a learner can get")
    minutes: float | None = Field(default=None, description="on the clock")
    finished: bool | None = Field(default=None, description="a check found all objectives done")
    solved: bool | None = Field(default=None, description="the reference repair was applied")


class ClassListed(Result):
    """A class. All fields except name are null when its record cannot be read."""

    name: str
    scenario: str | None = None
    seats: tuple[str, ...] | None = None
    exercises: tuple[str, ...] | None = Field(default=None, description="their names, in order")


class ClassResult(Result):
    """What a learner has reached in an exercise."""

    seat: str
    exercise: str
    points: int = Field(description="by the last check, less those of hints; 0 when solved")
    of: int | None = Field(description="the most points that a learner can get; null if unknown")
    hints: int = Field(description="number of hints taken")
    minutes: float = Field(
        description="until all objectives were done; else until the learner's last command"
    )
    solved: bool = Field(description="the reference repair was applied")
    finished: bool = Field(description="a check found all objectives done")
    aborted: bool
    checks: int = Field(description="number of checks")
    resets: int = Field(description="number of resets")
    began: str = Field(description="UTC, ISO 8601")

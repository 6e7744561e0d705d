"""What learners have reached, from the journals of their labs: also of a lab that is off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from labgen.classes.model import Class
from labgen.lab.lab import labs_directory
from labgen.system.journal import Journal

PREFIX = "exercise-"  # of the events of an exercise


@dataclass(frozen=True)
class Result:
    """What a learner has reached in an exercise, from its start until the next one's."""

    seat: str
    exercise: str
    began: str  # UTC, ISO 8601
    points: int = 0  # by the last check, less those of hints since
    most: int | None = None  # None in journals that do not say
    hints: int = 0  # taken
    resets: int = 0
    checks: int = 0
    finished: bool = False  # a check found all objectives done
    aborted: bool = False
    solved: bool = False  # the reference repair was applied
    # on the clock, until all objectives were done; else until the last thing that was done
    seconds: float = 0.0

    @property
    def minutes(self) -> float:
        return round(self.seconds / 60, 1)


def results(found: Class) -> list[Result]:
    """Return the results of all exercises of all seats, in the order of seats and time."""
    return [it for seat in found.seats for it in of_seat(seat, found.lab(seat))]


def of_seat(seat: str, lab: str) -> list[Result]:
    """Return the results of the seat with that lab, the oldest first; none if the lab is gone."""
    return list(_results(seat, Journal(labs_directory() / lab / "journal.jsonl").read()))


def _results(seat: str, events: Sequence[Mapping[str, Any]]) -> Iterator[Result]:
    current: Result | None = None
    for event in events:
        kind = str(event["event"])
        if kind == "exercise-started":
            if current:
                yield current
            name, began = str(event["exercise"]), str(event["time"])
            current = Result(seat, name, began, most=event.get("most"))
        elif current and kind.startswith(PREFIX) and not current.aborted:
            current = _after(current, kind, event)
    if current:
        yield current


def _after(current: Result, kind: str, event: Mapping[str, Any]) -> Result:
    if not current.finished:
        current = replace(current, seconds=_seconds(current.began, str(event["time"])))
    match kind.removeprefix(PREFIX):
        case "checked":
            points = 0 if current.solved else int(event["points"])
            done = current.finished or all(event["done"])
            return replace(current, points=points, checks=current.checks + 1, finished=done)
        case "hint":
            points = max(0, current.points - int(event["price"]))
            return replace(current, points=points, hints=current.hints + 1)
        case "solved":
            return replace(current, points=0, solved=True)
        case "reset":
            return replace(current, points=0, resets=current.resets + 1, finished=False)
        case "aborted":
            return replace(current, aborted=True)
        case _:
            return current


def _seconds(begin: str, end: str) -> float:
    taken = datetime.fromisoformat(end) - datetime.fromisoformat(begin)
    return max(0.0, taken.total_seconds())

"""Work on several seats of a class, a few at a time. One that fails does not stop the others."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from labgen.classes.model import Class
from labgen.errors import LabgenError, os_reason
from labgen.system import host
from labgen.system.interrupt import Interrupted
from labgen.system.parallel import gather

T = TypeVar("T")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Ended(Generic[T]):
    """How the work on one seat ended: with a result, or with an error."""

    seat: str
    seconds: float
    result: T | None = None
    error: LabgenError | None = None


@dataclass(frozen=True)
class Reports:
    """What is called, from threads, while seats are worked on."""

    tell: Callable[[str, str], None]  # the seat, and what begins now
    ended: Callable[[Ended[Any]], None]


def usual_number() -> int:
    """Return how many seats are worked on concurrently.

    While one waits for its machines, another one computes; so on one core, too, there are two.
    """
    return max(2, host.cores())


def on_seats(
    seats: Sequence[str], run: Callable[[str, Tell], T], reports: Reports, *, at_a_time: int
) -> dict[str, Ended[T]]:
    """Run the work on each of the seats, and return how it ended for each.

    run gets the seat and a function for what begins now. Raises Interrupted only.
    """
    return gather({seat: partial(_one, seat, run, reports) for seat in seats}, at_most=at_a_time)


def errors(ended: Mapping[str, Ended[Any]]) -> dict[str, LabgenError]:
    """Return the seats whose work failed, with the reasons."""
    return {seat: it.error for seat, it in ended.items() if it.error}


def _one(seat: str, run: Callable[[str, Tell], T], reports: Reports) -> Ended[T]:
    begin = time.monotonic()
    error: LabgenError | None = None
    result: T | None = None
    try:
        result = run(seat, partial(reports.tell, seat))
    except (Interrupted, BrokenPipeError):
        raise
    except LabgenError as found:
        error = found
    except OSError as found:
        error = LabgenError(os_reason(found))
    ended = Ended(seat, time.monotonic() - begin, result, error)
    reports.ended(ended)
    return ended


def ensure_exist(found: Class, seats: Sequence[str], labs: Sequence[str]) -> None:
    """Raise LabgenError if a seat has no lab."""
    if gone := [seat for seat in seats if found.lab(seat) not in labs]:
        word = "seat has" if len(gone) == 1 else "seats have"
        raise LabgenError(
            f"{len(gone)} {word} no lab: {', '.join(gone)}",
            hint=f"to make what is missing: {found.up_command}",
        )

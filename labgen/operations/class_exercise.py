"""Exercises in a class: start one in several seats, and put a seat back."""

from collections.abc import Mapping, Sequence
from functools import partial

from labgen.classes import store
from labgen.classes.model import Class
from labgen.console import Console
from labgen.errors import LabgenError
from labgen.exercises import catalog, progress
from labgen.exercises.model import Exercise
from labgen.exercises.progress import Phase
from labgen.lab import store as labs
from labgen.operations import checkpoints, exercise
from labgen.operations.class_seats import Ended, Reports, Tell, ensure_exist, on_seats
from labgen.operations.class_up import START


def find(found: Class, wanted: str) -> Exercise:
    """Return the exercise of that name: one of the class, or any that is known; or that of a path.

    Raises UsageError if there is none.
    """
    for directory in found.exercises:
        if directory.name == wanted:
            return catalog.find(f"{directory}/")
    return catalog.find(wanted)


def start(
    found: Class,
    wanted: Exercise,
    seats: Sequence[str],
    reports: Reports,
    *,
    at_a_time: int,
    as_is: bool = False,
    again: bool = False,
) -> Mapping[str, Ended[bool]]:
    """Start the exercise in the seats. The result of each is whether it was started: a seat whose
    learner works on it, or has finished it, is left alone, so the same call completes what was
    interrupted. With again, those who have finished begin anew.

    Raises LabgenError before anything is changed if a seat has no lab, UsageError if the exercise
    does not fit the labs.
    """
    ensure_exist(found, seats, labs.names())
    for seat in seats:
        wanted.ensure_fits(labs.load(found.lab(seat)))
    run = partial(_start, found, wanted, as_is=as_is, again=again)
    ended = on_seats(seats, run, reports, at_a_time=at_a_time)
    started = [seat for seat, it in ended.items() if it.result]
    if found.name in store.names():
        facts = {"exercise": wanted.name, "seats": started}
        store.journal(found.name).write("class-exercise-started", **facts)
    return ended


def reset(found: Class, seat: str, tell: Tell, console: Console) -> str:
    """Put the seat back to the broken state of its exercise; without one that runs, to the state
    after `class up`. Return the exercise's name, or an empty text for the latter.

    Raises LabgenError if the seat has no lab, or what restoring raises.
    """
    name = found.lab(seat)
    ensure_exist(found, [seat], labs.names())
    lab = labs.load(name)
    known = progress.read(lab)
    if known and not known.over and known.phase in {Phase.RUNNING, Phase.RESETTING}:
        exercise.reset(lab, tell, labs.tell_waiting(name, console))
        return known.exercise
    if known and known.phase in {Phase.SAVING, Phase.BREAKING}:  # its start was interrupted
        exercise.abort(lab, tell, labs.tell_waiting(name, console))
    tell("restore the start")
    try:
        checkpoints.restore(name, START, console)
    except LabgenError as error:
        error.hint = error.hint or f"to make the lab again: labgen down {name}; {found.up_command}"
        raise
    return ""


def _start(
    found: Class, wanted: Exercise, seat: str, tell: Tell, *, as_is: bool, again: bool
) -> bool:
    lab = labs.load(found.lab(seat))
    known = progress.read(lab)
    runs = known and known.exercise == wanted.name and known.phase is Phase.RUNNING
    if known and runs and not (known.over and again):
        return False
    exercise.start(lab, wanted, tell, tell, as_is=as_is)
    return True

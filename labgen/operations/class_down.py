"""`labgen class down`: remove the labs of a class, and then its record."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from labgen.classes import store
from labgen.classes.model import Class
from labgen.console import Console
from labgen.errors import reason
from labgen.lab import store as labs
from labgen.operations.class_seats import Ended, Reports, Tell, on_seats
from labgen.operations.down import teardown


def down(
    found: Class,
    seats: Sequence[str],
    reports: Reports,
    waiting: Tell,
    *,
    at_a_time: int,
) -> Mapping[str, Ended[list[str]]]:
    """Remove the labs of these seats. The class forgets a seat once its lab is gone, and the last
    seat takes the record with it.

    The result of each seat is what has to be removed by hand, for users.
    """
    with store.hold(found.name, waiting):
        found = store.load(found.name)
        seats = [seat for seat in found.seats if seat in seats]
        journal = store.journal(found.name)
        with suppress(OSError):  # on a full disk, this is what makes room
            journal.write("class-down", seats=list(seats))
        ended = on_seats(seats, partial(_down, found), reports, at_a_time=at_a_time)
        with suppress(OSError):
            for seat, it in ended.items():
                if it.error:
                    journal.write("seat-failed", seat=seat, error=reason(it.error)[:300])
        gone = [seat for seat, it in ended.items() if not it.error]
        left = tuple(seat for seat in found.seats if seat not in gone)
        if left:
            store.write(replace(found, seats=left))
        else:
            store.remove(found.name)
    return ended


def _down(found: Class, seat: str, tell: Tell) -> list[str]:
    name = found.lab(seat)
    if name not in labs.names():
        return []
    tell("remove")
    return teardown(name, Console(quiet=True))

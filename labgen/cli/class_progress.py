"""What is printed while seats of a class are worked on, and at the end if some failed."""

from collections.abc import Callable, Mapping
from typing import Any

from labgen.classes.forecast import counted
from labgen.console import Console
from labgen.errors import LabgenError
from labgen.operations.class_seats import Ended, Reports


def reporting(console: Console, seats: int) -> Reports:
    """Return callbacks that print what begins and what has ended."""
    count = iter(range(1, seats + 1))

    def tell(seat: str, what: str) -> None:
        console.note(f"  {'':<7} {seat}: {what}")

    def ended(it: Ended[Any]) -> None:
        place = f"{next(count, seats)}/{seats}"
        if it.error:
            console.bad(f"{place:<6} {it.seat}: {it.error.reason}")
        else:
            changed = getattr(it.result, "changed", it.result is not False)
            console.good(f"{place:<6} {it.seat}", it.seconds, changed=changed)

    return Reports(tell, ended)


def waiting(name: str, console: Console) -> Callable[[str], None]:
    """Return what is called when another command works on the class."""
    return lambda who: console.say(f"waiting for {who} to finish with class {name}")


def finish(failed: Mapping[str, LabgenError], again: str, *, of: int) -> None:
    """Raise an error that names the seats that failed, with the reasons and what to type."""
    if not failed:
        return
    lines = [f"{len(failed)} of {counted(of)} failed:"]
    for seat, error in failed.items():
        first, *rest = str(error).splitlines()
        lines += [f"  {seat}: {first}", *(f"  {line}" for line in rest)]
    found = LabgenError("\n".join(lines), hint=f"to {again}")
    found.exit_code = max(error.exit_code for error in failed.values())
    raise found

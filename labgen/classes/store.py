"""Classes on disk: which seats a class has, and its journal.

The record is written before the first lab of the class, and removed after the last one.
"""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from labgen.classes.model import Class
from labgen.errors import LabgenError, UsageError
from labgen.lab import store
from labgen.system import files, paths
from labgen.system.journal import Journal
from labgen.system.locks import locked
from labgen.system.similar import did_you_mean

FILE, JOURNAL = "class.json", "journal.jsonl"
TIMEOUT = 3600.0  # seconds, as for a lab
_adapter = TypeAdapter(Class)


def names() -> list[str]:
    """Return the names of all classes in alphabetical order."""
    return sorted(path.parent.name for path in place().glob(f"*/{FILE}"))


def load(name: str) -> Class:
    """Return the class of that name. Raises UsageError if it does not exist, LabgenError if its
    record is damaged."""
    path = place() / name / FILE
    if "/" in name or not path.exists():
        known = names()
        question = did_you_mean(name, known)
        hint = f"classes: {', '.join(known) or 'none'}"
        raise UsageError(f"there is no class {name}{question}", hint=hint)
    try:
        return _adapter.validate_json(path.read_bytes())
    except (ValidationError, ValueError) as error:
        removal = shlex.join(["rm", "-r", str(path.parent)])
        raise LabgenError(
            f"{path} cannot be read: {str(error).splitlines()[0]}",
            hint="damaged, or written by another version of labgen; its labs are there: labgen "
            f"list; labgen down LAB; to remove the record: {removal}",
        ) from error


def write(found: Class) -> None:
    """Write the record; the caller has the lock of the class."""
    directory = files.private_directory(place() / found.name)
    files.write(directory / FILE, _adapter.dump_json(found, indent=2) + b"\n", mode=files.PRIVATE)


def remove(name: str) -> None:
    """Remove the class's directory, the record last: a process that was killed may have left files
    that were not renamed yet."""
    files.remove_directory(place() / name, last=FILE)


def journal(name: str) -> Journal:
    """Return the journal of the class, whose record exists."""
    return Journal(place() / name / JOURNAL)


@contextmanager
def hold(name: str, waiting: Callable[[str], None]) -> Iterator[None]:
    """Lock the class for a command that changes which labs it has."""
    path = place() / f".{name}.lock"
    with locked(path, timeout=TIMEOUT, waiting=waiting):
        try:
            yield
        finally:
            if not (place() / name).exists():
                path.unlink(missing_ok=True)


def merged(wanted: Class) -> Class:
    """Return the class that `up` has to complete: the recorded one with what wanted adds.

    Raises UsageError if the recorded class has another scenario or a seat that wanted lacks, or if
    a new seat's lab exists or belongs to another class.
    """
    before = load(wanted.name) if wanted.name in names() else None
    if before and store.essence(before.scenario) != store.essence(wanted.scenario):
        raise UsageError(
            f"class {wanted.name} exists with another scenario",
            hint=f"to continue with it as it is: {before.up_command}\n"
            f"labgen class down {wanted.name}    or use another name for this one",
        )
    known = before.seats if before else ()
    if gone := [seat for seat in known if seat not in wanted.seats]:
        raise UsageError(
            f"class {wanted.name} exists and also has {_listed(gone)}",
            hint=f"to remove: labgen class down {wanted.name} {' '.join(gone)}",
        )
    _ensure_free(wanted, known)
    return wanted


def of_lab(lab: str) -> Class | None:
    """Return the class that the lab of that name belongs to, if any."""
    for name in names():
        if lab.startswith(f"{name}-"):
            found = load(name)
            if lab in found.labs:
                return found
    return None


def place() -> Path:
    return paths.state() / "classes"


def _ensure_free(wanted: Class, known: tuple[str, ...]) -> None:
    existing = store.names()
    for seat in wanted.seats:
        lab = wanted.lab(seat)
        if seat in known:
            continue
        if lab in existing:
            text = f"lab {lab} exists and does not belong to class {wanted.name}"
            raise UsageError(text, hint=f"labgen down {lab}    or use another name for the class")
        other = of_lab(lab)
        if other and other.name != wanted.name:
            raise UsageError(
                f"lab {lab} belongs to class {other.name}", hint="use another name for the class"
            )


def _listed(seats: list[str]) -> str:
    return f"seat {seats[0]}" if len(seats) == 1 else f"seats {', '.join(seats)}"

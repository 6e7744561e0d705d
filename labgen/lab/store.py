"""Labs on disk: create, load, list, remove. Labs that are created concurrently get different
subnets."""

import contextlib
import json
import os
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import JsonValue, TypeAdapter, ValidationError

from labgen.console import Console
from labgen.errors import LabgenError, UsageError
from labgen.lab import identity, subnets
from labgen.lab.allocation import Template, allocate
from labgen.lab.lab import Lab, labs_directory
from labgen.lab.names import ensure_lab_name
from labgen.scenario.model import Scenario
from labgen.system import files, paths
from labgen.system.interrupt import Interrupted
from labgen.system.locks import exclusive_holder, locked
from labgen.system.similar import did_you_mean

PENDING = "made-from-checkpoint.pending"  # in the directory of a lab
LOCKS = (".lock", ".suite")  # of commands that change a lab, and of runs of the suite
# In the environment: the name of the lab that a parent process has for itself. The suite sets it
# for the commands that it runs, and a command for the suite that it runs.
HELD_BY_PARENT = "LABGEN_HELD_LAB"
TURN = 1.0  # seconds to wait for a read-only run before looking for one that disturbs the lab
_adapter = TypeAdapter(Lab)


def names() -> list[str]:
    """Return the names of all labs in alphabetical order, including partially created ones."""
    return sorted(path.parent.name for path in labs_directory().glob("*/lab.json"))


def load(name: str) -> Lab:
    """Return the lab of that name. Raises UsageError if it does not exist."""
    path = labs_directory() / name / "lab.json"
    if name.startswith("-"):
        hint = f"the lab comes first, and options of another program last: LAB -- {name}"
        raise UsageError(f"{name} is not the name of a lab", hint=hint)
    if "/" in name or not path.exists():
        known = names()
        question = did_you_mean(name, known)
        hint = f"labs: {', '.join(known) or 'none'}"
        raise UsageError(f"there is no lab {name}{question}", hint=hint)
    return _read(path)


def as_json(lab: Lab) -> JsonValue:
    """Return the lab as lab.json has it, for parse()."""
    told: JsonValue = _adapter.dump_python(lab, mode="json")
    return told


def parse(told: JsonValue) -> Lab:
    """Return the lab that as_json() described. Raises LabgenError if this version of labgen does
    not know such labs."""
    try:
        return _adapter.validate_json(json.dumps(told))
    except ValidationError as error:
        raise LabgenError(
            f"a lab cannot be read: {str(error).splitlines()[0]}",
            hint="it is damaged, or was written by another version of labgen",
        ) from error


def make(scenario: Scenario, name: str, provider: str, template: Template | None = None) -> Lab:
    """Return the lab of that name: an existing one of the scenario, or a new one with addresses.

    The machines of a new lab with a template are to be made from its checkpoint, see is_pending().
    Raises UsageError if the existing lab has another scenario.
    """
    labs_directory().mkdir(parents=True, exist_ok=True)
    with subnets.turn():
        path = labs_directory() / name / "lab.json"
        if path.exists():
            lab = _same(_read(path), scenario)
        else:
            lab = allocate(scenario, name, provider, _readable(), template)
            lab = replace(lab, identity=identity.new(_ids()))
            files.private_directory(lab.directory)
            _mark(lab, pending=lab.origin is not None)
            files.write(path, _adapter.dump_json(lab, indent=2) + b"\n")
            if not scenario.existing:
                subnets.reserve(lab)
        # after lab.json: from then on `down` finds what a killed `up` created
        files.private_directory(lab.keys)
        lab.logs.mkdir(exist_ok=True)
    return lab


def _ids() -> set[str]:
    """Return the ids of this user's labs and of all that left a note on this host."""
    own = {identity.known(path.parent) or "" for path in labs_directory().glob("*/lab.json")}
    return own | {path.name for path in paths.runtime().glob("*/")}


def preview(scenario: Scenario, name: str, provider: str, template: Template | None = None) -> Lab:
    """Return the lab that make() would return; nothing is created."""
    path = labs_directory() / name / "lab.json"
    if path.exists():
        return _same(_read(path), scenario)
    return allocate(scenario, name, provider, _readable(), template)


def is_pending(lab: Lab) -> bool:
    """Return whether machines of the lab are still to be made from its origin. Before all of them
    run, none is kept: they are of one moment."""
    return lab.origin is not None and (lab.directory / PENDING).exists()


def finish_making(lab: Lab) -> None:
    """Note that all machines were made from the lab's origin."""
    _mark(lab, pending=False)


def without_origin(lab: Lab) -> Lab:
    """Have the lab, of which no machine exists, built from scratch, and return it."""
    lab = replace(lab, origin=None)
    files.write(lab.directory / "lab.json", _adapter.dump_json(lab, indent=2) + b"\n")
    _mark(lab, pending=False)
    return lab


def _mark(lab: Lab, *, pending: bool) -> None:
    mark = lab.directory / PENDING
    mark.touch() if pending else mark.unlink(missing_ok=True)


def _readable() -> list[Lab]:
    """Return all labs that can be read. A damaged lab must not keep others from coming up."""
    found = []
    for name in names():
        with contextlib.suppress(LabgenError):
            found.append(load(name))
    return found


def remove(lab: Lab) -> None:
    """Remove the lab's directory. lab.json is removed last, so after a crash the lab can still be
    removed."""
    files.remove_directory(lab.directory, last="lab.json")
    subnets.release(lab)


def tell_waiting(name: str, console: Console) -> Callable[[str], None]:
    """Return the callback of hold() for the case that another command works on the lab: it informs
    the user."""
    return lambda who: console.say(f"waiting for {who} to finish with lab {name}")


def hold(
    name: str, waiting: Callable[[str], None], *, timeout: float = 3600
) -> AbstractContextManager[None]:
    """Lock the lab for a command that changes it; commands on one lab run one after the other."""
    return _hold(_lock_file(name, LOCKS[0]), timeout, waiting)


def hold_for_suite(
    name: str, waiting: Callable[[str], None], *, doing: str, read_only: bool, timeout: float = 3600
) -> AbstractContextManager[None]:
    """Lock the lab for a run of the acceptance suite, which itself runs commands that hold() it.

    Runs that are read_only share the lock; one that disturbs the lab has it alone.
    """
    return _hold(_lock_file(name, LOCKS[1]), timeout, waiting, shared=read_only, doing=doing)


@contextmanager
def hold_alone(
    name: str, waiting: Callable[[str], None], *, doing: str, timeout: float = 3600
) -> Iterator[None]:
    """Lock the lab for a command that would disturb a run of the acceptance suite; a run that
    starts meanwhile waits. A command of a run that has the lab, see HELD_BY_PARENT, is a part of
    it.

    A read-only run is waited for. Raises LabgenError while a run is on the lab that disturbs it
    itself: that may take an hour, and waits for commands of its own.
    """
    with ExitStack() as stack:
        stack.enter_context(_hold(_lock_file(name, LOCKS[0]), timeout, waiting, doing=doing))
        if os.environ.get(HELD_BY_PARENT) != name:
            stack.enter_context(_no_suite(name, waiting, doing=doing, timeout=timeout))
        yield


@contextmanager
def _no_suite(
    name: str, waiting: Callable[[str], None], *, doing: str, timeout: float
) -> Iterator[None]:
    path, told = _lock_file(name, LOCKS[1]), list[str]()

    def tell(holder: str) -> None:
        if holder not in told:
            told.append(holder)
            waiting(holder)

    deadline = time.monotonic() + timeout
    with ExitStack() as stack:
        while True:
            if holder := exclusive_holder(path):
                raise LabgenError(
                    f"lab {name} is in use by {holder}; nothing was changed",
                    hint="wait until it has ended, or end it and try again",
                )
            try:
                stack.enter_context(_hold(path, TURN, tell, doing=doing))
                break
            except Interrupted:
                raise
            except LabgenError:
                if time.monotonic() > deadline:
                    raise
        yield


def _lock_file(name: str, kind: str) -> Path:
    return labs_directory() / f".{ensure_lab_name(name)}{kind}"


@contextmanager
def _hold(
    path: Path,
    timeout: float,
    waiting: Callable[[str], None],
    *,
    shared: bool = False,
    doing: str = "",
) -> Iterator[None]:
    with locked(path, timeout=timeout, waiting=waiting, shared=shared, doing=doing):
        try:
            yield
        finally:
            if not (path.parent / path.name[1:]).with_suffix("").exists():
                for kind in LOCKS:  # also that of a suite which has ended
                    path.with_suffix(kind).unlink(missing_ok=True)


def _same(lab: Lab, scenario: Scenario) -> Lab:
    """Return the lab if it has that scenario, from whatever file and described by whatever words;
    otherwise raise UsageError."""
    if essence(scenario) == essence(lab.scenario):
        return lab
    beside = f"labgen down {lab.name}    or use another name for this one: --name OTHER"
    before, now = lab.scenario.overrides, scenario.overrides
    if set(before) == set(now):
        raise UsageError(
            f"lab {lab.name} was created from a scenario that differs from {scenario.source}",
            hint=beside,
        )
    missing = [f"  it has    -s {word}" for word in before if word not in now]
    new = [f"  it has no -s {word}" for word in now if word not in before]
    raise UsageError(
        "\n".join([f"lab {lab.name} was created with other overrides:", *missing, *new]),
        hint=f"to continue with it as it is: {lab.up_command}\n{beside}",
    )


def essence(scenario: Scenario) -> Scenario:
    """Return the scenario without its file, its description and the words of its overrides."""
    return replace(scenario, source=Path(), description="", overrides=())


def _read(path: Path) -> Lab:
    try:
        return _adapter.validate_json(path.read_bytes())
    except (ValidationError, ValueError) as error:
        removal = shlex.join(["rm", "-r", str(path.parent)])
        raise LabgenError(
            f"{path} cannot be read: {str(error).splitlines()[0]}",
            hint="damaged, or written by another version of labgen, which can remove the lab\n"
            f"otherwise: {removal}; labgen gc {path.parent.name} --remove",
        ) from error

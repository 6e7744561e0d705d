"""Load a class: read, parse, check. All errors of its file are reported together."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from labgen.classes.model import Class
from labgen.classes.schema import ClassPart
from labgen.errors import UsageError
from labgen.exercises import catalog
from labgen.exercises.model import Exercise
from labgen.lab.names import LONGEST
from labgen.scenario import parse
from labgen.scenario.catalog import SUFFIX
from labgen.scenario.diagnostics import Diagnostic, ScenarioInvalid, not_a_mapping
from labgen.scenario.load import in_file, read_document
from labgen.scenario.model import Role, Scenario
from labgen.scenario.values import LETTERS, kind_of, label

MINIMUM = "write at least scenario and seats"
LoadScenario = Callable[[str], Scenario]  # by its name or path


def load(path: Path, load_scenario: LoadScenario) -> Class:
    """Load the class in that file.

    Raises ScenarioInvalid with all errors of the file, or with those of its scenario or of an
    exercise; UsageError if the file cannot be read.
    """
    document = read_document(path, hint="labgen class up SCENARIO --seats 4    needs no file")
    diagnostics = list(document.diagnostics)
    if not isinstance(document.data, dict):
        diagnostics.append(not_a_mapping(document.data, MINIMUM))
        raise ScenarioInvalid(in_file(diagnostics, path, document))
    part, of_shape = parse.parse_as(ClassPart, document.data)
    bad = {diagnostic.field for diagnostic in (*diagnostics, *of_shape)}
    name = part.name or path.name.removesuffix(SUFFIX)
    diagnostics += of_shape
    if ("name",) not in bad:
        diagnostics += _check_name(part.name, name)
        if ("seats",) not in bad:
            diagnostics += _check_seats(name, part.seats)
    scenario = None
    if ("scenario",) not in bad:
        scenario, found = _scenario(part.scenario, path, load_scenario)
        diagnostics += found
        diagnostics += _check_scenario(scenario, len(part.seats))
    exercises, found = _exercises(part.exercises, path, scenario)
    diagnostics += [it for it in found if it.field not in bad]
    if diagnostics or scenario is None:
        raise ScenarioInvalid(in_file(diagnostics, path, document))
    return Class(name, scenario, tuple(part.seats), tuple(it.directory for it in exercises))


def without_file(name: str, scenario: Scenario, seats: Sequence[str]) -> Class:
    """Return the class of that scenario. Raises UsageError if there can be no such class."""
    checks = (
        _check_name(name, name),
        _check_seats(name, seats),
        _check_scenario(scenario, len(seats)),
    )
    for diagnostic in (it for found in checks for it in found):
        raise UsageError(f"no class {name} of {scenario.name}: {diagnostic.text}")
    return Class(name, scenario, tuple(seats))


def _check_name(written: str, name: str) -> Iterator[Diagnostic]:
    try:
        label(name)
    except ValueError as error:
        where = ("name",) if written else ()
        text = f"{error}" if written else f"the file's name cannot name a class; add name: {error}"
        yield Diagnostic(where, text)


def _check_seats(name: str, seats: Sequence[object]) -> Iterator[Diagnostic]:
    seen: set[object] = set()
    for index, seat in enumerate(seats):
        text = _wrong(name, seat, seen)
        if text:
            yield Diagnostic(("seats", index) if len(seats) else ("seats",), text)
        elif isinstance(seat, str):
            seen.add(seat)


def _wrong(name: str, seat: object, seen: set[object]) -> str:
    """Return what is wrong with the name of a seat; empty if it is valid."""
    if not isinstance(seat, str):
        return f"expected a seat's name such as anna, found {kind_of(seat)}"
    try:
        label(seat)
    except ValueError:
        return f"{seat!r} cannot name a seat; {LETTERS}"
    if seat in seen:
        return f"there is a seat {seat} already; give each its own name"
    if len(f"{name}-{seat}") > LONGEST:
        return f"the lab {name}-{seat} would have more than {LONGEST} characters; use shorter names"
    return ""


def _scenario(
    wanted: str, source: Path, load_scenario: LoadScenario
) -> tuple[Scenario | None, Sequence[Diagnostic]]:
    if "/" in wanted or wanted.endswith(SUFFIX):
        wanted = str(source.parent / wanted)
        wanted = wanted if "/" in wanted else f"./{wanted}"
    try:
        return load_scenario(wanted), ()
    except ScenarioInvalid:
        raise
    except UsageError as error:
        return None, (
            Diagnostic(("scenario",), f"{error.message}; labgen scenario list shows all"),
        )


def _check_scenario(scenario: Scenario | None, seats: int) -> Iterator[Diagnostic]:
    if scenario is None:
        return
    if scenario.existing:
        text = "its machines exist, so only one lab can have them; use a scenario whose machines "
        yield Diagnostic(("scenario",), f"{text}labgen creates")
    elif scenario.network.subnet and seats > 1:
        text = f"its network.subnet is {scenario.network.subnet}, and each seat needs one of its "
        yield Diagnostic(("scenario",), f"{text}own; use subnet: auto and vip: auto")


def _exercises(
    wanted: Sequence[str], source: Path, scenario: Scenario | None
) -> tuple[Sequence[Exercise], Sequence[Diagnostic]]:
    found: list[Exercise] = []
    diagnostics: list[Diagnostic] = []
    for index, name in enumerate(wanted):
        try:
            exercise = catalog.find(str(source.parent / name) if "/" in name else name)
        except ScenarioInvalid:
            raise
        except UsageError as error:
            text = f"{error.message}; labgen exercise list shows all"
            diagnostics.append(Diagnostic(("exercises", index), text))
            continue
        if text := _misfit(exercise, scenario, found):
            diagnostics.append(Diagnostic(("exercises", index), text))
        found.append(exercise)
    return found, diagnostics


def _misfit(exercise: Exercise, scenario: Scenario | None, before: Sequence[Exercise]) -> str:
    """Return why the class cannot have the exercise; empty if it can."""
    if exercise.name in {it.name for it in before}:
        return f"there is an exercise {exercise.name} already"
    if scenario is None:
        return ""
    planes = sum(1 for it in scenario.machines if it.role is Role.CONTROL_PLANE)
    workers = len(scenario.machines) - planes
    if planes >= exercise.control_planes and workers >= exercise.workers:
        return ""
    return (
        f"{exercise.name} needs {exercise.needs}; scenario {scenario.name} has {planes} and "
        f"{workers} workers; one that suits it: {exercise.scenario}"
    )

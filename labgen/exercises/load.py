"""Load an exercise: read, parse, check. All errors of its file are reported together."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from labgen.exercises import suite
from labgen.exercises.model import BREAK, FILE, SOLVE, Exercise, Hint, Objective
from labgen.exercises.schema import EVERYTHING, OWN, ExercisePart
from labgen.faults.catalog import FAULTS
from labgen.scenario import parse
from labgen.scenario.diagnostics import Diagnostic, Field, ScenarioInvalid, covers, not_a_mapping
from labgen.scenario.load import in_file, read_document
from labgen.system.similar import did_you_mean

MINIMUM = "write at least title, level, task and objectives"
MARK = "it has to be marked with pytest.mark.smoke"


def load(directory: Path) -> Exercise:
    """Load the exercise in that directory.

    Raises ScenarioInvalid with all errors, and UsageError if a file cannot be read.
    """
    path = directory / FILE
    document = read_document(path, hint="labgen exercise list shows what is there")
    diagnostics = list(document.diagnostics)
    if not isinstance(document.data, dict):
        diagnostics.append(not_a_mapping(document.data, MINIMUM))
        raise ScenarioInvalid(in_file(diagnostics, path, document))
    part, of_shape = parse.parse_as(ExercisePart, document.data)
    bad = [diagnostic.field for diagnostic in (*diagnostics, *of_shape)]
    found = (it for it in _check(part, directory) if not _within(it.field, bad))
    diagnostics += [*of_shape, *found]
    if diagnostics:
        raise ScenarioInvalid(in_file(diagnostics, path, document))
    return _resolve(part, directory)


def _within(field: Field, bad: Sequence[Field]) -> bool:
    """Return whether a part of that field could not be read, so that nothing is known of it."""
    return bool(field) and any(covers(field, other) for other in bad)


def _check(part: ExercisePart, directory: Path) -> Iterator[Diagnostic]:
    yield from _check_scripts(part, directory)
    yield from _check_objectives(part)
    known = (*suite.smoke_tests(), *_own_tests(directory))
    for index, objective in enumerate(part.objectives):
        for number, test in enumerate(objective.checks):
            if test not in known:
                field: Field = ("objectives", index, "checks", number)
                yield Diagnostic(field, _unknown(test, known, directory))
    files = {test.partition("::")[0] for test in suite.smoke_tests()}
    for index, test in enumerate(part.also_broken):
        if test not in {*known, *files, EVERYTHING}:
            yield Diagnostic(("alsoBroken", index), _unknown(test, known, directory))


def _check_scripts(part: ExercisePart, directory: Path) -> Iterator[Diagnostic]:
    """Yield what is wrong with the ways to break the lab and to repair it."""
    script = (directory / BREAK).is_file()
    if part.fault and part.fault not in FAULTS:
        question = did_you_mean(part.fault, FAULTS)
        text = f"there is no fault {part.fault}{question}; labgen fault list shows all"
        yield Diagnostic(("fault",), text)
    elif part.fault and FAULTS[part.fault].one_shot:
        yield Diagnostic(("fault",), f"{part.fault} ends by itself; choose one that stays")
    if part.fault and script:
        yield Diagnostic(("fault",), f"there is a {BREAK} as well; keep one of them")
    if not part.fault and not script:
        yield Diagnostic((), f"nothing breaks the lab; add {BREAK}, or name a fault")
    if not (directory / SOLVE).is_file():
        yield Diagnostic((), f"there is no {SOLVE}; add the reference repair")


def _check_objectives(part: ExercisePart) -> Iterator[Diagnostic]:
    if not any(not objective.done_at_start for objective in part.objectives):
        text = "none has to be reached; list at least one that is not doneAtStart"
        yield Diagnostic(("objectives",), text)
    for index, objective in enumerate(part.objectives):
        if not objective.checks:
            text = "no check; name at least one test"
            yield Diagnostic(("objectives", index, "checks"), text)


def _own_tests(directory: Path) -> Sequence[str]:
    """Return the tests of the exercise's own file; none if it has no such file.

    Raises ScenarioInvalid if the file is not Python.
    """
    path = directory / OWN
    try:
        return suite.tests(path) if path.is_file() else ()
    except SyntaxError as error:
        where = f"{path}:{error.lineno or 1}:{error.offset or 1}"
        raise ScenarioInvalid((f"{where}: not Python: {error.msg}",)) from None


def _unknown(test: str, known: Sequence[str], directory: Path) -> str:
    file, _, name = test.partition("::")
    if file == OWN and not (directory / OWN).is_file():
        return f"there is no {OWN} next to this file; add it, or name a test of the suite"
    own = [it for it in known if it.startswith(f"{file}::")]
    if file == OWN:
        return f"{OWN} has no test {name}{did_you_mean(test, own)}; {MARK}"
    question = did_you_mean(test, own or known)
    return f"the suite's read-only tier has no test {test}{question}"


def _resolve(part: ExercisePart, directory: Path) -> Exercise:
    return Exercise(
        directory=directory.absolute(),
        title=part.title,
        level=part.level,
        minutes=part.minutes,
        scenario=part.scenario,
        control_planes=part.needs.control_planes,
        workers=part.needs.workers,
        task=part.task.strip(),
        objectives=tuple(
            Objective(it.text, it.points, tuple(it.checks), it.done_at_start)
            for it in part.objectives
        ),
        hints=tuple(Hint(it.text.strip(), it.price) for it in part.hints),
        target=part.target,
        fault=part.fault,
        break_on=tuple(part.break_on),
        solve_on=tuple(part.solve_on),
        also_broken=tuple(part.also_broken),
    )

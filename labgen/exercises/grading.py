"""What a run of tests says about an exercise. Tests are compared as FILE::TEST."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from labgen.exercises.model import Exercise, Objective
from labgen.exercises.schema import EVERYTHING, OWN

GOOD = {"passed", "skipped"}


def by_test(outcomes: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the outcomes of all cases of each test, from those by node id."""
    found: dict[str, set[str]] = {}
    for node, outcome in outcomes.items():
        path, _, name = node.partition("::")
        test = f"{PurePosixPath(path).name}::{name.partition('[')[0]}"
        found.setdefault(test, set()).add(outcome)
    return found


def is_done(objective: Objective, found: Mapping[str, set[str]]) -> bool:
    """Return whether every check of it has passed. One that was skipped everywhere has not."""
    return all(
        "passed" in found.get(test, set()) and found[test] <= GOOD for test in objective.checks
    )


def done(exercise: Exercise, outcomes: Mapping[str, str]) -> dict[int, bool]:
    """Return whether each objective is done, by its number from 0."""
    found = by_test(outcomes)
    return {number: is_done(it, found) for number, it in enumerate(exercise.objectives)}


def deviations(exercise: Exercise, outcomes: Mapping[str, str]) -> list[str]:
    """Return how the lab differs from the exercise's broken state, as sentences for trainers;
    empty if that is what is seen."""
    states = done(exercise, outcomes)
    different = [
        f"objective {number + 1} is {'done' if states[number] else 'not done'} at the start"
        for number, it in enumerate(exercise.objectives)
        if states[number] != it.done_at_start
    ]
    unnamed = unnamed_failures(exercise, outcomes)
    if unnamed:
        different.append(f"broken, but not named in alsoBroken: {', '.join(unnamed)}")
    return different


def unnamed_failures(exercise: Exercise, outcomes: Mapping[str, str]) -> list[str]:
    """Return the suite's tests that failed although the exercise names them nowhere."""
    if EVERYTHING in exercise.also_broken:
        return []
    named = {*exercise.also_broken, *checks(exercise)}
    return [
        test
        for test, seen in by_test(outcomes).items()
        if not seen <= GOOD and not {test, test.partition("::")[0]} & named
        if not test.startswith(OWN)
    ]


def checks(exercise: Exercise) -> list[str]:
    """Return the checks of all objectives, each once."""
    return _once(test for objective in exercise.objectives for test in objective.checks)


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))

"""Every exercise that ships, on a real lab: broken as it says, reset, repaired, restored.

Two labs are enough for all of them: one control plane with a worker, and three control planes.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from labgen.exercises import grading, progress
from labgen.exercises.load import load
from labgen.exercises.model import FILE, Exercise
from labgen.exercises.schema import EVERYTHING
from labgen.lab import store
from labgen.lab.lab import Lab
from tests.e2e.support.leak_check import leaks
from tests.e2e.support.program import ROOT, UP, labgen
from tests.e2e.support.runs import Run

SMALL, WIDE = "one-and-one", "three"
LABS: Mapping[str, Sequence[str]] = {
    SMALL: ("ha-3x3", "-s", "machines[0].count=1", "-s", "machines[1].count=1"),
    WIDE: ("ha-3x0",),
}
ALL = [load(path.parent) for path in sorted((ROOT / "exercises").glob(f"*/{FILE}"))]
QUICK = {"kubelet-past-the-vip", "scheduler-wrong-flag"}  # the two of `make test`
MINUTES = 600.0  # seconds for one command; nodes take one minute until they are NotReady
LabOf = Callable[[str], Lab]
LEFT = "/root/changed-by-the-learner"


def _kind(exercise: Exercise) -> str:
    return WIDE if exercise.control_planes > 1 else SMALL


CASES = [
    pytest.param(it, id=it.name, marks=pytest.mark.quick if it.name in QUICK else ())
    for it in sorted(ALL, key=lambda it: (_kind(it), it.name))
]


@pytest.fixture(scope="module")
def lab_of(run_: Run) -> Iterator[LabOf]:
    """Return lab_of(KIND), which brings up a lab of that kind and removes the one of the other."""
    found: dict[str, Lab] = {}

    def get(kind: str) -> Lab:
        if kind not in found:
            _remove(found)
            name = run_.lab_name(kind)
            labgen("up", *LABS[kind], "--name", name, timeout=UP)
            found[kind] = store.load(name)
        return found[kind]

    yield get
    _remove(found)


def _remove(found: dict[str, Lab]) -> None:
    for lab in found.values():
        labgen("down", lab.name)
        assert leaks(lab) == []
    found.clear()


def _result(lab: Lab, expected: int) -> list[dict[str, Any]]:
    """Return the objectives as `check` reports them, with that exit code."""
    said = labgen("exercise", "check", lab.name, "-o", "json", timeout=MINUTES, check=False)
    assert said.exit_code == expected, said.stderr
    objectives: list[dict[str, Any]] = json.loads(said.stdout)["objectives"]
    return objectives


def _unnamed(lab: Lab, exercise: Exercise) -> list[str]:
    """Return the tests of the tier smoke that fail although the exercise does not name them."""
    if EVERYTHING in exercise.also_broken:
        return []
    said = labgen("verify", lab.name, "-o", "json", timeout=MINUTES, check=False, quiet=True)
    verdict = json.loads(said.stdout)
    failed = dict.fromkeys([*verdict["failed"], *verdict["errors"]], "failed")
    return grading.unnamed_failures(exercise, failed)


@pytest.mark.parametrize("exercise", CASES)
def test_exercise_breaks_what_it_says_and_its_solution_repairs_it(
    lab_of: LabOf, exercise: Exercise
) -> None:
    _prove(lab_of(_kind(exercise)), exercise, exercise.name)


def _prove(lab: Lab, exercise: Exercise, wanted: str) -> None:
    name = lab.name
    _end_unfinished(lab)
    labgen("exercise", "start", name, wanted, "--as-is", timeout=MINUTES)
    broken = [it.done_at_start for it in exercise.objectives]
    assert [it["done"] for it in _result(lab, expected=1)] == broken

    changed = progress.running(lab).target
    labgen("exec", name, changed, "touch", LEFT)
    labgen("exercise", "reset", name, timeout=MINUTES)
    assert not labgen("exec", name, changed, "ls", LEFT, check=False).ok
    assert [it["done"] for it in _result(lab, expected=1)] == broken
    assert _unnamed(lab, exercise) == []

    labgen("exercise", "solve", name, timeout=MINUTES)
    assert all(it["done"] for it in _result(lab, expected=0))


def _end_unfinished(lab: Lab) -> None:
    """Abort what an earlier test has left, so that it does not fail the next one too."""
    found = progress.read(lab)
    if found and not found.over:
        labgen("exercise", "abort", lab.name, timeout=MINUTES)

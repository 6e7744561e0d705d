"""Which objectives are done, and whether a lab is broken as the exercise says."""

from pathlib import Path

import pytest

from labgen.exercises import grading
from tests.unit.exercises.samples import HOLDER, RUNS, sample

NODE = "acceptance/test_nodes.py::test_node_is_ready"


@pytest.mark.parametrize(
    ("outcomes", "done"),
    [
        ({HOLDER: "passed", f"{RUNS}[master1]": "passed", f"{RUNS}[master2]": "passed"}, (1, 1)),
        ({HOLDER: "failed", f"{RUNS}[master1]": "passed", f"{RUNS}[master2]": "failed"}, (0, 0)),
        ({HOLDER: "error", f"{RUNS}[master1]": "passed", f"{RUNS}[master2]": "skipped"}, (0, 1)),
        ({HOLDER: "passed", f"{RUNS}[master1]": "skipped"}, (1, 0)),
        ({HOLDER: "passed"}, (1, 0)),
    ],
    ids=["all", "one case fails", "cannot run", "skipped everywhere", "did not run"],
)
def test_objective_is_done_when_all_its_checks_have_passed(
    outcomes: dict[str, str], done: tuple[int, int], tmp_path: Path
) -> None:
    found = grading.done(sample(tmp_path), outcomes)
    assert found == {0: bool(done[0]), 1: bool(done[1])}


def test_own_tests_are_found_wherever_the_exercise_is(tmp_path: Path) -> None:
    found = grading.by_test(
        {"../../x/check.py::test_it[a-b]": "passed", "check.py::test_it": "error"}
    )
    assert found == {"check.py::test_it": {"passed", "error"}}


def test_broken_state_is_that_of_the_objectives_and_of_nothing_else(tmp_path: Path) -> None:
    broken = {HOLDER: "failed", RUNS: "passed", f"{NODE}[node1]": "passed", "x": "skipped"}
    exercise = sample(tmp_path)
    assert grading.deviations(exercise, broken) == []
    assert grading.deviations(exercise, {**broken, f"{NODE}[node1]": "failed"}) == [
        "broken, but not named in alsoBroken: test_nodes.py::test_node_is_ready"
    ]
    assert grading.deviations(exercise, {HOLDER: "passed", RUNS: "failed"}) == [
        "objective 1 is done at the start",
        "objective 2 is not done at the start",
    ]


@pytest.mark.parametrize(
    "named", ["test_nodes.py::test_node_is_ready", "test_nodes.py", "everything"]
)
def test_what_the_exercise_names_may_be_broken_too(named: str, tmp_path: Path) -> None:
    exercise = sample(tmp_path, more=f"alsoBroken: ['{named}']\n")
    broken = {HOLDER: "failed", RUNS: "passed", f"{NODE}[node1]": "failed"}
    assert grading.deviations(exercise, broken) == []

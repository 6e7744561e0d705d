"""labgen exercise: what it prints, its exit codes, and what it keeps to itself."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from labgen.exercises import progress
from labgen.exercises.progress import Phase, Progress
from labgen.lab.lab import Lab
from labgen.operations import checkpoints, exercise_tests
from tests.unit.cli.calling import labgen
from tests.unit.exercises.samples import HOLDER, RUNS, write
from tests.unit.lab.samples import made
from tests.unit.operations.test_checkpoints import Saving


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Return a lab whose exercise runs, with one objective done."""
    monkeypatch.chdir(tmp_path)
    directory = write(tmp_path / "exercises", "sample")
    lab = made("single", "demo")
    progress.write(lab, Progress("sample", directory, Phase.RUNNING, "master1", began=1.0))
    found = {HOLDER: "failed", RUNS: "passed"}
    monkeypatch.setattr(exercise_tests, "outcomes", lambda *_, **__: found)
    return lab


def test_check_that_finds_something_to_do_ends_with_1_and_does_not_say_what(lab: Lab) -> None:
    said = labgen("exercise", "check", "demo", "--junitxml", "result.xml")
    lines = said.out.splitlines()
    assert lines[1:3] == [
        "not done      80  One machine holds the VIP.",
        "done          20  keepalived runs.",
    ]
    assert lines[-1].startswith("20 of 100 points; ")
    assert lines[-1].endswith(" minutes of 15; 0 hints")
    assert (said.exit_code, said.err) == (1, "")
    assert "test_" not in said.out
    assert len(list(ET.parse("result.xml").iter("failure"))) == 1  # noqa: S314


def test_hint_is_paid_for_and_shown_again_for_nothing(lab: Lab) -> None:
    said = labgen("exercise", "hint", "demo")
    assert (said.out, said.err) == ("Look at its journal.\n", "  it costs 30 points\n")
    for _ in range(2):
        again = labgen("exercise", "status", "demo")
        assert "hint 1: Look at its journal." in again.out
        assert "1 hint" in again.out
    found = progress.read(lab)
    assert found
    assert found.hints == 1


def test_points_are_none_after_the_solution(lab: Lab) -> None:
    found = progress.running(lab)
    progress.write(lab, replace(found, solved=True, finished=62.0, done={0: True, 1: True}))
    said = labgen("exercise", "status", "demo")
    assert "0 of 100 points: the solution was shown; 1:01 minutes of 15; 0 hints" in said.out


def test_task_is_shown_without_hints_and_solution(lab: Lab) -> None:
    said = labgen("exercise", "show", "sample")
    assert "Find out why." in said.out
    assert "hints: 2, for 30, 90 points" in said.out
    assert "journal" not in said.out
    assert "true" not in said.out


def test_errors_of_a_file_begin_with_their_place(lab: Lab) -> None:
    path = Path("exercises/sample/exercise.yaml")
    path.write_text(path.read_text().replace("points: 80", "points: many"))
    said = labgen("exercise", "show", "sample")
    text = "objectives[0].points: expected a whole number, found the text 'many'"
    assert (said.exit_code, said.err) == (2, f"{path}:7:13: {text}\n")
    assert "(has errors: labgen exercise show sample)" in labgen("exercise", "list").out


def test_new_exercise_can_be_shown(lab: Lab) -> None:
    said = labgen("exercise", "new", "mine")
    assert "created exercises/mine" in said.err
    assert labgen("exercise", "show", "mine").exit_code == 0
    assert labgen("exercise", "new", "mine").exit_code == 2


def test_lab_without_an_exercise_is_a_usage_error(lab: Lab) -> None:
    progress.remove(lab)
    for command in ("check", "status", "hint", "solve", "reset"):
        said = labgen("exercise", command, "demo")
        assert (said.exit_code, "lab demo has no exercise" in said.err) == (2, True), command


def test_checkpoints_of_exercises_are_not_for_other_commands(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    able = Saving()
    able.saved.append("exercise-broken")
    monkeypatch.setattr(checkpoints, "provider", lambda _: able)
    for command in ("save", "remove"):
        said = labgen("checkpoint", command, "demo", "exercise-broken")
        assert (said.exit_code, "to the exercise" in said.err or "to exercises" in said.err) == (
            *(2, True),
        )
    progress.remove(lab)
    assert labgen("checkpoint", "remove", "demo", "exercise-broken").exit_code == 0
    assert able.saved == []

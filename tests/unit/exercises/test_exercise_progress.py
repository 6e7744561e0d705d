"""The progress of an exercise: kept in a private file, with points, clock and phases."""

from dataclasses import replace
from pathlib import Path

import pytest

from labgen.errors import LabgenError, UsageError
from labgen.exercises import progress
from labgen.exercises.progress import Phase, Progress
from tests.unit.exercises.samples import sample
from tests.unit.lab.samples import made, mode

RUNNING = Progress("sample", Path("/x/sample"), Phase.RUNNING, target="master1", began=1000.0)


def test_progress_is_read_as_it_was_written_by_its_owner_only() -> None:
    lab = made()
    assert progress.read(lab) is None
    found = replace(RUNNING, done={0: True, 1: False}, hints=1, finished=1200.5)
    progress.write(lab, found)
    assert progress.read(lab) == found
    assert mode(lab.directory / "exercise.json") == 0o600
    progress.remove(lab)
    assert progress.read(lab) is None


def test_points_are_those_of_done_objectives_less_hints_and_never_negative(tmp_path: Path) -> None:
    exercise = sample(tmp_path)
    both = replace(RUNNING, done={0: True, 1: True})
    assert RUNNING.points(exercise) == 0
    assert both.points(exercise) == 100
    assert replace(both, hints=1).points(exercise) == 70
    assert replace(both, hints=2).points(exercise) == 0
    assert replace(both, solved=True).points(exercise) == 0


def test_clock_stops_when_all_is_done() -> None:
    assert RUNNING.elapsed(now=1060.0) == 60.0
    assert replace(RUNNING, finished=1030.0).elapsed(now=1060.0) == 30.0
    assert replace(RUNNING, began=0.0).elapsed(now=1060.0) == 0.0


@pytest.mark.parametrize(
    ("phase", "again"),
    [
        (Phase.SAVING, "labgen exercise start demo sample"),
        (Phase.BREAKING, "labgen exercise start demo sample"),
        (Phase.RESETTING, "labgen exercise reset demo"),
    ],
)
def test_exercise_that_was_interrupted_names_the_command_that_resumes(
    phase: Phase, again: str
) -> None:
    lab = made()
    progress.write(lab, replace(RUNNING, phase=phase))
    with pytest.raises(UsageError, match=f"interrupted while {phase}") as refused:
        progress.running(lab)
    assert again in (refused.value.hint or "")
    assert not replace(RUNNING, phase=phase, finished=1.0).over


def test_lab_without_an_exercise_says_how_to_start_one() -> None:
    with pytest.raises(UsageError, match="has no exercise") as refused:
        progress.running(made())
    assert refused.value.hint == "labgen exercise start demo NAME"


def test_damaged_progress_can_be_aborted() -> None:
    lab = made()
    (lab.directory / "exercise.json").write_text('{"exercise": 7}')
    with pytest.raises(LabgenError, match="is damaged") as refused:
        progress.read(lab)
    assert refused.value.hint == "labgen exercise abort demo"

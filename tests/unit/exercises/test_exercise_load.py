"""Exercises: each error is reported with its position, and all that come with labgen are valid."""

from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.exercises import suite
from labgen.exercises.load import load
from labgen.exercises.model import FILE, Hint, Objective
from labgen.exercises.schema import ExercisePart
from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.scenario.json_schema import json_schema
from labgen.system import data
from tests.unit.exercises.samples import sample, write

BAD = sorted(path.parent.name for path in (Path(__file__).parent / "bad").glob(f"*/{FILE}"))
SHIPPED = sorted(path.parent for path in data.directory("exercises").glob(f"*/{FILE}"))


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)


@pytest.mark.parametrize("name", BAD)
def test_bad_exercise_is_refused_with_exactly_the_expected_words(name: str) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        load(Path("bad") / name)
    assert f"{caught.value}\n" == (Path("bad") / f"{name}.expected").read_text()
    assert caught.value.exit_code == 2


def test_defaults_are_filled_in(tmp_path: Path) -> None:
    found = sample(tmp_path)
    assert (found.name, found.title, found.level, found.minutes) == (
        *("sample", "Two holders", "beginner"),
        15,
    )
    assert (found.control_planes, found.workers, found.needs) == (1, 0, "1 control plane")
    assert (found.target, found.break_on, found.solve_on) == (
        *("control-plane", ("target",)),
        ("target",),
    )
    check = ("test_virtual_ip.py::test_exactly_one_machine_holds_the_vip",)
    runs = ("test_virtual_ip.py::test_keepalived_runs",)
    assert found.objectives == (
        Objective("One machine holds the VIP.", 80, check),
        Objective("keepalived runs.", 20, runs, done_at_start=True),
    )
    assert found.hints == (Hint("Look at its journal.", 30), Hint("Look again.", 90))
    assert found.points == 100
    assert found.solution == "#!/bin/bash\ntrue\n"


def test_needs_are_said_in_words(tmp_path: Path) -> None:
    more = "needs: {controlPlanes: 3, workers: 2}\n"
    assert sample(tmp_path, more=more).needs == "3 control planes, 2 workers"


def test_own_file_that_is_not_python_is_named_with_its_line(tmp_path: Path) -> None:
    directory = write(tmp_path)
    (directory / "check.py").write_text("x = 1\ndef test(:\n")
    with pytest.raises(ScenarioInvalid, match=r"check\.py:2:\d+: not Python"):
        load(directory)


def test_directory_without_the_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*: No such file"):
        load(tmp_path)


def test_schema_has_every_field_with_a_description() -> None:
    schema = json_schema(ExercisePart)
    parts = [schema, *schema["$defs"].values()]
    fields = {name: field for part in parts for name, field in part["properties"].items()}
    assert [name for name, field in fields.items() if not field.get("description")] == []


def test_only_read_only_tests_of_the_suite_can_be_checks() -> None:
    found = suite.smoke_tests()
    assert "test_nodes.py::test_node_is_ready" in found
    assert "test_dns.py::test_dns_service_answers_the_machine" in found
    assert "test_dns.py::test_pod_finds_the_service_by_its_name" not in found
    assert not any(test.startswith("test_failover.py") for test in found)


def test_exercises_ship_for_beginners_and_for_others() -> None:
    found = [load(directory) for directory in SHIPPED]
    assert len(found) >= 9
    assert len({it.level for it in found}) > 1


@pytest.mark.parametrize("directory", SHIPPED, ids=lambda path: path.name)
def test_exercise_that_ships_can_be_won_without_luck(directory: Path) -> None:
    """Hints cost no more than there is to win, and the task does not name the test."""
    found = load(directory)
    assert sum(hint.price for hint in found.hints) < found.points
    assert "test_" not in found.task
    broken = [it for it in found.objectives if not it.done_at_start]
    assert sum(it.points for it in broken) > found.points / 2

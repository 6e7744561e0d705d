"""A new exercise is valid, and nothing of the user's is overwritten."""

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from labgen.errors import UsageError
from labgen.exercises import junit, skeleton
from labgen.exercises.load import load
from tests.unit.exercises.samples import sample


def test_new_exercise_is_valid_and_its_scripts_can_run(tmp_path: Path) -> None:
    directory = skeleton.create(tmp_path, "mine")
    found = load(directory)
    assert (found.name, len(found.objectives), found.needs) == ("mine", 2, "3 control planes")
    assert all(os.access(directory / name, os.X_OK) for name in ("break.sh", "solve.sh"))
    assert (tmp_path / "schema.json").is_file()


def test_what_exists_is_kept(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text("mine")
    skeleton.create(tmp_path, "mine")
    with pytest.raises(UsageError, match="exists already"):
        skeleton.create(tmp_path, "mine")
    assert (tmp_path / "schema.json").read_text() == "mine"


@pytest.mark.parametrize("name", ["Mine", "../mine", "a b", ""])
def test_name_is_a_label(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="an exercise cannot have that name"):
        skeleton.create(tmp_path, name)


def test_junit_has_a_case_for_each_objective_and_says_nothing_of_its_checks(
    tmp_path: Path,
) -> None:
    path = tmp_path / "result.xml"
    junit.write(path, sample(tmp_path), {0: False, 1: True}, 61.25)
    suite = ET.parse(path).getroot()[0]  # noqa: S314 - labgen wrote it
    assert (suite.get("tests"), suite.get("failures"), suite.get("time")) == ("2", "1", "61.2")
    failed = {case.get("name"): [it.get("message") for it in case] for case in suite}
    assert failed == {"One machine holds the VIP.": ["not done"], "keepalived runs.": []}
    assert "test_" not in path.read_text()

"""Exercises are found by name or path, the user's own before those of labgen."""

from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.exercises import catalog
from tests.unit.exercises.samples import write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def test_exercises_of_the_working_directory_come_first_then_the_users(
    home: Path, tmp_path: Path
) -> None:
    own, here = home / "config/exercises", tmp_path / "here/exercises"
    write(own, "scheduler-wrong-flag")
    assert catalog.find("scheduler-wrong-flag").directory == own / "scheduler-wrong-flag"
    write(here, "scheduler-wrong-flag")
    assert catalog.find("scheduler-wrong-flag").directory == here / "scheduler-wrong-flag"
    write(own, "of-the-user")
    assert {"of-the-user", "scheduler-wrong-flag", "coredns-loop"} <= set(catalog.names())


def test_path_of_the_directory_or_of_its_file_is_enough(tmp_path: Path) -> None:
    directory = write(tmp_path / "else" / "where")
    for path in (directory, directory / "exercise.yaml"):
        assert catalog.find(str(path)).directory == directory


def test_unknown_name_is_compared_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="did you mean coredns-loop") as refused:
        catalog.find("coredns-lop")
    assert "scheduler-wrong-flag" in (refused.value.hint or "")
    with pytest.raises(UsageError, match=r"there is no gone/exercise\.yaml"):
        catalog.find("gone/")

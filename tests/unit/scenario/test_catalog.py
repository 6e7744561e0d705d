"""A scenario is found by path, then among the user's own, then among labgen's."""

from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.scenario import catalog


def test_names_are_those_of_labgen_and_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert {"ha-3x0", "ha-3x3", "ha-5x2", "onprem-classic", "single"} <= set(catalog.names())
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.yaml").touch()
    assert "mine" in catalog.names()
    assert catalog.find("mine") == Path("scenarios/mine.yaml")


def test_ones_own_scenario_comes_before_labgens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert catalog.find("ha-3x3").is_absolute()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "ha-3x3.yaml").touch()
    assert catalog.find("ha-3x3") == Path("scenarios/ha-3x3.yaml")


@pytest.mark.parametrize("path", ["good/minimal.yaml", "./good/minimal.yaml"])
def test_a_path_is_taken_as_it_is(path: str) -> None:
    assert catalog.find(path) == Path(path)


def test_unknown_name_comes_with_the_nearest_and_the_list() -> None:
    with pytest.raises(UsageError, match=r"no scenario 'ha-3x4'; did you mean ha-3x3\?") as caught:
        catalog.find("ha-3x4")
    assert "ha-3x0, ha-3x3, ha-5x2, onprem-classic, single" in str(caught.value.hint)


def test_absent_file_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"there is no file good/absent\.yaml"):
        catalog.find("good/absent.yaml")

"""Classes: each error is reported with its position, and the file that comes with labgen is
valid."""

from pathlib import Path

import jsonschema
import pytest

from labgen.classes import load as loading
from labgen.classes.model import Class
from labgen.classes.schema import ClassPart
from labgen.errors import UsageError
from labgen.scenario import catalog
from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.json_schema import json_schema
from labgen.scenario.load import load as load_scenario
from labgen.scenario.model import Scenario
from labgen.system import data
from tests.unit.lab.samples import scenario

BAD = sorted(path.stem for path in (Path(__file__).parent / "bad").glob("*.yaml"))


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)


def find(wanted: str) -> Scenario:
    return load_scenario(catalog.find(wanted), host_environment=HostEnvironment())


def load(path: Path) -> Class:
    return loading.load(path, find)


@pytest.mark.parametrize("name", BAD)
def test_bad_class_is_refused_with_exactly_the_expected_words(name: str) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        load(Path("bad") / f"{name}.yaml")
    assert f"{caught.value}\n" == (Path("bad") / f"{name}.expected").read_text()
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("path", sorted(data.directory("classes").glob("*.yaml")), ids=str)
def test_class_that_comes_with_labgen_is_valid(path: Path) -> None:
    found = load(path)
    assert found.seats == ("anna", "ben", "chen", "dora")
    assert found.labs[0] == "first-anna"
    assert [it.name for it in found.exercises] == ["scheduler-wrong-flag", "coredns-loop"]


def test_file_gives_the_class_its_name_and_a_number_its_seats(tmp_path: Path) -> None:
    path = tmp_path / "monday.yaml"
    path.write_text("scenario: single\nseats: 3\n")
    found = load(path)
    assert (found.name, found.seats, found.exercises) == ("monday", ("1", "2", "3"), ())
    assert found.labs == ("monday-1", "monday-2", "monday-3")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    shipped = data.directory("scenarios") / "single.yaml"
    (tmp_path / "own/mine.yaml").write_text(shipped.read_text())
    path = tmp_path / "monday.yaml"
    exercise = data.directory("exercises") / "coredns-loop"
    (tmp_path / "task").symlink_to(exercise)
    path.write_text("scenario: own/mine.yaml\nseats: 1\nexercises: [./task]\n")
    assert load(path).exercises == (tmp_path / "task",)


def test_one_seat_may_have_the_scenarios_own_subnet(tmp_path: Path) -> None:
    path = tmp_path / "monday.yaml"
    path.write_text(f"scenario: {Path('bad/fixed/fixed.yaml').absolute()}\nseats: 1\n")
    assert load(path).scenario.network.subnet


def test_class_without_a_file_has_the_same_rules() -> None:
    found = loading.without_file("monday", scenario("single"), ["1", "2"])
    assert found.labs == ("monday-1", "monday-2")
    with pytest.raises(UsageError, match=r"no class Monday of single: .*is not a DNS label"):
        loading.without_file("Monday", scenario("single"), ["1"])


@pytest.mark.parametrize(
    ("seats", "valid"), [(1, True), (["a", "b"], True), (0, False), ([], False), (["A"], False)]
)
def test_editors_know_what_seats_may_be(seats: object, valid: bool) -> None:
    validator = jsonschema.Draft202012Validator(json_schema(ClassPart))
    assert validator.is_valid({"scenario": "single", "seats": seats}) is valid

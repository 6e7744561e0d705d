"""The JSON Schema accepts what labgen accepts, and refuses what has the wrong shape."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from labgen.cli import scenario as command
from labgen.cli.session import Session
from labgen.scenario import catalog
from labgen.scenario.document import NotYaml, read
from labgen.scenario.dump import dump
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from labgen.scenario.parse import parse

HERE = Path(__file__).parent
SCENARIOS = HERE.parents[2] / "scenarios"
SHIPPED = sorted(SCENARIOS.glob("*.yaml"))
GOOD = sorted((HERE / "good").glob("*.yaml"))
MODELINE = "# yaml-language-server: $schema=schema.json\n"
# Patterns are looser than labgen's readers, which know the host's users and where a URI leads.
BEYOND_PATTERNS = {
    "home-of-a-user-that-is-not-there",
    "uri-past-the-machines",
    "uri-without-host-keys",
}


def data_of(path: Path) -> object:
    """Return the data of a file; None if it is not UTF-8 or not YAML."""
    try:
        return read(path.read_text()).data
    except (NotYaml, UnicodeDecodeError):
        return None


OF_SHAPE = [
    path.name
    for path in sorted((HERE / "bad").glob("*.yaml"))
    if path.stem not in BEYOND_PATTERNS
    and isinstance(data_of(path), dict)
    and parse(data_of(path))[1]
]


@pytest.fixture
def validator() -> Draft202012Validator:
    """Return a validator of the schema that labgen prints."""
    result = CliRunner().invoke(command.scenario, ["schema"], obj=Session())
    assert result.exit_code == 0
    schema = json.loads(result.output)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    return Draft202012Validator(schema)


@pytest.mark.parametrize("path", [*SHIPPED, *GOOD], ids=lambda path: path.name)
def test_schema_accepts_a_good_scenario(path: Path, validator: Draft202012Validator) -> None:
    assert list(validator.iter_errors(data_of(path))) == []


@pytest.mark.parametrize("path", [*SHIPPED, *GOOD], ids=lambda path: path.name)
def test_schema_accepts_what_scenario_show_prints(
    path: Path, validator: Draft202012Validator
) -> None:
    shown = dump(load(path, host_environment=HostEnvironment()))
    assert list(validator.iter_errors(read(shown).data)) == []


@pytest.mark.parametrize("name", OF_SHAPE)
def test_schema_refuses_a_wrong_shape_where_labgen_does(
    name: str, validator: Draft202012Validator
) -> None:
    """Assert that the schema reports each field for which labgen reports a type error."""
    path = HERE / "bad" / name
    found = [tuple(error.absolute_path) for error in validator.iter_errors(data_of(path))]
    assert found
    _, diagnostics = parse(data_of(path))
    named = {diagnostic.field for diagnostic in diagnostics}
    # Missing and unknown keys are errors of the mapping, items of a list those of the field.
    assert any(field in named or any(it[: len(field)] == field for it in named) for field in found)


def test_most_of_the_bad_shapes_are_seen() -> None:
    assert len(OF_SHAPE) >= 20


def test_every_field_has_a_description(validator: Draft202012Validator) -> None:
    schema = validator.schema
    assert isinstance(schema, dict)
    without = [
        f"{name}.{key}"
        for name, part in {"file": schema, **schema["$defs"]}.items()
        for key, field in part["properties"].items()
        if not field.get("description")
    ]
    assert without == []
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_scenario_that_ships_names_its_schema(path: Path) -> None:
    """Check the path, which editors resolve relative to the scenario, in a checkout and in a
    package."""
    assert path.read_text().startswith(MODELINE)
    assert (catalog.find(path.stem).parent / "schema.json").is_file()

"""labgen scenario: list, show and validate scenarios, and print their JSON Schema."""

import click

from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.errors import UsageError
from labgen.scenario import catalog
from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.scenario.dump import dump
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.json_schema import as_text
from labgen.scenario.load import load
from labgen.scenario.schema import ScenarioPart


@click.group("scenario")
def scenario() -> None:
    """List, show and validate scenarios, and print their JSON Schema."""


@scenario.command("list")
@common
def list_scenarios() -> None:
    """List the scenarios that are known by name."""
    names = catalog.names()
    width = max(map(len, names), default=0)
    for name in names:
        click.echo(f"{name:<{width}}  {_description(name)}".rstrip())


@scenario.command("show")
@click.argument("wanted", metavar="SCENARIO")
@overrides_option
@common
@click.pass_obj
def show(session: Session, wanted: str, overrides: tuple[str, ...]) -> None:
    """Print SCENARIO as YAML with all defaults filled in."""
    click.echo(dump(load_scenario(session, wanted, overrides)), nl=False)


@scenario.command("validate")
@click.argument("wanted", metavar="SCENARIO")
@overrides_option
@common
@click.pass_context
def validate(context: click.Context, wanted: str, overrides: tuple[str, ...]) -> None:
    """Check SCENARIO and print all its errors, or ok."""
    try:
        load_scenario(context.obj, wanted, overrides)
    except ScenarioInvalid as invalid:
        # Not an error of this command: these are what it was called for.
        click.echo(str(invalid))
        context.exit(invalid.exit_code)
    click.echo("ok")


@scenario.command("schema")
@common
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    click.echo(as_text(ScenarioPart), nl=False)


def _description(name: str) -> str:
    """Return a scenario's own words; a broken scenario must not hide the others."""
    try:
        return load(catalog.find(name), host_environment=HostEnvironment()).description
    except UsageError:
        return f"(has errors: labgen scenario validate {name})"

"""labgen scenario: list, show and validate scenarios, and print their JSON Schema."""

import click

from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.console import print_table
from labgen.errors import UsageError
from labgen.scenario import catalog
from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.scenario.dump import dump
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.json_schema import as_text
from labgen.scenario.load import load
from labgen.scenario.schema import ScenarioPart


@click.group("scenario", cls=Group)
def scenario() -> None:
    """List, show and validate scenarios, and print their JSON Schema."""


@scenario.command("list")
@output_option(shapes.Scenario, many=True)
@common
def list_scenarios(output: str) -> None:
    """List the scenarios that are known by name."""
    found = [_scenario(name) for name in catalog.names()]
    if output == "json":
        print_json(found)
        return
    print_table(("NAME", "DESCRIPTION"), [(it.name, _description(it)) for it in found])


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


def _scenario(name: str) -> shapes.Scenario:
    """Return what is known of the scenario. An invalid one must not hide the others."""
    try:
        description = load(catalog.find(name), host_environment=HostEnvironment()).description
    except UsageError:
        return shapes.Scenario(name=name, description=None, valid=False)
    return shapes.Scenario(name=name, description=description, valid=True)


def _description(found: shapes.Scenario) -> str:
    if found.valid:
        return found.description or ""
    return f"(has errors: labgen scenario validate {found.name})"

"""labgen scenario: list, show and validate scenarios."""

import click

from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.errors import UsageError
from labgen.scenario import catalog
from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.scenario.dump import dump
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load


@click.group("scenario")
def scenario() -> None:
    """List, show and validate scenarios."""


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
    """Check SCENARIO and print all its mistakes, or ok."""
    try:
        load_scenario(context.obj, wanted, overrides)
    except ScenarioInvalid as invalid:
        # Not an error of this command: the mistakes are what it was asked for.
        click.echo(str(invalid))
        context.exit(invalid.exit_code)
    click.echo("ok")


def _description(name: str) -> str:
    """A scenario's own words; a broken one must not hide the others."""
    try:
        return load(catalog.find(name), host_environment=HostEnvironment()).description
    except UsageError:
        return f"(has mistakes: labgen scenario validate {name})"

"""labgen render: the configuration files of a scenario's machines."""

from pathlib import Path

import click

from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.errors import LabgenError
from labgen.up.dry_run import render_blueprint, render_files


@click.command()
@click.argument("scenario")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@overrides_option
@common
@click.pass_obj
def render(session: Session, scenario: str, directory: Path, overrides: tuple[str, ...]) -> None:
    """Write the configuration files that SCENARIO's machines would get to DIRECTORY/MACHINE.

    Placeholders stand where secrets would; addresses that are auto are shown as examples. With
    provider libvirt, DIRECTORY gets the Vagrantfile too, once the bundle has the box it names.
    """
    loaded = load_scenario(session, scenario, overrides)
    for path in render_files(loaded, directory):
        click.echo(path)
    try:
        for path in render_blueprint(loaded, directory):
            click.echo(path)
    except LabgenError as error:
        told = "; ".join(it for it in (error.message, error.hint) if it)
        click.echo(f"without a Vagrantfile: {told}", err=True)

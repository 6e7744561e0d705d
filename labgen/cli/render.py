"""labgen render: the configuration files of the machines of a scenario."""

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
    """Write the configuration files of SCENARIO to DIRECTORY/MACHINE.

    Secrets are placeholders, and a subnet that is auto is an example. With provider libvirt, the
    Vagrantfile is written to DIRECTORY, too, once the bundle has the box that it names.
    """
    loaded = load_scenario(session, scenario, overrides)
    for path in render_files(loaded, directory):
        click.echo(path)
    try:
        for path in render_blueprint(loaded, directory):
            click.echo(path)
    except LabgenError as error:
        why = "; ".join(it for it in (error.message, error.hint) if it)
        click.echo(f"without a Vagrantfile: {why}", err=True)

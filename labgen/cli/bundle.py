"""labgen bundle build | list | verify."""

import click
from rich.console import Console
from rich.table import Table

from labgen.bundle import commands, contents
from labgen.bundle.engine import progress, recipe
from labgen.bundle.parts.packages import SUITES
from labgen.bundle.parts.runtimes import NAMES
from labgen.bundle.versions import KUBERNETES, known_versions
from labgen.cli.session import Session, common

MIB = 1 << 20
version_option = click.option(
    "--kubernetes",
    "version",
    type=click.Choice(known_versions()),
    default=KUBERNETES,
    show_default=True,
    help="Kubernetes version of the bundle.",
)


@click.group()
def bundle() -> None:
    """Build and check what labs are made of."""


@bundle.command()
@version_option
@click.option("--box", is_flag=True, help="Build the Vagrant box for libvirt, too.")
@click.option(
    "--packages",
    type=click.Choice(SUITES),
    multiple=True,
    help="Also the packages for existing machines with that Debian. May be repeated.",
)
@click.option(
    "--runtime",
    "runtimes",
    type=click.Choice(NAMES),
    multiple=True,
    help="Also that container runtime, for scenarios that ask for it. May be repeated.",
)
@common
@click.pass_obj
def build(
    session: Session,
    *,
    version: str,
    box: bool,
    packages: tuple[str, ...],
    runtimes: tuple[str, ...],
) -> None:
    """Build what the bundle lacks; what is good is kept."""
    told = progress.choose(quiet=session.quiet)
    options = [f"{recipe.PACKAGES} {suite}" for suite in packages]
    options += [f"{recipe.RUNTIME} {name}" for name in runtimes]
    options += [recipe.BOX] if box else []
    commands.build(version, told, options=options)


@bundle.command("list")
@common
def list_() -> None:
    """Show every bundle, its parts, their sizes and states."""
    for found in commands.bundles():
        click.echo(f"{found.name}  {found.directory}")
        table = Table()
        table.add_column("part")
        table.add_column("state")
        table.add_column("MiB", justify="right")
        table.add_column("built in", justify="right")
        for part in found.parts:
            seconds = "" if part.seconds is None else f"{part.seconds:.0f} s"
            table.add_row(part.name, part.state, f"{part.size / MIB:.0f}", seconds)
        Console().print(table)


@bundle.command()
@version_option
@common
def verify(version: str) -> None:
    """Compare everything in the bundle with the sums in its lock file."""
    wanted = contents.recipe(version)
    good = commands.verify(wanted)
    click.echo(f"bundle {wanted.name}: {good} parts are as they were built")

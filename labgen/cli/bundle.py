"""labgen bundle: build, list and verify."""

from dataclasses import asdict

import click

from labgen.bundle import commands, contents
from labgen.bundle.engine import progress, recipe
from labgen.bundle.parts.packages import SUITES
from labgen.bundle.parts.runtimes import NAMES
from labgen.bundle.versions import KUBERNETES, known_versions
from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common
from labgen.console import print_table

MIB = 1 << 20  # bytes
version_option = click.option(
    "--kubernetes",
    "version",
    type=click.Choice(known_versions()),
    default=KUBERNETES,
    show_default=True,
    help="Kubernetes version of the bundle.",
)


@click.group(cls=Group)
def bundle() -> None:
    """Build and verify bundles, which contain everything that a lab needs."""


@bundle.command()
@version_option
@click.option("--box", is_flag=True, help="Also build the Vagrant box for libvirt.")
@click.option(
    "--packages",
    type=click.Choice(SUITES),
    multiple=True,
    help="Also build the packages for existing machines with this Debian release. Repeatable.",
)
@click.option(
    "--runtime",
    "runtimes",
    type=click.Choice(NAMES),
    multiple=True,
    help="Also build this container runtime, for scenarios that use it. Repeatable.",
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
    """Build the missing or outdated parts of a bundle."""
    shown = progress.choose(quiet=session.quiet)
    options = [f"{recipe.PACKAGES} {suite}" for suite in packages]
    options += [f"{recipe.RUNTIME} {name}" for name in runtimes]
    options += [recipe.BOX] if box else []
    commands.build(version, shown, options=options)


@bundle.command("list")
@output_option(shapes.Bundle, many=True)
@common
def list_(output: str) -> None:
    """List the bundles, and the state and size of their parts."""
    bundles = [shapes.Bundle.model_validate(asdict(found)) for found in commands.bundles()]
    if output == "json":
        print_json(bundles)
        return
    for number, found in enumerate(bundles):
        if number:
            click.echo()
        click.echo(f"{found.name}  {found.directory}")
        print_table(("PART", "STATE", "MIB", "BUILT IN"), map(_row, found.parts), right=(2, 3))


def _row(part: shapes.Part) -> tuple[str, ...]:
    seconds = "-" if part.seconds is None else f"{part.seconds:.0f} s"
    return part.name, part.state, f"{part.size / MIB:.0f}", seconds


@bundle.command()
@version_option
@common
def verify(version: str) -> None:
    """Verify a bundle against the digests in its lock file."""
    wanted = contents.recipe(version)
    good = commands.verify(wanted)
    click.echo(f"bundle {wanted.name}: {good} parts are intact")

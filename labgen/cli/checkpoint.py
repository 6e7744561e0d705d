"""labgen checkpoint: save, restore, list and delete."""

import re

import click

from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common, lab_argument
from labgen.errors import UsageError
from labgen.operations import checkpoints

LETTERS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Return the name if a snapshot can have it; otherwise raise UsageError."""
    if not LETTERS.fullmatch(value):
        raise UsageError(
            f"{value!r} cannot name a checkpoint",
            hint="use at most 63 letters, digits, dots, hyphens and underscores",
        )
    return value


wanted = click.argument("checkpoint", callback=_name)


@click.group(cls=Group)
def checkpoint() -> None:
    """Save and restore labs of virtual machines."""


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def save(session: Session, name: str, checkpoint: str) -> None:
    """Save disks and memory of all machines of the lab NAME as CHECKPOINT."""
    checkpoints.save(name, checkpoint, session.console())


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def restore(session: Session, name: str, checkpoint: str) -> None:
    """Restore all machines of the lab NAME to CHECKPOINT.

    Everything that happened since is lost.
    """
    checkpoints.restore(name, checkpoint, session.console())


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def delete(session: Session, name: str, checkpoint: str) -> None:
    """Delete CHECKPOINT of the lab NAME."""
    checkpoints.delete(name, checkpoint, session.console())


@checkpoint.command("list")
@lab_argument
@output_option(shapes.Checkpoint, many=True)
@common
@click.pass_obj
def list_(session: Session, name: str, output: str) -> None:
    """List the checkpoints of the lab NAME."""
    names = checkpoints.names(name)
    if output == "json":
        print_json([shapes.Checkpoint(name=it) for it in names])
        return
    if not names:
        session.console().say(f"lab {name} has no checkpoints")
    for it in names:
        click.echo(it)

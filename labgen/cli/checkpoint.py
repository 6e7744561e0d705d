"""labgen checkpoint save | restore | list | delete."""

import re

import click

from labgen.cli.session import Session, common
from labgen.errors import UsageError
from labgen.operations import checkpoints

LETTERS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """A name that is fit for a snapshot's."""
    if not LETTERS.fullmatch(value):
        raise UsageError(
            f"{value!r} cannot name a checkpoint",
            hint="use at most 63 letters, digits, dots, hyphens and underscores",
        )
    return value


wanted = click.argument("checkpoint", callback=_name)


@click.group()
def checkpoint() -> None:
    """Save a whole lab at one moment, and go back to it. Virtual machines only."""


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def save(session: Session, name: str, checkpoint: str) -> None:
    """Save disk and memory of all machines of the lab NAME as CHECKPOINT."""
    checkpoints.save(name, checkpoint, session.console())


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def restore(session: Session, name: str, checkpoint: str) -> None:
    """Bring all machines of the lab NAME back to CHECKPOINT; what came after it is lost."""
    checkpoints.restore(name, checkpoint, session.console())


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def delete(session: Session, name: str, checkpoint: str) -> None:
    """Forget CHECKPOINT of the lab NAME."""
    checkpoints.delete(name, checkpoint, session.console())


@checkpoint.command("list")
@click.argument("name")
@common
def list_(name: str) -> None:
    """List the checkpoints of the lab NAME."""
    for found in checkpoints.names(name):
        click.echo(found)

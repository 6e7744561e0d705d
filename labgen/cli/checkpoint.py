"""labgen checkpoint: save, restore, list and remove."""

import re

import click

from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common, lab_argument
from labgen.console import print_table
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
    """Save and restore labs, all machines of a lab at one moment."""


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def save(session: Session, name: str, checkpoint: str) -> None:
    """Save all machines of the lab NAME, at one moment, as CHECKPOINT.

    The disks are saved; for virtual machines, the memory is saved too. The machines stand still
    while they are copied. An earlier CHECKPOINT of that name is replaced. Faults must be healed
    first.
    """
    checkpoints.save(name, checkpoint, session.console())


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def restore(session: Session, name: str, checkpoint: str) -> None:
    """Restore all machines of the lab NAME to CHECKPOINT, and wait until the cluster is healthy.

    Everything that happened since is lost, and all faults are healed. System containers boot as
    after a power cut.
    """
    checkpoints.restore(name, checkpoint, session.console())


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def remove(session: Session, name: str, checkpoint: str) -> None:
    """Remove CHECKPOINT of the lab NAME."""
    checkpoints.remove(name, checkpoint, session.console())


@checkpoint.command("list")
@lab_argument
@output_option(shapes.Checkpoint, many=True)
@common
@click.pass_obj
def list_(session: Session, name: str, output: str) -> None:
    """List the checkpoints of the lab NAME."""
    found = [
        shapes.Checkpoint(name=it.name, saved=it.saved.isoformat(timespec="seconds"), size=it.size)
        for it in checkpoints.found(name)
    ]
    if output == "json":
        print_json(found)
    elif found:
        print_table(("CHECKPOINT", "SAVED", "SIZE"), map(_row, found), right={2})
    else:
        session.console().say(f"lab {name} has no checkpoints")


def _row(found: shapes.Checkpoint) -> tuple[str, str, str]:
    size = "-" if found.size is None else f"{found.size / 1024**2:.1f} MiB"
    return found.name, found.saved, size

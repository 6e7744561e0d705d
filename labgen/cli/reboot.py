"""labgen reboot: shut machines down and switch them on again."""

import click

from labgen.cli.session import Session, common
from labgen.operations.power import reboot as restart


@click.command()
@click.argument("name")
@click.argument("machines", nargs=-1)
@common
@click.pass_obj
def reboot(session: Session, name: str, machines: tuple[str, ...]) -> None:
    """Reboot MACHINES of the lab NAME, or all, at the same moment.

    Ends when they answer on SSH. The cluster recovers without help.
    """
    restart(name, machines, session.console())

"""labgen start: switch machines on."""

import click

from labgen.cli.session import Session, common
from labgen.operations.power import switch
from labgen.providers.base import Power


@click.command()
@click.argument("name")
@click.argument("machines", nargs=-1)
@common
@click.pass_obj
def start(session: Session, name: str, machines: tuple[str, ...]) -> None:
    """Switch on MACHINES of the lab NAME, or all.

    The cluster recovers without help.
    """
    switch(name, machines, Power.ON, session.console())

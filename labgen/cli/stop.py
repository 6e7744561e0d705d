"""labgen stop: shut machines down, or cut their power."""

import click

from labgen.cli.session import Session, common
from labgen.operations.power import switch
from labgen.providers.base import Power


@click.command()
@click.argument("name")
@click.argument("machines", nargs=-1)
@click.option("--now", is_flag=True, help="Cut the power instead of shutting down.")
@common
@click.pass_obj
def stop(session: Session, name: str, machines: tuple[str, ...], now: bool) -> None:
    """Shut down MACHINES of the lab NAME, or all."""
    switch(name, machines, Power.OFF if now else Power.SHUTDOWN, session.console())

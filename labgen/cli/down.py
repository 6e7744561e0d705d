"""labgen down: remove a lab."""

import time

import click

from labgen.build.take_down import take_down
from labgen.cli.session import Session, common


@click.command()
@click.argument("name")
@common
@click.pass_obj
def down(session: Session, name: str) -> None:
    """Remove the lab NAME with all it made on this host, from whatever state it is in."""
    begin = time.monotonic()
    console = session.console()
    take_down(name, console)
    console.say(f"lab {name} is gone after {time.monotonic() - begin:.1f} s; nothing is left")

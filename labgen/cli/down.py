"""labgen down: remove a lab."""

import time

import click

from labgen.cli.session import Session, common
from labgen.operations.down import teardown


@click.command()
@click.argument("name")
@click.option(
    "--without",
    multiple=True,
    metavar="MACHINE",
    help="Leave this machine of yours as it is, with the cluster on it: it is dead. "
    "May be given several times.",
)
@common
@click.pass_obj
def down(session: Session, name: str, without: tuple[str, ...]) -> None:
    """Remove the lab NAME with all it made on this host or brought to machines of yours, from
    whatever state it is in."""
    begin = time.monotonic()
    console = session.console()
    teardown(name, console, without=without)
    left = "nothing else is left" if without else "nothing is left"
    console.say(f"lab {name} is gone after {time.monotonic() - begin:.1f} s; {left}")

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
    help="Skip this existing machine, which is dead; the cluster stays on it. Repeatable.",
)
@common
@click.pass_obj
def down(session: Session, name: str, without: tuple[str, ...]) -> None:
    """Remove the lab NAME and verify that nothing is left.

    Works from any state of the lab. Existing machines are kept, without the cluster.
    """
    begin = time.monotonic()
    console = session.console()
    teardown(name, console, without=without)
    left = "nothing else is left" if without else "nothing is left"
    console.say(f"lab {name} is gone after {time.monotonic() - begin:.1f} s; {left}")

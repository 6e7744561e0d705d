"""labgen check: whether a lab could be brought up."""

import click

from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.lab.names import ensure_lab_name
from labgen.up.check import ensure_possible


@click.command()
@click.argument("scenario")
@click.option("--name", help="Name of the lab; the scenario's own name by default.")
@overrides_option
@common
@click.pass_obj
def check(session: Session, scenario: str, *, name: str | None, overrides: tuple[str, ...]) -> None:
    """Look whether `up SCENARIO` can work: this host, or each machine that exists already.

    Nothing is made or changed. Exit code 3 with all that is in the way, and what to do about it.
    """
    loaded = load_scenario(session, scenario, overrides)
    choice = ensure_possible(loaded, ensure_lab_name(name or loaded.name))
    session.console().say(f"nothing is in the way of {loaded.name}, by {choice.provider.name}")

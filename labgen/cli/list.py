"""labgen list: the labs of this host."""

import click

from labgen.cli import shapes
from labgen.cli.output import output_option, print_json
from labgen.cli.session import common
from labgen.console import print_table
from labgen.errors import LabgenError
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.providers.base import State
from labgen.providers.registry import provider


@click.command("list")
@output_option(shapes.Lab, many=True)
@common
def list_(output: str) -> None:
    """List the labs of this host.

    The column ON shows how many of a lab's machines are on.
    """
    labs = [_lab(name) for name in store.names()]
    if output == "json":
        print_json(labs)
        return
    print_table(("NAME", "SCENARIO", "PROVIDER", "API", "ON"), map(_row, labs))


def _lab(name: str) -> shapes.Lab:
    """Return what is known of the lab. A lab that cannot be read must not hide the others."""
    try:
        lab = store.load(name)
    except LabgenError:
        return shapes.Lab(name=name)
    return shapes.Lab(
        name=name,
        scenario=lab.scenario.name,
        provider=lab.provider,
        server=lab.server,
        machines=len(lab.machines),
        on=_on(lab),
    )


def _on(lab: Lab) -> int | None:
    """Return how many machines are on, or None when the provider cannot report it."""
    try:
        states = provider(lab.provider).machines(lab)
    except LabgenError:
        return None
    return sum(1 for state in states.values() if state is State.ON)


def _row(lab: shapes.Lab) -> tuple[str, ...]:
    if lab.scenario is None or lab.provider is None or lab.server is None:
        return lab.name, "cannot be read", "-", "-", "-"
    on = f"{'?' if lab.on is None else lab.on}/{lab.machines}"
    return lab.name, lab.scenario, lab.provider, lab.server.removeprefix("https://"), on

"""labgen list: the labs of this host."""

import click

from labgen.cli.session import common
from labgen.errors import LabgenError
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.providers.base import State
from labgen.providers.registry import provider


@click.command("list")
@common
def list_() -> None:
    """List the labs with their scenario, API address and how many machines are on."""
    rows = [("NAME", "SCENARIO", "PROVIDER", "API", "ON")]
    for name in store.names():
        try:
            lab = store.load(name)
        except LabgenError:
            rows.append((name, "cannot be read", "-", "-", "-"))
            continue
        server = lab.server.removeprefix("https://")
        rows.append((name, lab.scenario.name, lab.provider, server, _on(lab)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _on(lab: Lab) -> str:
    """How many machines of how many are on; a lab that cannot be asked must not hide the others."""
    try:
        states = provider(lab.provider).machines(lab)
    except LabgenError:
        return f"?/{len(lab.machines)}"
    on = sum(1 for state in states.values() if state is State.ON)
    return f"{on}/{len(states)}"

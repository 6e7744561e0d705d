"""labgen list: the labs of this host."""

import click

from labgen.cli.session import common
from labgen.lab import store
from labgen.lab.lab import Lab
from labgen.providers.base import State
from labgen.providers.choose import provider
from labgen.report.errors import LabgenError


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
        on = f"{_on(lab)}/{len(lab.machines)}"
        rows.append(
            (name, lab.scenario.name, lab.provider, lab.server.removeprefix("https://"), on)
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _on(lab: Lab) -> str:
    """How many machines are on; a ? where they are on another host that does not answer."""
    try:
        states = provider(lab.provider).machines(lab)
    except LabgenError:
        return "?"
    return str(sum(1 for state in states.values() if state is State.ON))

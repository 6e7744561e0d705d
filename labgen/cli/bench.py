"""labgen bench: measure the same again and again."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from labgen.build import bench as measuring
from labgen.cli.session import Session, common
from labgen.lab import store


@click.group("bench")
def bench() -> None:
    """Measure the same again and again: min, median and max of every figure."""


@bench.command("failover")
@click.argument("name")
@click.option("--runs", type=click.IntRange(1), default=10, show_default=True, help="How often.")
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep each recording as DIR/run-N/power-cut-holder.json.",
)
@common
@click.pass_obj
def failover(session: Session, name: str, runs: int, record: Path | None) -> None:
    """Cut the power of the VIP's holder in the lab NAME, heal, and do it again.

    Each run is that of the acceptance suite and starts from a healed lab. Figures over a budget
    are shown, they do not end the bench. Exit code 4 for a run that measured nothing.
    """
    lab, console = store.load(name), session.console()
    with TemporaryDirectory(prefix="labgen-bench-") as temporary:
        rows = measuring.failover(lab, runs, (record or Path(temporary)).absolute(), console)
    cells = [measuring.HEADING, *(row.cells for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        numbers = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        click.echo("  ".join([row[0].ljust(widths[0]), *numbers]))

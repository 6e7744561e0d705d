"""labgen list: the labs of this host."""

import click

from labgen.cli import shapes
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common
from labgen.console import print_table
from labgen.operations.overview import Overview, overview


@click.command("list")
@output_option(shapes.Lab, many=True)
@common
@click.pass_obj
def list_(session: Session, output: str) -> None:
    """List the labs of this host, with their health.

    The column ON shows how many of a lab's machines are on. HEALTH counts the problems that `labgen
    status` shows.
    """
    labs = overview()
    if output == "json":
        print_json([_shape(it) for it in labs])
        return
    print_table(("NAME", "SCENARIO", "PROVIDER", "API", "ON", "HEALTH"), map(_row, labs))
    if not labs:
        session.console().say("there is no lab; to make one: labgen up SCENARIO")


def _shape(seen: Overview) -> shapes.Lab:
    lab = seen.lab
    if lab is None:
        return shapes.Lab(name=seen.name)
    problems = None if seen.status is None else tuple(str(it) for it in seen.status.problems)
    return shapes.Lab(
        name=seen.name,
        scenario=lab.scenario.name,
        provider=lab.provider,
        server=lab.server,
        machines=len(lab.machines),
        on=seen.on,
        healthy=None if problems is None else not problems,
        problems=problems,
    )


def _row(seen: Overview) -> tuple[str, ...]:
    lab = seen.lab
    if lab is None:
        return seen.name, "cannot be read", "-", "-", "-", "-"
    on = f"{'?' if seen.on is None else seen.on}/{len(lab.machines)}"
    server = lab.server.removeprefix("https://")
    return seen.name, lab.scenario.name, lab.provider, server, on, seen.health

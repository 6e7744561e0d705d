"""labgen plan: what `up` would do."""

import click

from labgen.cli import forecast, shapes
from labgen.cli.output import output_option, print_json
from labgen.cli.session import (
    Session,
    Start,
    Wanted,
    common,
    overrides_option,
    start_options,
    wanted_lab,
)
from labgen.console import print_table
from labgen.up import dry_run
from labgen.up.check import ensure_possible


@click.command()
@start_options
@output_option(shapes.Plan)
@overrides_option
@common
@click.pass_obj
def plan(session: Session, start: Start, *, output: str) -> None:
    """Print what `up SCENARIO` would do, without doing anything.

    Shows the lab's addresses, what its machines need of this host, and the steps, each with the
    steps it waits for. Of a lab that exists, only steps that are still to be done are shown.
    Existing machines are inspected, and what `up` would change on them is listed.
    """
    wanted = wanted_lab(session, start)
    show(wanted, cold=start.cold, output=output)


def show(
    wanted: Wanted, *, stage: str | None = None, cold: bool = False, output: str = "text"
) -> None:
    """Print what `up` would do for the lab, up to a stage if one is named."""
    scenario, name = wanted.scenario, wanted.name
    preview = dry_run.preview(scenario, name, stage=stage, cold=cold, template=wanted.template)
    found = shapes.Plan(
        lab=name,
        exists=preview.exists,
        origin=preview.origin or None,
        provider=preview.lab.provider,
        subnet=str(preview.lab.subnet),
        vip=str(preview.lab.vip),
        server=preview.lab.server,
        forecast=forecast.shape(preview.forecast),
        steps=tuple(
            shapes.Step(name=step.name, after=tuple(sorted(step.after))) for step in preview.steps
        ),
        changes={machine: tuple(lines) for machine, lines in dry_run.changes(scenario).items()},
    )
    if output == "json":
        print_json(found)
    else:
        _print(found, preview)
    if scenario.existing:
        ensure_possible(scenario, name)


def _print(found: shapes.Plan, preview: dry_run.Preview) -> None:
    state = "exists" if found.exists else "does not exist yet"
    click.echo(f"lab {found.lab} {state}: provider {found.provider}, subnet {found.subnet}, "
               f"VIP {found.vip}, API at {found.server}")  # fmt: skip
    if found.steps:
        click.echo(_start(preview.origin))
    foreseen = preview.forecast
    if foreseen and foreseen.machines:
        click.echo(f"machines to start: {foreseen.machines}; {foreseen}")
        for finding in foreseen.shortages:
            click.echo(f"problem: {finding.what}; {finding.remedy}")
        if foreseen.note:
            click.echo(f"note: {foreseen.note}")
    if found.steps:
        click.echo()
        rows = [(step.name, ", ".join(step.after)) for step in found.steps]
        print_table(("STEP", "AFTER"), rows)
    else:
        click.echo("nothing to do: every step was done, and all machines are on")
    for machine, changes in found.changes.items():
        click.echo(f"\nchanged on {machine}, and restored by `down`:")
        for change in changes:
            click.echo(f"  {change}")


def _start(origin: str) -> str:
    if not origin:
        return "cold start: machines are built from scratch"
    if origin == dry_run.CACHE:
        return "warm start: machines are made from a checkpoint in the cache (labgen cache list)"
    return f"machines are made from checkpoint {origin}"

"""labgen plan: what `up` would do."""

import click

from labgen.cli import forecast, shapes
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.console import print_table
from labgen.lab.names import ensure_lab_name
from labgen.scenario.model import Scenario
from labgen.up import dry_run
from labgen.up.check import ensure_possible


@click.command()
@click.argument("scenario")
@click.option("--name", help="Name of the lab; the name of the scenario by default.")
@click.option("--provider", metavar="NAME", help="Create machines by container, libvirt or ssh.")
@output_option(shapes.Plan)
@overrides_option
@common
@click.pass_obj
def plan(
    session: Session,
    scenario: str,
    *,
    name: str | None,
    provider: str | None,
    overrides: tuple[str, ...],
    output: str,
) -> None:
    """Print what `up SCENARIO` would do, without doing anything.

    Shows the lab's addresses, what its machines need of this host, and the steps, each with the
    steps it waits for. Of a lab that exists, only steps that are still to be done are shown.
    Existing machines are inspected, and what `up` would change on them is listed.
    """
    if provider:
        overrides = (*overrides, f"provider.name={provider}")
    loaded = load_scenario(session, scenario, overrides, lab=name)
    show(loaded, ensure_lab_name(name or loaded.name), output=output)


def show(scenario: Scenario, name: str, *, stage: str | None = None, output: str = "text") -> None:
    """Print what `up` would do for the lab of that name, up to a stage if one is named."""
    preview = dry_run.preview(scenario, name, stage)
    found = shapes.Plan(
        lab=name,
        exists=preview.exists,
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

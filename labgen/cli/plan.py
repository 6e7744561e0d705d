"""labgen plan: what `up` would do."""

import click

from labgen.cli import shapes
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.console import print_table
from labgen.up import dry_run
from labgen.up.check import ensure_possible


@click.command()
@click.argument("scenario")
@output_option(shapes.Plan)
@overrides_option
@common
@click.pass_obj
def plan(session: Session, scenario: str, *, overrides: tuple[str, ...], output: str) -> None:
    """Print the steps of `up SCENARIO`, without doing anything.

    Each step is shown with the steps it waits for. Existing machines are inspected, and what `up`
    would change on them is listed.
    """
    loaded = load_scenario(session, scenario, overrides)
    found = shapes.Plan(
        steps=tuple(
            shapes.Step(name=step.name, after=tuple(sorted(step.after)))
            for step in dry_run.steps(loaded)
        ),
        changes={machine: tuple(lines) for machine, lines in dry_run.changes(loaded).items()},
    )
    if output == "json":
        print_json(found)
    else:
        _print(found)
    if loaded.existing:
        ensure_possible(loaded)


def _print(found: shapes.Plan) -> None:
    print_table(("STEP", "AFTER"), [(step.name, ", ".join(step.after)) for step in found.steps])
    for machine, changes in found.changes.items():
        click.echo(f"\nchanged on {machine}, and restored by `down`:")
        for change in changes:
            click.echo(f"  {change}")

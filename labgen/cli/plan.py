"""labgen plan: what `up` would do."""

import click

from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.up.check import ensure_possible
from labgen.up.dry_run import changes as outlined_changes
from labgen.up.dry_run import outline


@click.command()
@click.argument("scenario")
@overrides_option
@common
@click.pass_obj
def plan(session: Session, scenario: str, overrides: tuple[str, ...]) -> None:
    """Print the steps of `up SCENARIO` with what each waits on; nothing is made or changed.

    Machines that exist are looked at, and what would be changed on them is told.
    """
    loaded = load_scenario(session, scenario, overrides)
    for step in outline(loaded):
        waits = f"  after {', '.join(sorted(step.after))}" if step.after else ""
        click.echo(f"{step.name}{waits}")
    for machine, changes in outlined_changes(loaded).items():
        click.echo(f"\nto be changed on {machine}, and back by `down`:")
        for change in changes:
            click.echo(f"  {change}")
    if loaded.existing:
        ensure_possible(loaded)

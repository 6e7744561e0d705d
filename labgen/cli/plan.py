"""labgen plan: what `up` would do."""

import click

from labgen.build.outline import outline
from labgen.cli.session import Session, common, load_scenario, overrides_option


@click.command()
@click.argument("scenario")
@overrides_option
@common
@click.pass_obj
def plan(session: Session, scenario: str, overrides: tuple[str, ...]) -> None:
    """Print the steps of `up SCENARIO` with what each waits on; nothing is made."""
    for step in outline(load_scenario(session, scenario, overrides)):
        waits = f"  after {', '.join(sorted(step.after))}" if step.after else ""
        click.echo(f"{step.name}{waits}")

"""labgen up: bring up a lab."""

import click

from labgen.build.bring_up import bring_up
from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.lab.names import ensure_lab_name


@click.command()
@click.argument("scenario")
@click.option("--name", help="Name of the lab; the scenario's own name by default.")
@click.option("--provider", help="Where machines come from, in place of the scenario's choice.")
@overrides_option
@common
@click.pass_obj
def up(
    session: Session,
    scenario: str,
    name: str | None,
    provider: str | None,
    overrides: tuple[str, ...],
) -> None:
    """Bring up the lab of SCENARIO, a name or a file, or go on where an earlier `up` ended."""
    if provider:
        overrides = (*overrides, f"provider.name={provider}")
    loaded = load_scenario(session, scenario, overrides)
    lab_name = ensure_lab_name(name or loaded.name)
    console = session.console()
    bring_up(loaded, lab_name, console)
    console.say(
        f"  labgen status {lab_name}    labgen kubectl {lab_name} -- get nodes"
        f"    labgen down {lab_name}"
    )

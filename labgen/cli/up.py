"""labgen up: bring up a lab."""

import click

from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.lab.names import ensure_lab_name
from labgen.up.bring_up import bring_up
from labgen.up.plan import STAGES


@click.command()
@click.argument("scenario")
@click.option("--name", help="Name of the lab; the scenario's own name by default.")
@click.option("--provider", help="Where machines come from, in place of the scenario's choice.")
@click.option(
    "--until",
    "stage",
    type=click.Choice(list(STAGES)),
    help="Stop there: the rest is done by hand, or by another `up`.",
)
@overrides_option
@common
@click.pass_obj
def up(
    session: Session,
    scenario: str,
    *,
    name: str | None,
    provider: str | None,
    stage: str | None,
    overrides: tuple[str, ...],
) -> None:
    """Bring up the lab of SCENARIO, a name or a file, or go on where an earlier `up` ended."""
    if provider:
        overrides = (*overrides, f"provider.name={provider}")
    loaded = load_scenario(session, scenario, overrides)
    lab_name = ensure_lab_name(name or loaded.name)
    console = session.console()
    lab = bring_up(loaded, lab_name, console, stage=stage)
    if stage:
        first = lab.machines[0].name
        more = f"labgen ssh {lab_name} {first}    to resume: {lab.up_command}"
    else:
        more = f"labgen kubectl {lab_name} -- get nodes    labgen down {lab_name}"
    console.say(f"  labgen status {lab_name}    {more}")

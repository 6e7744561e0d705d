"""labgen up: bring up a lab."""

import click

from labgen.cli.plan import show
from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.lab.names import ensure_lab_name
from labgen.up.bring_up import bring_up
from labgen.up.plan import STAGES


@click.command()
@click.argument("scenario")
@click.option("--name", help="Name of the lab; the name of the scenario by default.")
@click.option("--provider", metavar="NAME", help="Create machines by container, libvirt or ssh.")
@click.option(
    "--until",
    "stage",
    type=click.Choice(list(STAGES)),
    help="Stop after this stage; another `up` does the rest.",
)
@click.option("--dry-run", is_flag=True, help="Only print what would be done, as `plan` does.")
@click.option("--force", is_flag=True, help="Try it although memory or disk is too small.")
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
    dry_run: bool,
    force: bool,
    overrides: tuple[str, ...],
) -> None:
    """Bring up a lab.

    SCENARIO is the name of a scenario or a file. An `up` that ended early is resumed; what is
    already there stays as it is. Machines that need more memory or disk than this host has are
    refused with exit code 3; `labgen plan` shows the forecast.
    """
    if provider:
        overrides = (*overrides, f"provider.name={provider}")
    loaded = load_scenario(session, scenario, overrides, lab=name)
    lab_name = ensure_lab_name(name or loaded.name)
    if dry_run:
        show(loaded, lab_name, stage=stage)
        return
    console = session.console()
    lab = bring_up(loaded, lab_name, console, stage=stage, force=force)
    if stage:
        first = lab.machines[0].name
        more = f"labgen ssh {lab_name} {first}    to resume: {lab.up_command}"
    else:
        more = f"labgen kubectl {lab_name} -- get nodes    labgen down {lab_name}"
    console.say(f"  labgen status {lab_name}    {more}")

"""labgen up: bring up a lab."""

import click

from labgen.cli.plan import show
from labgen.cli.session import Session, Start, common, overrides_option, start_options, wanted_lab
from labgen.up.bring_up import bring_up
from labgen.up.plan import STAGES


@click.command()
@start_options
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
def up(session: Session, start: Start, *, stage: str | None, dry_run: bool, force: bool) -> None:
    """Bring up a lab.

    SCENARIO is the name of a scenario or a file. An `up` that ended early is resumed; what is
    already there stays as it is. Machines that need more memory or disk than this host has are
    refused with exit code 3; `labgen plan` shows the forecast.

    The first lab of a scenario is built from scratch, and a checkpoint of it is kept: the next one
    is made from that, with addresses, keys and certificates of its own. `labgen cache` lists what
    is kept. With --from, the lab is made from a checkpoint instead of a scenario; it has the
    scenario of the lab that was saved.
    """
    if start.source and stage:
        raise click.UsageError("A lab from a checkpoint has no stages: --until is for scenarios.")
    wanted = wanted_lab(session, start)
    if dry_run:
        show(wanted, stage=stage, cold=start.cold)
        return
    console = session.console()
    lab = bring_up(
        wanted.scenario,
        wanted.name,
        console,
        stage=stage,
        force=force,
        cold=start.cold,
        template=wanted.template,
    )
    if stage:
        first = lab.machines[0].name
        more = f"labgen ssh {wanted.name} {first}    to resume: {lab.up_command}"
    else:
        more = f"labgen kubectl {wanted.name} -- get nodes    labgen down {wanted.name}"
    console.say(f"  labgen status {wanted.name}    {more}")

"""labgen verify: the acceptance suite as a gate."""

import click

from labgen.build import verify as suite
from labgen.cli.session import Session, common
from labgen.lab import store


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="PYTEST_OPTIONS")
@click.option(
    "--tier",
    type=click.Choice(suite.TIERS),
    default="smoke",
    show_default=True,
    help="smoke looks only; ha also breaks parts and heals them; full also creates workloads.",
)
@click.option("--disruptive", is_flag=True, help="The cluster may be disturbed: ha and full do.")
@common
@click.pass_obj
def verify(
    session: Session, name: str, options: tuple[str, ...], tier: str, disruptive: bool
) -> None:
    """Prove the lab NAME by the acceptance suite, up to a tier.

    smoke changes nothing and takes half a minute at most. Options that labgen does not know go to
    pytest, such as -n 2, -k or --junitxml=FILE; any at all after --.

    Exit codes: 0 good, 1 the cluster failed, 2 wrong call, 3 this host cannot do it, 4 the suite
    could not do its work and nothing is known about the cluster.
    """
    wordy = ["-q"] if session.quiet else ["-v"] * session.verbose
    suite.verify(store.load(name), tier, [*wordy, *options], disruptive=disruptive)
    session.console().say(f"lab {name} passed tier {tier}")

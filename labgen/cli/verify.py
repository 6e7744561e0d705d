"""labgen verify: the acceptance suite as a gate."""

from pathlib import Path

import click

from labgen.cli.session import Session, common
from labgen.lab import store
from labgen.operations import verify as suite


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument(
    "words", nargs=-1, type=click.UNPROCESSED, metavar="{NAME | --hosts FILE} [PYTEST_OPTIONS]..."
)
@click.option(
    "--hosts",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Look at a cluster that labgen did not build, as this inventory reaches it.",
)
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
    session: Session, words: tuple[str, ...], hosts: Path | None, tier: str, disruptive: bool
) -> None:
    """Prove the lab NAME by the acceptance suite, up to a tier.

    smoke changes nothing and takes half a minute at most. Options that labgen does not know go to
    pytest, such as -n 2, -k or --junitxml=FILE; any at all after --.

    With --hosts it is a cluster that labgen did not build. It is only looked at: masters, VIP,
    port, etcd and pod network are found; what cannot be known is skipped with the reason.

    Exit codes: 0 good, 1 the cluster failed, 2 wrong call, 3 this host cannot do it, 4 the suite
    could not do its work and nothing is known about the cluster.
    """
    wordy = ["-q"] if session.quiet else ["-v"] * session.verbose
    if hosts and words and not words[0].startswith("-"):
        raise click.UsageError(f"{words[0]} and --hosts are one too many: name one cluster")
    if hosts:
        suite.verify_found(hosts, tier, [*wordy, *words])
        skipped = "what was skipped stands above, with the reason"
        session.console().say(f"the cluster of {hosts} passed tier {tier}; {skipped}")
        return
    if not words:
        raise click.UsageError(
            "name a lab, or --hosts FILE for a cluster that labgen did not build"
        )
    name, *options = words
    suite.verify(store.load(name), tier, [*wordy, *options], disruptive=disruptive)
    session.console().say(f"lab {name} passed tier {tier}")

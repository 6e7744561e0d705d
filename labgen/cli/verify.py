"""labgen verify: the acceptance suite as a gate."""

from pathlib import Path

import click

from labgen.cli.session import Session, common
from labgen.lab import store
from labgen.operations import verify as suite

PYTEST_ARGS = "labgen.pytest_args"


class Verify(click.Command):
    """A command that passes the arguments after -- to pytest."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what follows the first -- for pytest and parse the rest."""
        end = args.index("--") if "--" in args else len(args)
        ctx.meta[PYTEST_ARGS] = tuple(args[end + 1 :])
        try:
            return super().parse_args(ctx, args[:end])
        except click.NoSuchOption as error:
            hint = f"Options of pytest follow --: {ctx.command_path} NAME -- -k etcd."
            ctx.fail(f"{error.format_message()} {hint}")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the words of the usage line."""
        return [*super().collect_usage_pieces(ctx), "[-- PYTEST_ARGS...]"]


@click.command(cls=Verify)
@click.argument("name", required=False)
@click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Verify an existing cluster that labgen did not build; FILE says how to reach it.",
)
@click.option(
    "--tier",
    type=click.Choice(suite.TIERS),
    default="smoke",
    show_default=True,
    help="smoke is read-only; ha also cuts the power of the VIP holder; full also runs workloads "
    "and injects all other faults.",
)
@click.option("--disruptive", is_flag=True, help="Allow the tiers ha and full to cause outages.")
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write a recording of each fault to DIR, for `labgen report`.",
)
@common
@click.pass_context
def verify(
    context: click.Context,
    *,
    name: str | None,
    inventory: Path | None,
    tier: str,
    disruptive: bool,
    record: Path | None,
) -> None:
    """Run the acceptance suite on the lab NAME, up to a tier.

    The tier smoke changes nothing and takes at most half a minute. Words after -- are passed to
    pytest: -- -k etcd -n 2 --junitxml=FILE.

    With --inventory, the suite runs on a cluster that labgen did not build. That is read-only:
    control planes, VIP, port, etcd and pod network are discovered, and tests of anything that
    cannot be discovered are skipped with the reason.

    Exit codes: 0 passed, 1 the cluster failed a test, 2 usage error, 3 unsuitable host, 4 the suite
    could not run, so nothing is known about the cluster.
    """
    session: Session = context.obj
    options = ["-q"] if session.quiet else ["-v"] * session.verbose
    options += [f"--record={record}"] if record else []
    options += context.meta[PYTEST_ARGS]
    if inventory and name:
        raise click.UsageError(
            f"name one cluster: either the lab {name} or --inventory {inventory}"
        )
    if inventory:
        suite.verify_found(inventory, tier, options)
        skipped = "the reasons of skipped tests are listed above"
        session.console().say(f"the cluster of {inventory} passed tier {tier}; {skipped}")
        return
    if not name:
        raise click.UsageError(
            "name a lab, or use --inventory FILE for a cluster that labgen did not build"
        )
    suite.verify(store.load(name), tier, options, disruptive=disruptive)
    session.console().say(f"lab {name} passed tier {tier}")

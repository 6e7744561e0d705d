"""labgen verify: the acceptance suite as a gate."""

from pathlib import Path

import click

from labgen.cli import shapes
from labgen.cli.output import output_option, print_json
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
@output_option(shapes.Verdict)
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
    output: str,
) -> None:
    """Run the acceptance suite on the lab NAME, up to a tier.

    The tier smoke changes nothing and takes at most half a minute. Words after -- are passed to
    pytest: -- -k etcd -n 2 --junitxml=FILE. A run of some tests of the tier is called a part.

    With --inventory, the suite runs on a cluster that labgen did not build. That is read-only:
    control planes, VIP, port, etcd and pod network are discovered, and tests of anything that
    cannot be discovered are skipped with the reason.

    Exit codes: 0 passed, 1 the cluster failed a test, 2 usage error, 3 unsuitable host, 4 the suite
    could not run or no test ran, so nothing is known about the cluster.
    """
    session: Session = context.obj
    options = ["-q"] if session.quiet else ["-v"] * session.verbose
    options += [f"--record={record}"] if record else []
    options += context.meta[PYTEST_ARGS]
    json = output == "json"
    if inventory and name:
        raise click.UsageError(
            f"name one cluster: either the lab {name} or --inventory {inventory}"
        )
    if inventory:
        run = suite.verify_found(inventory, tier, options, to_stderr=json)
    elif name:
        lab = store.load(name)
        run = suite.verify(lab, tier, options, disruptive=disruptive, to_stderr=json)
    else:
        raise click.UsageError(
            "name a lab, or use --inventory FILE for a cluster that labgen did not build"
        )
    if json:
        print_json(_shape(run))
    run.ensure_passed()
    skipped = "; the reasons of skipped tests are listed above" if inventory else ""
    session.console().say(f"{run}{skipped}")


def _shape(run: suite.Run) -> shapes.Verdict:
    verdict = run.verdict
    known = {name: getattr(verdict, name) for name in ("outcome", "reason", "tests", "part")}
    counts = {name: getattr(verdict, name) for name in ("passed", "skipped", "failed", "errors")}
    return shapes.Verdict.model_validate(
        {"cluster": run.subject, "tier": run.tier, **known, **counts}
    )

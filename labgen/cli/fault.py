"""labgen fault: break a lab on purpose, and heal it."""

import click

from labgen import faults
from labgen.cli.session import Session, common
from labgen.errors import UsageError
from labgen.faults.catalog import find
from labgen.faults.explain import explain as explanation
from labgen.lab import store
from labgen.scenario.model import LoadBalancer
from labgen.scenario.profiles import PROFILES
from labgen.scenario.units import duration


@click.group("fault")
def fault() -> None:
    """Break a lab on purpose, in one of many ways, and heal it."""


@fault.command("list")
@click.argument("name", required=False)
@common
def list_faults(name: str | None) -> None:
    """List the faults there are, or those that are in effect on the lab NAME now."""
    if name:
        rows = [
            (injection.fault, ", ".join(injection.machines), f"since {injection.at}")
            for injection in faults.active(store.load(name))
        ]
    else:
        rows = [(it.name, it.target, it.summary) for it in faults.FAULTS.values()]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    for row in rows:
        click.echo(f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}")


@fault.command("inject")
@click.argument("name")
@click.argument("wanted", metavar="FAULT")
@click.argument("machine", required=False)
@click.option("--for", "duration", metavar="DURATION", help="Heal by itself after it, as 30s.")
@click.option("--seed", type=int, metavar="NUMBER", help="What the role random is drawn with.")
@common
@click.pass_obj
def inject(
    session: Session,
    *,
    name: str,
    wanted: str,
    machine: str | None,
    duration: str | None,
    seed: int | None,
) -> None:
    """Do FAULT to MACHINE of the lab NAME.

    MACHINE is a name or a role: holder, not-holder, etcd-leader, random, all; or several of them
    with commas between. Without it, the fault's own target is taken.
    """
    lab, console = store.load(name), session.console()
    done = faults.inject(
        lab,
        wanted,
        machine,
        duration=_seconds(duration) if duration else None,
        seed=seed,
        waiting_for=store.tell_waiting(name, console),
    )
    drawn = f", drawn with --seed {done.seed}" if done.seed is not None else ""
    console.say(f"{done}{drawn}")
    if faults.FAULTS[wanted].one_shot:
        return
    if done.duration:
        console.say(f"  heals itself after {done.duration:g} s")
    console.say(f"  to undo it: labgen fault heal {name}")


@fault.command("heal")
@click.argument("name")
@common
@click.pass_obj
def heal(session: Session, name: str) -> None:
    """Undo every fault on the lab NAME."""
    lab, console = store.load(name), session.console()
    healed = faults.heal(lab, waiting_for=store.tell_waiting(name, console))
    for injection in healed:
        console.say(f"healed: {injection}")
    if not healed:
        console.say(f"no fault is in effect on lab {name}")


@fault.command("explain")
@click.argument("wanted", metavar="FAULT")
@click.option("--lab", "name", metavar="NAME", help="Compute times by the timings of this lab.")
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="fast",
    show_default=True,
    help="Compute times by this profile.",
)
@common
def explain(wanted: str, name: str | None, profile: str) -> None:
    """Say what FAULT does, what should happen and in what time, and why."""
    found = find(wanted)
    if name:
        balancer, named = store.load(name).scenario.load_balancer, f"lab {name}"
    else:
        balancer, named = LoadBalancer(profile, PROFILES[profile]), f"profile {profile}"
    for line in explanation(found, balancer, named):
        click.echo(line)


def _seconds(text: str) -> float:
    try:
        return duration(text) / 1000
    except ValueError as error:
        raise UsageError(f"--for: {error}") from error

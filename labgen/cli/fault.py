"""labgen fault: inject faults into a lab, and heal them."""

import click

from labgen import faults
from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import Shape, output_option, print_json
from labgen.cli.session import Session, common, lab_argument
from labgen.console import Console, print_table
from labgen.errors import UsageError
from labgen.faults.catalog import find
from labgen.faults.explain import explain as explanation
from labgen.lab import store
from labgen.scenario.model import LoadBalancer
from labgen.scenario.profiles import PROFILES
from labgen.scenario.units import duration

NONE = "no fault is in effect on lab {name}"


@click.group("fault", cls=Group)
def fault() -> None:
    """Inject faults into a lab, and heal them."""


@fault.command("list")
@click.argument("name", required=False)
@output_option(
    shapes.Fault,
    many=True,
    when="without NAME",
    also=[Shape(shapes.Injection, many=True, when="with NAME")],
)
@common
@click.pass_obj
def list_faults(session: Session, name: str | None, output: str) -> None:
    """List all faults, or those in effect on the lab NAME."""
    if name:
        _list_injections(name, output, session.console())
        return
    found = [
        shapes.Fault(name=it.name, target=it.target, summary=it.summary)
        for it in faults.FAULTS.values()
    ]
    if output == "json":
        print_json(found)
        return
    print_table(("FAULT", "TARGET", "SUMMARY"), [(it.name, it.target, it.summary) for it in found])


def _list_injections(name: str, output: str, console: Console) -> None:
    injected = faults.active(store.load(name))
    found = [
        shapes.Injection(fault=it.fault, machines=it.machines, since=it.since, heals_in=it.left())
        for it in injected
    ]
    if output == "json":
        print_json(found)
        return
    if not found:
        console.say(NONE.format(name=name))
        return
    rows = [(it.fault, ", ".join(it.machines), it.since, it.remaining()) for it in injected]
    print_table(("FAULT", "MACHINES", "SINCE", "LASTS"), rows)


@fault.command("inject")
@click.argument("name")
@click.argument("wanted", metavar="FAULT")
@click.argument("machine", required=False)
@click.option(
    "--for",
    "duration",
    metavar="DURATION",
    help="Heal after this time, for example 30s.",
)
@click.option("--seed", type=int, metavar="NUMBER", help="Seed of the role random.")
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
    """Inject FAULT into MACHINE of the lab NAME.

    MACHINE is a name or a role (holder, not-holder, etcd-leader, random, all), or several of them
    separated by commas. Without it, the default target of the fault is used.
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
        console.say(f"  heals automatically after {done.duration:g} s")
    console.say(f"  to undo it: labgen fault heal {name}")


@fault.command("heal")
@lab_argument
@common
@click.pass_obj
def heal(session: Session, name: str) -> None:
    """Undo every fault on the lab NAME."""
    lab, console = store.load(name), session.console()
    healed = faults.heal(lab, waiting_for=store.tell_waiting(name, console))
    for injection in healed:
        console.say(f"healed: {injection}")
    if not healed:
        console.say(NONE.format(name=name))


@fault.command("explain")
@click.argument("wanted", metavar="FAULT")
@click.option("--lab", "name", metavar="NAME", help="Compute times from the timings of this lab.")
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="fast",
    show_default=True,
    help="Compute times from this profile.",
)
@common
def explain(wanted: str, name: str | None, profile: str) -> None:
    """Explain what FAULT does, and what is expected to happen, when and why."""
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

"""labgen checkpoint: save, restore, list, show, export, import and remove."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common
from labgen.console import print_table
from labgen.errors import UsageError
from labgen.exercises.progress import RESERVED
from labgen.operations import checkpoint_listing as listing_
from labgen.operations import checkpoints
from labgen.operations.checkpoint_listing import Listed, Listing

LETTERS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Return the name if a snapshot can have it; otherwise raise UsageError."""
    if not LETTERS.fullmatch(value):
        raise UsageError(
            f"{value!r} cannot name a checkpoint",
            hint="use at most 63 letters, digits, dots, hyphens and underscores",
        )
    return value


def _own_name(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Return the name if it is not one of labgen's own checkpoints; otherwise raise UsageError."""
    if value.startswith(RESERVED):
        raise UsageError(
            f"checkpoints whose names begin with {RESERVED} belong to exercises",
            hint="choose another name    to end an exercise: labgen exercise abort LAB",
        )
    return _name(context, parameter, value)


wanted = click.argument("checkpoint", callback=_name)
own = click.argument("checkpoint", callback=_own_name)


@click.group(cls=Group)
def checkpoint() -> None:
    """Save and restore labs, all machines of a lab at one moment."""


@checkpoint.command()
@click.argument("name")
@own
@common
@click.pass_obj
def save(session: Session, name: str, checkpoint: str) -> None:
    """Save all machines of the lab NAME, at one moment, as CHECKPOINT.

    The disks are saved; for virtual machines, the memory is saved too. The machines stand still
    while they are copied. An earlier CHECKPOINT of that name is replaced. Faults must be healed
    first.
    """
    checkpoints.save(name, checkpoint, session.console())


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def restore(session: Session, name: str, checkpoint: str) -> None:
    """Restore all machines of the lab NAME to CHECKPOINT, and wait until the cluster is healthy.

    Everything that happened since is lost, and all faults are healed. System containers boot as
    after a power cut.
    """
    checkpoints.restore(name, checkpoint, session.console())


@checkpoint.command()
@click.argument("name")
@wanted
@common
@click.pass_obj
def remove(session: Session, name: str, checkpoint: str) -> None:
    """Remove CHECKPOINT of the lab NAME, which need not exist any longer."""
    checkpoints.remove(name, checkpoint, session.console())


@checkpoint.command()
@click.argument("name")
@wanted
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@common
@click.pass_obj
def export(session: Session, name: str, checkpoint: str, file: Path) -> None:
    """Write CHECKPOINT of the lab NAME to FILE, for another host with the same bundle.

    FILE has the keys and certificates of the cluster, and only its owner can read it. An older FILE
    is replaced. `labgen up --from FILE` makes a lab of it.
    """
    checkpoints.export(name, checkpoint, file, session.console())


@checkpoint.command("import")
@click.argument("name")
@own
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@common
@click.pass_obj
def import_(session: Session, name: str, checkpoint: str, file: Path) -> None:
    """Add the checkpoint in FILE as CHECKPOINT to the lab NAME, which it was saved from.

    An earlier CHECKPOINT of that name is replaced. Use only files that you trust: machines that are
    restored from one run with all privileges on this host.
    """
    checkpoints.import_(name, checkpoint, file, session.console())


@checkpoint.command("list")
@click.argument("name", required=False)
@output_option(shapes.Checkpoint, many=True)
@common
@click.pass_obj
def list_(session: Session, name: str | None, output: str) -> None:
    """List the checkpoints of the lab NAME, or of all labs.

    Also those are listed that `labgen down --keep-checkpoints` left.
    """
    console = session.console()
    listing = Listing(tuple(listing_.of_lab(name))) if name else listing_.of_all()
    for why in listing.unread:
        console.say(f"not read: {why}")
    found = listing.checkpoints
    if output == "json":
        print_json([shapes.Checkpoint(**_facts(it)) for it in found])
    elif found:
        headings = ("LAB", "CHECKPOINT", "SAVED", "AGE", "SIZE", "MADE FROM")
        print_table(headings, map(_row, found), right={3, 4})
    else:
        console.say(f"lab {name} has no checkpoints" if name else "there are no checkpoints")


@checkpoint.command()
@click.argument("name")
@wanted
@output_option(shapes.CheckpointDetails)
@common
@click.pass_obj
def show(session: Session, name: str, checkpoint: str, output: str) -> None:
    """Show CHECKPOINT of the lab NAME: when it was saved, of what, its size, and whether it is
    undamaged.

    Exit code 1 when it is damaged.
    """
    found, damage = checkpoints.inspect(name, checkpoint, session.console())
    state = "unknown" if damage is None else "damaged" if damage else "verified"
    machines = {it.name: found.checkpoint.machines.get(it.name) for it in found.lab.machines}
    details = shapes.CheckpointDetails(
        **_facts(found), machines=machines, state=state, damaged=tuple(damage or ())
    )
    if output == "json":
        print_json(details)
    else:
        _print(found, details)
    if damage:
        raise SystemExit(1)


def _facts(found: Listed) -> dict[str, Any]:
    """Return the fields of shapes.Checkpoint."""
    it = found.checkpoint
    return {
        "name": it.name,
        "lab": found.lab_name,
        "kept": found.kept,
        "saved": it.saved.isoformat(timespec="seconds"),
        "age": _age(found),
        "size": it.size,
        "scenario": found.lab.scenario.name,
        "kubernetes": found.lab.scenario.kubernetes.version,
        "parent": it.parent or None,
        "bundle": it.bundle.name if it.bundle else None,
        "machine_image": it.bundle.machine if it.bundle else None,
        "version": it.version or None,
    }


def _age(found: Listed) -> int:
    return max(0, round((datetime.now(UTC) - found.checkpoint.saved).total_seconds()))


def _row(found: Listed) -> tuple[str, ...]:
    it = found.checkpoint
    saved = it.saved.isoformat(timespec="seconds")
    return _lab(found), it.name, saved, _short(_age(found)), _size(it.size), found.made_from


def _print(found: Listed, details: shapes.CheckpointDetails) -> None:
    bundle = "unknown"
    if details.machine_image:
        bundle = f"{details.bundle}, machine image {details.machine_image[:12]}"
    state = ", ".join(details.damaged)
    state = f"{details.state}: {state}" if state else details.state
    for name, value in {
        "checkpoint": details.name,
        "lab": _lab(found),
        "saved": f"{details.saved}, {_short(details.age)} ago",
        "made from": found.made_from,
        "bundle": bundle,
        "labgen": details.version or "unknown",
        "state": state,
        "size": _size(details.size),
        **{f"  {name}": _size(size) for name, size in details.machines.items()},
    }.items():
        click.echo(f"{name:<12}{value}")


def _lab(found: Listed) -> str:
    return f"{found.lab_name} (removed)" if found.kept else found.lab_name


def _size(bytes_: int | None) -> str:
    return "-" if bytes_ is None else f"{bytes_ / 1024**2:.1f} MiB"


def _short(seconds: int) -> str:
    """Return a duration as kubectl shows ages: its largest unit only."""
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"

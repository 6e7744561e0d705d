"""labgen gc: find and remove orphaned resources."""

import click

from labgen.cli.session import Session, common
from labgen.operations import gc as collector
from labgen.providers.resources import Resource


@click.command()
@click.argument("names", nargs=-1)
@click.option("--remove", is_flag=True, help="Remove the orphaned resources.")
@click.option(
    "--uri", "uris", multiple=True, metavar="URI", help="Search this libvirt, too. Repeatable."
)
@common
@click.pass_obj
def gc(session: Session, names: tuple[str, ...], *, remove: bool, uris: tuple[str, ...]) -> None:
    """List or remove orphaned resources on this host.

    Orphaned are the resources of labs whose directory no longer exists, and copies of Vagrant boxes
    that no lab uses. With NAMES, only labs that had one of these names are considered. Resources of
    a living lab are never touched, whichever state directory it is in. Resources whose owner cannot
    be determined are listed but not removed. Exit code 1 when orphaned resources were found, or
    could not be removed.
    """
    console = session.console()
    found = collector.find(uris, names)
    for why in found.unqueried:
        console.say(f"not searched: {why}")
    if remove:
        failed = _remove(found.resources)
    else:
        for orphan in found.resources:
            click.echo(f"{orphan.what}: {orphan.owner}")
        failed = sum(1 for orphan in found.resources if orphan.orphaned)
        if failed:
            console.say(f"orphaned resources: {failed}; to remove them: labgen gc --remove")
    if not found.resources:
        console.say("no orphaned resources")
    if failed:
        raise SystemExit(1)


def _remove(orphans: tuple[Resource, ...]) -> int:
    """Return how many could not be removed."""
    failed = 0
    for orphan, why in collector.remove(orphans):
        if why:
            click.echo(f"could not remove {orphan.what}: {why}", err=True)
            failed += 1
        else:
            click.echo(f"removed {orphan.what}, {orphan.owner}")
    for orphan in orphans:
        if not orphan.orphaned:
            click.echo(f"kept: {orphan.what}, {orphan.owner}")
    return failed

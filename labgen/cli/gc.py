"""labgen leftovers: what belongs to no lab."""

import click

from labgen.cli.session import Session, common
from labgen.operations import gc as build
from labgen.providers.orphans import Orphan


@click.command()
@click.argument("names", nargs=-1)
@click.option("--remove", is_flag=True, help="Remove what is nobody's.")
@click.option(
    "--uri", "uris", multiple=True, metavar="URI", help="Look into that libvirt, too; repeatable."
)
@common
@click.pass_obj
def leftovers(
    session: Session, names: tuple[str, ...], *, remove: bool, uris: tuple[str, ...]
) -> None:
    """List what labgen made on this host that belongs to no lab any more; with NAMES, only what
    was of labs that were called so.

    That is what labs left whose directories are gone, and copies of boxes that nobody uses. Labs
    that live keep what is theirs, in whichever state directory they are. What cannot be told to be
    nobody's is listed and stays. Exit code 1 when anything is nobody's, or could not be removed.
    """
    console = session.console()
    found = build.find(uris, names)
    for why in found.unasked:
        console.say(f"not looked at: {why}")
    if remove:
        failed = _remove(found.orphans)
    else:
        for stray in found.orphans:
            click.echo(f"{stray.what}: {stray.whose}")
        failed = sum(1 for stray in found.orphans if stray.remove)
        if failed:
            console.say(f"{failed} belong to no lab; to remove them: labgen leftovers --remove")
    if not found.orphans:
        console.say("nothing is left over")
    if failed:
        raise SystemExit(1)


def _remove(orphans: tuple[Orphan, ...]) -> int:
    """How many could not be removed."""
    failed = 0
    for stray, why in build.remove(orphans):
        if why:
            click.echo(f"could not remove {stray.what}: {why}", err=True)
            failed += 1
        else:
            click.echo(f"removed {stray.what}, {stray.whose}")
    for stray in orphans:
        if stray.remove is None:
            click.echo(f"left alone: {stray.what}, {stray.whose}")
    return failed

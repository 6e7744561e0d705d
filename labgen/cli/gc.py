"""labgen gc: find and remove orphaned resources."""

import click

from labgen.cli import shapes
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common
from labgen.console import Console, print_table
from labgen.operations import gc as collector
from labgen.providers.resource import Resource


@click.command()
@click.argument("names", nargs=-1)
@click.option("--remove", is_flag=True, help="Remove the orphaned resources.")
@click.option(
    "--uri", "uris", multiple=True, metavar="URI", help="Also search this libvirt. Repeatable."
)
@output_option(shapes.Orphans)
@common
@click.pass_obj
def gc(
    session: Session, names: tuple[str, ...], *, remove: bool, uris: tuple[str, ...], output: str
) -> None:
    """List or remove orphaned resources on this host.

    Orphaned are the resources of labs whose directory no longer exists, and copies of Vagrant boxes
    that no lab uses. Checkpoints that `labgen down --keep-checkpoints` left are listed, but not
    removed. With NAMES, only labs that had one of these names are considered. Resources of
    a living lab are never touched, whichever state directory it is in. Resources whose owner cannot
    be determined are listed but not removed. Exit code 1 when orphaned resources were found, or
    could not be removed.
    """
    found = collector.find(uris, names)
    results = _remove(found.resources) if remove else [_result(it) for it in found.resources]
    if output == "json":
        print_json(shapes.Orphans(resources=tuple(results), not_searched=found.unqueried))
    else:
        for why in found.unqueried:
            session.console().say(f"not searched: {why}")
        _print(results, session.console(), remove=remove)
    if any(it.orphaned and not it.removed for it in results):
        raise SystemExit(1)


def _remove(resources: tuple[Resource, ...]) -> list[shapes.Orphan]:
    """Remove the orphaned resources, and return all resources with the result."""
    kept = [_result(it) for it in resources if not it.orphaned]
    tried = [
        _result(it, removed=not why, error=why or None) for it, why in collector.remove(resources)
    ]
    return [*tried, *kept]


def _result(it: Resource, *, removed: bool = False, error: str | None = None) -> shapes.Orphan:
    return shapes.Orphan(
        kind=it.kind,
        name=it.name,
        owner=it.owner,
        lab=str(it.lab.directory) if it.lab else None,
        place=it.place,
        size=it.size,
        orphaned=it.orphaned,
        removed=removed,
        error=error,
    )


def _print(results: list[shapes.Orphan], console: Console, *, remove: bool) -> None:
    if not results:
        console.say("no orphaned resources")
        return
    if not remove:
        print_table(("RESOURCE", "OWNER"), [(f"{it.kind} {it.name}", it.owner) for it in results])
        if orphaned := sum(1 for it in results if it.orphaned):
            console.say(f"orphaned resources: {orphaned}; to remove them: labgen gc --remove")
        return
    for it in results:
        what = f"{it.kind} {it.name}"
        if it.error:
            click.echo(f"could not remove {what}: {it.error}", err=True)
        else:
            click.echo(f"{'removed' if it.removed else 'kept'} {what}, {it.owner}")

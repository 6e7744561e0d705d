"""labgen cache: the checkpoints that are kept for warm starts."""

import click

from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common
from labgen.console import print_table
from labgen.operations import cache as kept


@click.group(cls=Group)
def cache() -> None:
    """List and clear what is kept for warm starts."""


@cache.command("list")
@output_option(shapes.CacheEntry, many=True)
@common
@click.pass_obj
def list_(session: Session, output: str) -> None:
    """List the checkpoints from which new labs start warm, the most recently used first.

    Each is of the first lab of a scenario that was built from scratch. It is of use as long as
    nothing has changed that the lab was built from: bundle, labgen, host. The least recently used
    ones are removed when there are more than three.
    """
    found = [
        shapes.CacheEntry(
            key=it.key,
            scenario=it.lab.scenario.name if it.lab else None,
            lab=it.lab.name if it.lab else None,
            used=it.used.isoformat(timespec="seconds"),
            size=it.size,
            obsolete=it.obsolete or None,
        )
        for it in kept.entries()
    ]
    if output == "json":
        print_json(found)
    elif found:
        headings = ("KEY", "SCENARIO", "LAB", "USED", "SIZE", "OF USE")
        print_table(headings, map(_row, found), right={4})
    else:
        session.console().say("nothing is kept for warm starts")


@cache.command()
@click.argument("keys", nargs=-1)
@common
@click.pass_obj
def clear(session: Session, keys: tuple[str, ...]) -> None:
    """Remove the checkpoints with these KEYS, or all of them.

    Labs that were made from them stay as they are.
    """
    removed = kept.clear(keys)
    session.console().say(f"removed from the cache: {', '.join(removed) or 'nothing'}")


def _row(entry: shapes.CacheEntry) -> tuple[str, ...]:
    size = f"{entry.size / 1024**2:.1f} MiB"
    use = f"no: {entry.obsolete}" if entry.obsolete else "yes"
    return entry.key, entry.scenario or "-", entry.lab or "-", entry.used, size, use

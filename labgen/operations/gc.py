"""`labgen gc`: find orphaned resources on this host, and remove them."""

from collections.abc import Collection, Iterable, Iterator

from labgen.errors import LabgenError
from labgen.lab.ownership import lab_exists
from labgen.operations.host_resources import Listing, of_host
from labgen.providers.resource import Resource


def find(uris: Collection[str] = (), names: Collection[str] = ()) -> Listing:
    """Return the orphaned resources, those whose owner cannot be determined, and checkpoints that
    were kept when their lab was removed.

    uris are libvirts to query in addition to those that labs named. With names, only resources of
    labs that had one of these names are returned.
    """
    listing = of_host(uris)
    found = [it for it in listing.resources if it.orphaned or it.lab is None or _outlives(it)]
    wanted = [it for it in found if not names or (it.lab and it.lab.name in names)]
    return Listing(tuple(wanted), listing.unqueried)


def _outlives(checkpoints: Resource) -> bool:
    """Return whether they are checkpoints that were kept, and their lab no longer exists."""
    return checkpoints.kept and checkpoints.lab is not None and not lab_exists(checkpoints.lab)


def remove(resources: Iterable[Resource]) -> Iterator[tuple[Resource, str]]:
    """Remove the orphaned resources: yield each with the reason why it could not be removed, or an
    empty text.

    Kept checkpoints and resources whose owner cannot be determined are skipped.
    """
    for it in resources:
        if not it.orphaned:
            continue
        try:
            it.remove()
        except (LabgenError, OSError) as error:
            yield it, str(error)
        else:
            yield it, ""

"""`labgen gc`: find orphaned resources on this host, and remove them."""

from collections.abc import Collection, Iterable, Iterator

from labgen.errors import LabgenError
from labgen.operations.host_resources import Listing, of_host
from labgen.providers.resource import Resource


def find(uris: Collection[str] = (), names: Collection[str] = ()) -> Listing:
    """Return the orphaned resources, and those whose owner cannot be determined.

    uris are libvirts to query in addition to those that labs named. With names, only resources of
    labs that had one of these names are returned.
    """
    listing = of_host(uris)
    found = [it for it in listing.resources if it.orphaned or it.lab is None]
    wanted = [it for it in found if not names or (it.lab and it.lab.name in names)]
    return Listing(tuple(wanted), listing.unqueried)


def remove(resources: Iterable[Resource]) -> Iterator[tuple[Resource, str]]:
    """Remove the orphaned resources: yield each with the reason why it could not be removed, or an
    empty text.

    Resources whose owner cannot be determined are skipped.
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

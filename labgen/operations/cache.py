"""`labgen cache`: what is kept for warm starts."""

from collections.abc import Collection

from labgen.errors import UsageError
from labgen.providers.registry import provider
from labgen.up import warm_cache
from labgen.up.warm_cache import Entry


def entries() -> list[Entry]:
    """Return what is kept, the most recently used first."""
    return warm_cache.entries(provider("container"))


def clear(keys: Collection[str] = ()) -> list[str]:
    """Remove the entries with these keys, or all; return the keys of those that were removed. What
    killed processes left is removed, too.

    Raises UsageError if there is no such entry; nothing is removed then.
    """
    known = {entry.key: entry for entry in entries()}
    if unknown := [key for key in keys if key not in known]:
        raise UsageError(
            f"the cache has no {', '.join(unknown)}",
            hint=f"it has: {', '.join(known) or 'nothing'}",
        )
    removed = [key for key in known if not keys or key in keys]
    for key in removed:
        warm_cache.drop(known[key].path)
    warm_cache.sweep()
    return removed

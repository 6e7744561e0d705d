"""What the user's cache keeps for warm starts, so that tests leave nothing in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.support.program import labgen


def keys() -> set[str]:
    """Return the keys of all entries."""
    listed = labgen("cache", "list", "-o", "json", quiet=True).stdout
    return {entry["key"] for entry in json.loads(listed)}


@contextmanager
def removed() -> Iterator[None]:
    """Remove, after the block, what was kept in it."""
    before = keys()
    try:
        yield
    finally:
        if new := keys() - before:
            labgen("cache", "clear", *new)

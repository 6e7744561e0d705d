"""The id of a lab: by it, a resource on this host names its lab.

It is random and stands in the lab's lab.json from the beginning. So it is the same by whatever
path the lab's directory is reached, and stays when that directory is moved. Older versions used a
digest of the path; their labs keep it.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from labgen.system import paths

NOTE = "owner.json"  # see ownership.label_directory
DIGITS = 8


def new(taken: Collection[str]) -> str:
    """Return an id that is none of those."""
    while (made := secrets.token_hex(DIGITS // 2)) in taken:
        pass
    return made


def by_path(directory: Path) -> str:
    """Return the id that older versions gave to a lab at that path."""
    return hashlib.sha256(str(directory).encode(errors="surrogateescape")).hexdigest()[:DIGITS]


def known(directory: Path) -> str | None:
    """Return the id of the lab at that directory; None where lab.json cannot be read."""
    try:
        told = json.loads((directory / "lab.json").read_bytes())
        return str(told.get("identity") or older(directory))
    except (OSError, ValueError, AttributeError):
        return None


def older(directory: Path) -> str:
    """Return the id of a lab of an older version. The notes of its resources tell by which path it
    was created, which may be another path to the same directory."""
    own = by_path(directory)
    with suppress(OSError):
        here = directory.stat()
        named = {it for it, path in _noted() if _is(path, here.st_dev, here.st_ino)}
        return own if own in named else min(named, default=own)
    return own


def _is(path: Path, device: int, inode: int) -> bool:
    try:
        there = path.stat()
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (device, inode)


def _noted() -> Iterator[tuple[str, Path]]:
    """Yield the ids and directories of labs in the notes of their resources."""
    for place in (paths.runtime(), paths.cache() / "disks"):
        for note in sorted(place.glob(f"*/{NOTE}")):
            with suppress(OSError, ValueError, AttributeError, TypeError, KeyError):
                told: dict[str, Any] = json.loads(note.read_bytes())
                directory = Path(told["directory"])
                yield told.get("id") or by_path(directory), directory

"""bundle.lock.json: which parts of a bundle are there, from which inputs, with which digests."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from labgen.bundle.engine.digests import Digest
from labgen.system import files

NAME = "bundle.lock.json"


@dataclass(frozen=True)
class LockedPart:
    """A part as it was built; inputs is the digest of its recipe, seconds the duration of its
    build."""

    inputs: str
    outputs: dict[str, Digest]
    seconds: float

    @property
    def size(self) -> int:
        """Return the size of all outputs in bytes."""
        return sum(digest.size for digest in self.outputs.values())


@dataclass(frozen=True)
class Lock:
    """The content of a lock file; versions are for users, parts are compared."""

    versions: dict[str, str] = field(default_factory=dict)
    parts: dict[str, LockedPart] = field(default_factory=dict)

    def with_part(self, name: str, part: LockedPart) -> "Lock":
        return replace(self, parts={**self.parts, name: part})

    def without_part(self, name: str) -> "Lock":
        return replace(self, parts={key: part for key, part in self.parts.items() if key != name})


def read(directory: Path) -> Lock:
    """Return the lock of the bundle in directory; an absent or unreadable lock file locks
    nothing."""
    try:
        data = json.loads((directory / NAME).read_text())
        parts = {
            name: LockedPart(
                inputs=str(part["inputs"]),
                outputs={
                    path: Digest(str(digest["sha256"]), int(digest["size"]))
                    for path, digest in part["outputs"].items()
                },
                seconds=float(part["seconds"]),
            )
            for name, part in data["parts"].items()
        }
        return Lock(versions=dict(data["versions"]), parts=parts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Lock()


def write(directory: Path, lock: Lock) -> None:
    """Replace the lock file in one step."""
    files.write(directory / NAME, json.dumps(asdict(lock), indent=2, sort_keys=True) + "\n")

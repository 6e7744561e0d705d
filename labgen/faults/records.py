"""Records of injections, each a file in the lab's directory.

A record is written before the fault is injected, so that `heal` finds it wherever labgen was
killed.
"""

import contextlib
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from labgen.lab.lab import Lab
from labgen.system import files


@dataclass(frozen=True)
class Injection:
    """A fault on machines. Before it takes effect, at and moment are the time of the request."""

    id: str
    fault: str
    machines: tuple[str, ...]  # names
    at: str  # when it took effect: UTC, ISO 8601
    moment: float  # the same as time.monotonic() of this boot of the host
    duration: float | None = None  # seconds after which it heals itself
    seed: int | None = None  # of the random target

    def __str__(self) -> str:
        return f"{self.fault} on {', '.join(self.machines)}"

    @property
    def since(self) -> str:
        """Return when it took effect, in whole seconds: UTC, ISO 8601."""
        return datetime.fromisoformat(self.at).isoformat(timespec="seconds")

    def left(self, now: float | None = None) -> float | None:
        """Return the seconds until it heals itself, 0 at least; None if it does not."""
        if not self.duration:
            return None
        began = datetime.fromisoformat(self.at).timestamp()
        return max(0.0, began + self.duration - (time.time() if now is None else now))

    def remaining(self) -> str:
        """Return for users when it heals itself."""
        left = self.left()
        return "until it is healed" if left is None else f"heals in {left:.0f} s"


def new_id() -> str:
    return secrets.token_hex(4)


def iso(epoch: float) -> str:
    """Return a time, given in seconds since 1970, as UTC in ISO 8601."""
    return datetime.fromtimestamp(epoch, UTC).isoformat()


def write(lab: Lab, injection: Injection) -> None:
    """Write the record; it replaces an older one of the same id."""
    text = json.dumps(asdict(injection), indent=2) + "\n"
    files.write(path(lab, injection.id), text, mode=files.PRIVATE)


def remove(lab: Lab, injection: Injection) -> None:
    """Remove the record if there is one."""
    path(lab, injection.id).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # it has other records, or does not exist
        _directory(lab).rmdir()


def read(lab: Lab) -> Sequence[Injection]:
    """Return all recorded injections, oldest first; damaged files are skipped."""
    found = []
    for kept in _directory(lab).glob("*.json"):
        with contextlib.suppress(OSError, ValueError, TypeError):
            data = json.loads(kept.read_text())
            found.append(Injection(**{**data, "machines": tuple(data["machines"])}))
    return sorted(found, key=lambda injection: injection.at)


def path(lab: Lab, id: str) -> Path:
    return _directory(lab) / f"{id}.json"


def _directory(lab: Lab) -> Path:
    return lab.directory / "faults"

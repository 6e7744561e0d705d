"""Injections and their records: one file each in the lab's directory, written before anything is
done, so that `heal` knows of every fault wherever labgen was killed.
"""

import contextlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from labgen.lab.lab import Lab
from labgen.system import files


@dataclass(frozen=True)
class Injection:
    """A fault on machines, by their names.

    at is when it took effect (UTC, ISO 8601), moment the same on time.monotonic() of this boot of
    the host; before it took effect, both are when it was asked for. lasting is the seconds after
    which it heals itself, seed what `random` was drawn with.
    """

    id: str
    fault: str
    machines: tuple[str, ...]
    at: str
    moment: float
    duration: float | None = None
    seed: int | None = None

    def __str__(self) -> str:
        return f"{self.fault} on {', '.join(self.machines)}"


def new_id() -> str:
    return secrets.token_hex(4)


def iso(epoch: float) -> str:
    """Seconds since 1970 as UTC, ISO 8601."""
    return datetime.fromtimestamp(epoch, UTC).isoformat()


def write(lab: Lab, injection: Injection) -> None:
    """Keep the injection until remove(); an older record of the same id is replaced."""
    text = json.dumps(asdict(injection), indent=2) + "\n"
    files.write(path(lab, injection.id), text, mode=files.PRIVATE)


def remove(lab: Lab, injection: Injection) -> None:
    """Forget the injection; one that is forgotten already is fine."""
    path(lab, injection.id).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # others are kept there, or none ever was
        _directory(lab).rmdir()


def read(lab: Lab) -> Sequence[Injection]:
    """All that are kept, oldest first; what a crash or an editor damaged is passed over."""
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

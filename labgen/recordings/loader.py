"""Load recordings: the .json files of a directory, or one file."""

from dataclasses import dataclass
from pathlib import Path

from labgen.errors import UsageError
from labgen.recordings import recording
from labgen.recordings.recording import HINT, Recording


@dataclass(frozen=True)
class Named:
    """A recording and the name of its file without the suffix."""

    name: str
    recording: Recording


def collect(path: Path) -> tuple[Named, ...]:
    """Return the recordings at path, in the order in which they were made.

    Raises UsageError when there are none, or when a .json file in the directory is not a recording.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist", hint=HINT)
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"no recordings in {path}", hint=HINT)
    found = [Named(file.stem, recording.read(file)) for file in files]
    return tuple(sorted(found, key=lambda named: named.recording.injected_at))

"""Whose the things on this host are that bear only a lab's id: each lab leaves a note.

A lab lives as long as its directory is there, whoever's state directory it is in.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from labgen.lab.lab import Lab, directory_id
from labgen.system import files, paths

NOTE = "owner.json"


@dataclass(frozen=True)
class Owner:
    """A lab by its directory. network_namespace as in Lab; uri is that of its libvirt, or empty."""

    directory: Path
    provider: str
    network_namespace: int
    uri: str = ""

    @property
    def id(self) -> str:
        return directory_id(self.directory)


def lives(directory: Path) -> bool:
    """Whether there may be a lab at that directory, of this user's or another's: also where nobody
    may look."""
    try:
        directory.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def instead(name: str, directory: Path | None) -> str:
    """What to do when the lab at that other directory has the name's machines on this host."""
    if directory is not None and not lives(directory):
        return f"that one's directory is gone; to remove the rest: labgen gc {name} --remove"
    return "bring this one up under another name: --name OTHER"


def claim(lab: Lab, *, uri: str = "") -> None:
    """Leave the lab's note; to be called before anything is made that bears its id."""
    files.private_directory(lab.sockets)
    owner = Owner(lab.directory, lab.provider, lab.network_namespace, uri)
    text = json.dumps(asdict(owner), default=str)
    note = lab.sockets / NOTE
    if not note.exists() or note.read_text() != text:
        files.write(note, text)


def owners() -> list[Owner]:
    """Those who left a note since this host is up."""
    found = []
    for note in sorted(paths.runtime().glob(f"*/{NOTE}")):
        try:
            told = json.loads(note.read_text())
            found.append(Owner(**{**told, "directory": Path(told["directory"])}))
        except (OSError, ValueError, TypeError, KeyError):
            continue  # gone meanwhile, or of another version
    return found

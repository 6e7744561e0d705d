"""Find out which lab owns a resource on this host, by labels, and whether that lab still exists.

Everything that can carry a label has one: containers, libvirt's domains and networks, network
interfaces, directories. A label that another host may read names its host, because only there it
can be seen whether the lab lives. Where only an id fits (namespaces' names, comments of firewall
rules), the labels and notes of other things tell which directory it stands for.

A lab exists as long as its directory exists, whichever user's state directory that is in.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from labgen.lab import store
from labgen.lab.lab import Lab, directory_id, labs_directory
from labgen.system import files, host, paths

KEY = "labgen.directory"
LABEL = re.compile(rf"{re.escape(KEY)}=([^\s\"'<:]+):(/[^\s\"'<]*)")
NOTE = "owner.json"  # the label of a directory


@dataclass(frozen=True)
class Owner:
    """A lab as its note describes it, including where its resources may be."""

    directory: Path
    provider: str
    network_namespace: int  # see Lab
    uri: str = ""  # of its libvirt

    @property
    def id(self) -> str:
        return directory_id(self.directory)


@dataclass(frozen=True)
class KnownLabs:
    """The labs that anything on this host names, whether they still exist or not, by Lab.id."""

    directories: Mapping[str, Path]
    notes: Mapping[str, Owner] = field(default_factory=dict)

    def directory(self, lab_id: str) -> Path | None:
        """Return the directory of the lab with that id; None if it is not known."""
        return self.directories.get(lab_id)


def lab_exists(directory: Path) -> bool:
    """Return whether the lab at that directory may exist. A directory that cannot be inspected,
    because it is another user's, counts as existing."""
    try:
        directory.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def instead(name: str, directory: Path | None) -> str:
    """Return the remedy when the lab at that other directory has machines of this name."""
    if directory is not None and not lab_exists(directory):
        return f"that lab's directory is gone; to remove the rest: labgen gc {name} --remove"
    return "bring this one up under another name: --name OTHER"


def label(lab: Lab) -> str:
    """Return the lab's label, this host and the lab's directory, as text that needs no quoting in
    shell, XML or ip(8)."""
    return f"{KEY}={host.identity()}:{quote(str(lab.directory))}"


def labelled(text: str) -> Path | None:
    """Return the directory of the lab whose label is in the text; None without one of this host."""
    found = LABEL.search(text)
    return Path(unquote(found[2])) if found and found[1] == host.identity() else None


def claim(lab: Lab, *, uri: str = "") -> None:
    """Write the lab's note. Call this before creating anything that has the lab's id."""
    label_directory(lab, lab.sockets, uri=uri)


def label_directory(lab: Lab, directory: Path, *, uri: str = "") -> None:
    """Create the directory, accessible only to its owner, with the lab's note in it."""
    files.private_directory(directory)
    owner = Owner(lab.directory, lab.provider, lab.network_namespace, uri)
    text = json.dumps({"host": host.identity(), **asdict(owner)}, default=str)
    note = directory / NOTE
    if not note.exists() or note.read_text() != text:
        files.write(note, text)


def owner_of(directory: Path) -> Owner | None:
    """Return whom the note in the directory names; None without a note of this host."""
    try:
        fields = json.loads((directory / NOTE).read_text())
        if fields.pop("host", here := host.identity()) != here:
            return None  # which does not have that lab's directory
        return Owner(**{**fields, "directory": Path(fields["directory"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None  # removed meanwhile, or of another version


def owners() -> list[Owner]:
    """Return the labs that left a note since this host was booted."""
    found = [owner_of(note.parent) for note in sorted(paths.runtime().glob(f"*/{NOTE}"))]
    return [owner for owner in found if owner]


def known_labs(labels: Iterable[Path | None] = ()) -> KnownLabs:
    """Return the labs that labels, notes and this user's state directory name."""
    notes = {owner.id: owner for owner in owners()}
    own = [labs_directory() / name for name in store.names()]
    named = [*labels, *own, *(owner.directory for owner in notes.values())]
    return KnownLabs({directory_id(path): path for path in named if path}, notes)

"""Find out which lab owns a resource on this host, by labels, and whether that lab still exists.

Everything that can carry a label has one: containers, libvirt's domains and networks, network
interfaces, directories. A label has the lab's id and, for people, its directory. A label that
another host may read names its host, because only there it can be seen whether the lab lives. Where
only an id fits (namespaces' names, comments of firewall rules), the labels and notes of other
things tell which lab it stands for.

A lab exists as long as its directory exists, whichever user's state directory that is in.
"""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from labgen.errors import LabgenError
from labgen.lab import identity, store
from labgen.lab.identity import NOTE
from labgen.lab.lab import Lab, labs_directory
from labgen.system import files, host, paths

KEY = "labgen.directory"
ID_KEY = "labgen.id"  # of containers
# older versions wrote no id
LABEL = re.compile(rf"{re.escape(KEY)}=([^\s\"'<:]+):(?:([0-9a-f]+):)?(/[^\s\"'<]*)")


@dataclass(frozen=True)
class Owner:
    """The lab that a label or a note names. The id alone tells one from another."""

    id: str
    directory: Path = field(compare=False)  # where the lab was when the label was written

    @property
    def name(self) -> str:
        return self.directory.name

    @classmethod
    def at(cls, directory: Path, id: str | None = None) -> "Owner":
        """Return the owner that a label names; labels of older versions have no id."""
        return cls(id or identity.by_path(directory), directory)


@dataclass(frozen=True)
class Note:
    """A lab as its note describes it, including where its resources may be."""

    owner: Owner
    provider: str
    network_namespace: int  # see Lab
    uri: str = ""  # of its libvirt


@dataclass(frozen=True)
class KnownLabs:
    """The labs that anything on this host names, whether they still exist or not, by Lab.id."""

    owners: Mapping[str, Owner]
    notes: Mapping[str, Note] = field(default_factory=dict)

    def owner(self, lab_id: str) -> Owner | None:
        """Return the lab with that id; None if it is not known."""
        return self.owners.get(lab_id)


def owner(lab: Lab) -> Owner:
    """Return the lab as the owner of its resources."""
    return Owner(lab.id, lab.directory)


def lab_exists(lab: Owner) -> bool:
    """Return whether the lab may exist, at the directory that its label names or at another one. A
    directory that cannot be inspected, because it is another user's, counts as the lab's."""
    return place_of(lab) is not None


def place_of(lab: Owner) -> Path | None:
    """Return the directory of the lab, which may have been moved; None if it no longer exists."""
    return next((path for path in _candidates(lab) if _is_at(lab, path)), None)


def _candidates(lab: Owner) -> Iterator[Path]:
    yield lab.directory
    yield from (it.owner.directory for it in notes() if it.owner == lab)
    yield from (labs_directory() / name for name in store.names())


def _is_at(lab: Owner, directory: Path) -> bool:
    try:
        directory.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return directory == lab.directory
    found = identity.known(directory)
    return found == lab.id if found else directory == lab.directory


def ensure_original(lab: Lab) -> None:
    """Raise LabgenError if the lab's directory is a copy of one that still exists: its machines
    belong to the other one."""
    for note in [*notes(), *_notes_in(paths.cache() / "disks")]:  # these survive a boot
        other = note.owner.directory
        if note.owner == owner(lab) and identity.known(other) == lab.id and _differ(lab, other):
            raise LabgenError(
                f"lab {lab.name} at {lab.directory} is a copy of the lab at {other}, "
                "whose machines are on this host",
                hint="use that state directory, or remove the copy: "
                + shlex.join(["rm", "-r", str(lab.directory)]),
            )


def _differ(lab: Lab, other: Path) -> bool:
    return lab.directory.exists() and not other.samefile(lab.directory)


def instead(name: str, other: Owner | None) -> str:
    """Return the remedy when that other lab has machines of this name."""
    if other is not None and not lab_exists(other):
        return f"that lab's directory is gone; to remove the rest: labgen gc {name} --remove"
    return "bring this one up under another name: --name OTHER"


def label(lab: Lab) -> str:
    """Return the lab's label, this host, the lab's id and its directory, as text that needs no
    quoting in shell, XML or ip(8)."""
    return f"{KEY}={host.identity()}:{lab.id}:{quote(str(lab.directory))}"


def labelled(text: str) -> Owner | None:
    """Return the lab whose label is in the text; None without one of this host."""
    found = LABEL.search(text)
    return _named(found) if found and found[1] == host.identity() else None


def is_anothers(text: str, lab: Lab) -> bool:
    """Return whether the text has the label of another lab, whatever host wrote it."""
    found = LABEL.search(text)
    return found is not None and _named(found) != owner(lab)


def _named(label: re.Match[str]) -> Owner:
    return Owner.at(Path(unquote(label[3])), label[2])


def container_labels(lab: Lab) -> dict[str, str]:
    """Return the label of a container, as two of podman's."""
    return {KEY: str(lab.directory), ID_KEY: lab.id}


def owner_of_container(labels: Mapping[str, str]) -> Owner | None:
    """Return the lab that a container's labels name; None without such labels."""
    return Owner.at(Path(labels[KEY]), labels.get(ID_KEY)) if KEY in labels else None


def claim(lab: Lab, *, uri: str = "") -> None:
    """Write the lab's note. Call this before creating anything that has the lab's id.

    Raises LabgenError like ensure_original().
    """
    ensure_original(lab)
    label_directory(lab, lab.sockets, uri=uri)


def label_directory(lab: Lab, directory: Path, *, uri: str = "") -> None:
    """Create the directory, accessible only to its owner, with the lab's note in it."""
    files.private_directory(directory)
    told = {"host": host.identity(), "id": lab.id, "directory": str(lab.directory)}
    told |= {"provider": lab.provider, "uri": uri}
    text = json.dumps({**told, "network_namespace": lab.network_namespace})
    note = directory / NOTE
    if not note.exists() or note.read_text() != text:
        files.write(note, text)


def note_of(directory: Path) -> Note | None:
    """Return the note in the directory; None without one of this host."""
    try:
        fields = json.loads((directory / NOTE).read_text())
        if fields.pop("host", here := host.identity()) != here:
            return None  # which does not have that lab's directory
        named = Owner.at(Path(fields.pop("directory")), fields.pop("id", None))
        return Note(named, **fields)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None  # removed meanwhile, or of another version


def notes() -> list[Note]:
    """Return the notes that labs left since this host was booted."""
    return _notes_in(paths.runtime())


def _notes_in(place: Path) -> list[Note]:
    found = [note_of(note.parent) for note in sorted(place.glob(f"*/{NOTE}"))]
    return [note for note in found if note]


def known_labs(labels: Iterable[Owner | None] = ()) -> KnownLabs:
    """Return the labs that labels, notes and this user's state directory name."""
    noted = {note.owner.id: note for note in notes()}
    directories = [labs_directory() / name for name in store.names()]
    own = [Owner(identity.known(it) or identity.older(it), it) for it in directories]
    owners: dict[str, Owner] = {}
    for it in [*own, *(note.owner for note in noted.values()), *labels]:
        if it and (it.id not in owners or not lab_exists(owners[it.id])):
            owners[it.id] = it  # whoever knows where the lab is now is right
    return KnownLabs(owners, noted)

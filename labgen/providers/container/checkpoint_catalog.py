"""Find checkpoints of system containers among those of all labs, also of labs that were removed.

`labgen down --keep-checkpoints` leaves a lab's checkpoints and a description of the lab with them,
the file KEPT. Without it, checkpoints of a lab that no longer exists are orphaned.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from labgen.errors import LabgenError, UsageError
from labgen.lab import ownership, store
from labgen.lab.lab import Lab
from labgen.providers.container import checkpoint_store, disks
from labgen.system import files

KEPT = ".kept"  # the lab, as in lab.json


@dataclass(frozen=True)
class Saved:
    """A checkpoint on this host."""

    lab: Lab
    name: str
    kept: bool  # whether the lab no longer exists
    directory: Path

    @property
    def reference(self) -> str:
        """Return the words by which find() returns this one."""
        lab, unique = _names(self.lab)
        return f"{unique if self.kept else lab}/{self.name}"


def find(reference: str) -> Saved:
    """Return the checkpoint of that reference: LAB/CHECKPOINT, or CHECKPOINT alone if one lab has
    it.

    LAB is the name of a lab, also of a removed one whose checkpoints were kept. Where several labs
    had that name, the one that exists is preferred; NAME-ID is one of the others. Raises UsageError
    if there is none, or more than one.
    """
    wanted, _, name = reference.rpartition("/")
    known = everything()
    found = [it for it in known if it.name == name and (not wanted or wanted in _names(it.lab))]
    existing = [it for it in found if not it.kept]
    if wanted and existing:
        found = existing
    if len(found) == 1:
        return found[0]
    what = f"checkpoint {name} of lab {wanted}" if wanted else f"checkpoint {name}"
    if found:
        listed = ", ".join(it.reference for it in found)
        raise UsageError(f"there is more than one {what}", hint=f"name one of: {listed}")
    listed = ", ".join(it.reference for it in known) or "none"
    raise UsageError(f"there is no {what}", hint=f"checkpoints: {listed}")


def everything() -> list[Saved]:
    """Return the checkpoints of all labs of system containers, those of existing labs first."""
    labs = [(lab, False) for lab in _existing()] + [(lab, True) for lab in kept_labs()]
    return [
        Saved(lab, name, kept, place)
        for lab, kept in labs
        for name, place in checkpoint_store.places(lab).items()
    ]


def kept_labs() -> list[Lab]:
    """Return the labs that no longer exist and whose checkpoints were kept."""
    notes = sorted(checkpoint_store.everywhere().glob(f"*/{KEPT}"))
    found = [lab for note in notes if (lab := _read(note))]
    return [lab for lab in found if not ownership.lab_exists(ownership.owner(lab))]


def mark(lab: Lab, *, keep: bool) -> Sequence[str]:
    """Note whether the lab's checkpoints outlive it, and return their names. The caller has the
    lab's lock."""
    checkpoint_store.adopt_older(lab)
    names = _labels(lab) if keep else []
    note = checkpoint_store.directory(lab) / KEPT
    if names:
        files.write(note, json.dumps(checkpoint_store.description(lab)), mode=files.PRIVATE)
    else:
        note.unlink(missing_ok=True)
    return names


def delete(lab: Lab, name: str) -> None:
    """Delete a checkpoint, if it exists; with the last one, also the description of a lab."""
    checkpoint_store.delete(lab, name)
    if not _labels(lab):
        checkpoint_store.remove(checkpoint_store.directory(lab))


def is_marked(place: Path) -> bool:
    """Return whether the checkpoints in that directory outlive their lab."""
    return (place / KEPT).exists()


def remove_unless_kept(lab: Lab) -> None:
    """Remove all checkpoints of the lab, unless they are to outlive it."""
    place = checkpoint_store.directory(lab)
    if not is_marked(place):
        checkpoint_store.remove(place)


def size(place: Path) -> int:
    """Return how many bytes the checkpoints in that directory use, without shared images."""
    shared = [it / "shared" for it in place.glob("*/")]
    return disks.changed_bytes(place, without=shared)


def _labels(lab: Lab) -> list[str]:
    return list(checkpoint_store.places(lab))


def _names(lab: Lab) -> tuple[str, str]:
    return lab.name, f"{lab.name}-{lab.id}"


def _existing() -> Iterator[Lab]:
    for name in store.names():
        with suppress(LabgenError):  # a damaged lab must not hide the others
            lab = store.load(name)
            if lab.provider == "container":
                yield lab


def _read(note: Path) -> Lab | None:
    with suppress(OSError, ValueError, LabgenError):
        return store.parse(json.loads(note.read_bytes()))
    return None

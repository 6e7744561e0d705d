"""Checkpoints of system containers on disk: what they consist of, whether they are undamaged.

Layout of a checkpoint, a directory that only root can read:
  checkpoint.json       see Contents; written last, so a checkpoint without it does not exist
  MACHINE.disks.tar.zst its /var/lib/kubelet, etcd and the container runtime's directory
  MACHINE.root.tar.zst  what it changed in its root file system
  shared/N              the unpacked images of the bundle, which no machine changes, as hard links

Those of a lab are next to its disks, because hard links do not cross file systems. They outlive the
lab if it is removed with --keep-checkpoints: see checkpoint_catalog.
"""

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import BaseModel, JsonValue, ValidationError

from labgen.bundle.store import Digests
from labgen.errors import LabgenError, UsageError
from labgen.lab import ownership, store
from labgen.lab.lab import Lab
from labgen.providers.container import disks
from labgen.system import paths
from labgen.system.parallel import gather

CONTENTS = "checkpoint.json"
PENDING = ".restoring"  # see checkpoints.complete_restore
LINGER = 10.0  # seconds for which a program that a killed call started may still write
OLD = ".old"  # of what is being replaced
PART = ".part"  # of a checkpoint that is being saved or deleted


class Contents(BaseModel):
    """What a checkpoint consists of."""

    saved: float  # seconds since the epoch: when all machines stood still
    paused: float  # seconds for which they did
    shared: Mapping[str, Sequence[str]]  # names of unpacked images, by machine
    images: Mapping[str, str] = {}  # IDs of the machines' own images, by machine
    sha256: Mapping[str, str]  # of every archive, by file name
    size: int  # bytes of the archives, without shared images
    # These are missing from checkpoints of older versions.
    lab: JsonValue = None  # see description(); store.parse() reads it
    version: str = ""  # of labgen
    parent: str = ""  # the checkpoint that was saved or restored last before
    reflinked: Sequence[str] = ()  # archives that were packed from clones, after the pause
    bundle: Digests | None = None  # also None if the machines are of a bundle built again since


def directory(lab: Lab) -> Path:
    """Return the directory of all checkpoints of the lab, which need not exist."""
    return everywhere() / f"{lab.name}-{lab.id}"


def prepared(lab: Lab) -> Path:
    """Create that directory, with the lab's note in it, and return it."""
    ownership.label_directory(lab, directory(lab))
    return directory(lab)


def description(lab: Lab) -> JsonValue:
    """Return the lab as in lab.json, and always with its id. That of a lab of an older version
    depends on what is at its path, which may be another lab later."""
    return store.as_json(replace(lab, identity=lab.id))


def everywhere() -> Path:
    """Return the directory with the checkpoints of all labs; each lab has one below it."""
    return paths.cache() / "checkpoints"


def _older(lab: Lab) -> Path:
    """Return where older versions had a lab's checkpoints: among its disks."""
    return disks.of_lab(lab) / ".checkpoints"


def adopt_older(lab: Lab) -> None:
    """Move checkpoints from where older versions had them. The caller has the lab's lock."""
    older = _older(lab)
    if older.exists() and not directory(lab).exists():
        if (older / PENDING).exists():
            (older / PENDING).rename(disks.of_lab(lab) / PENDING)
        ownership.label_directory(lab, older)
        directory(lab).parent.mkdir(exist_ok=True)
        older.rename(directory(lab))


def read(source: Path, *, remedy: str) -> Contents:
    """Return the contents of the checkpoint at source, unverified. Raises LabgenError with that
    remedy if they cannot be read."""
    path = source / CONTENTS
    try:
        return Contents.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise LabgenError(
            f"{path} is damaged", last_seen=str(error.errors()[0]["msg"]), hint=remedy
        ) from error


def damaged(source: Path, contents: Contents) -> list[str]:
    """Return the names of what is missing from the checkpoint at source, or is not as it was
    saved."""
    now = gather({it: partial(digest, source / it) for it in contents.sha256})
    shared = {name for names in contents.shared.values() for name in names}
    return [
        *(it for it, saved in contents.sha256.items() if now[it] != saved),
        *(f"shared/{it}" for it in sorted(shared) if not (source / "shared" / it).is_dir()),
    ]


def checkpoints(lab: Lab) -> dict[str, Contents]:
    """Return the lab's checkpoints by name, the oldest first."""
    found = {}
    for name, source in places(lab).items():
        with suppress(FileNotFoundError):  # removed, or given its name, a moment ago
            found[name] = read(source, remedy=removal(lab, name))
    return dict(sorted(found.items(), key=lambda it: it[1].saved))


def places(lab: Lab) -> dict[str, Path]:
    """Return the directories of the lab's checkpoints by name; also of one that only lacks its
    name, because the save was killed, see settle(), or that is where older versions had it.

    Nothing is changed: the caller need not have the lab's lock.
    """
    older = _places_in(_older(lab))  # first, because adopt_older() may be moving them
    home = directory(lab)
    return _places_in(home) if home.exists() else older


def _places_in(home: Path) -> dict[str, Path]:
    nameless = {_name_of(it): it for it in home.glob(f".*{PART}")}
    found = {**nameless, **{it.name: it for it in home.glob("[!.]*/")}}
    return {name: it for name, it in sorted(found.items()) if (it / CONTENTS).exists()}


def _name_of(part: Path) -> str:
    return part.name.removeprefix(".").removesuffix(PART)


def verified(lab: Lab, name: str) -> Contents:
    """Return what the checkpoint consists of, after comparing it with its checksums. The caller
    has the lab's lock.

    Raises UsageError if there is none of that name, LabgenError if it is damaged.
    """
    contents, lost = inspected(lab, name)
    if lost:
        raise LabgenError(
            f"checkpoint {name} of lab {lab.name} is damaged; nothing was changed",
            last_seen=f"not as it was saved: {', '.join(lost)}",
            hint=removal(lab, name),
        )
    return contents


def inspected(lab: Lab, name: str) -> tuple[Contents, list[str]]:
    """Return what the checkpoint consists of, and what of it is missing or not as it was saved. The
    caller has the lab's lock.

    Raises UsageError if there is none of that name.
    """
    source = directory(lab) / name
    settle(lab)
    if not (source / CONTENTS).exists():
        listed = ", ".join(checkpoints(lab)) or "none"
        raise UsageError(f"lab {lab.name} has no checkpoint {name}", hint=f"it has: {listed}")
    contents = read(source, remedy=removal(lab, name))
    lost = damaged(source, contents)
    if contents.shared.keys() != {machine.name for machine in lab.machines}:
        lost.append("its machines")
    return contents, lost


def sizes(lab: Lab, name: str) -> dict[str, int]:
    """Return how many bytes the archives of each machine have."""
    place = places(lab).get(name, directory(lab) / name)
    return {
        machine.name: sum(it.stat().st_size for it in place.glob(f"{machine.name}.*.tar.zst"))
        for machine in lab.machines
    }


def delete(lab: Lab, name: str) -> None:
    """Delete a checkpoint, if it exists."""
    settle(lab)
    (directory(lab) / name / CONTENTS).unlink(missing_ok=True)
    remove(directory(lab) / name)


def removal(lab: Lab, name: str) -> str:
    """Return the command that removes a checkpoint."""
    return f"labgen checkpoint remove {lab.name} {name}"


def settle(lab: Lab) -> None:
    """Complete what was killed: deletions, and saves that only lacked their name. Others are
    discarded."""
    adopt_older(lab)
    home = directory(lab)
    for part in home.glob(f".*{PART}"):
        if (part / CONTENTS).exists():
            put_in_place(part)
    begun = [it for it in home.glob("[!.]*/") if not (it / CONTENTS).exists()]
    for path in (*begun, *home.glob(f".*{PART}"), *home.glob(f".*{OLD}")):
        remove(path)


def put_in_place(part: Path) -> None:
    """Give a complete checkpoint its name, which an older one may have."""
    target = part.with_name(_name_of(part))
    old = part.with_name(part.name + OLD)
    if target.exists():
        remove(old)
        target.rename(old)
    part.rename(target)
    remove(old)


def remove(path: Path) -> None:
    """Remove a directory with everything in it, if it exists."""
    deadline = time.monotonic() + LINGER
    while path.exists():
        try:
            shutil.rmtree(path)
        except OSError as error:
            if error.errno != errno.ENOTEMPTY or time.monotonic() > deadline:
                raise


def digest(path: Path) -> str:
    """Return the sha256 of a file; an empty text if it does not exist."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""

"""Vagrant's index of machines, in its home directory.

Vagrant itself removes only entries whose directories still exist.
"""

import json
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labgen.render.vagrantfile import Box
from labgen.system import files, paths
from labgen.system.locks import locked

LOCK_TIMEOUT = 60.0
VERSION = 1  # of the index's format: lib/vagrant/machine_index.rb
SLASH = "-VAGRANTSLASH-"  # in place of the slash of a box's name in its directory's name
ENTRY_ID = ".vagrant/machines/*/libvirt/index_uuid"  # in the directory of a Vagrantfile
BOXES = "labgen/"  # what the names of labgen's boxes begin with


@dataclass(frozen=True)
class Entry:
    """A machine in Vagrant's index, of the lab at that directory; box is (name, version)."""

    id: str
    machine: str
    lab: Path
    box: tuple[str, str]


def home() -> Path:
    """Return Vagrant's own directory, which has its copies of boxes."""
    return Path(os.environ.get("VAGRANT_HOME") or paths.home() / ".vagrant.d")


def entries() -> list[Entry]:
    """Return the entries of labgen's boxes that were created in labs' directories."""
    found = []
    for id_, told in _read().get("machines", {}).items():
        place = Path(told.get("vagrantfile_path") or "/")
        box = (told.get("extra_data") or {}).get("box") or {}
        name = str(box.get("name", ""))
        if (
            name.startswith(BOXES)
            and place.name == "vagrant"
            and place.parent.parent.name == "labs"
        ):
            version = str(box.get("version", ""))
            found.append(Entry(id_, str(told.get("name")), place.parent, (name, version)))
    return found


def of_lab(directory: Path) -> list[Entry]:
    """Return the entries of the lab at that directory, which had another path when Vagrant made
    them if it was moved."""
    own = ids(directory)
    places = (directory, directory.resolve())
    return [entry for entry in entries() if entry.lab in places or entry.id in own]


def ids(directory: Path) -> set[str]:
    """Return the ids of the entries that Vagrant made for the lab at that directory, by whatever
    path."""
    return {path.read_text().strip() for path in directory.glob(f"vagrant/{ENTRY_ID}")}


def remove(ids: Collection[str]) -> None:
    """Remove those entries, where they exist."""
    if not ids:
        return
    with locked(_index().with_name("index.lock"), timeout=LOCK_TIMEOUT):
        told = _read()
        kept = {id_: it for id_, it in told.get("machines", {}).items() if id_ not in ids}
        if told:
            files.write(_index(), json.dumps({**told, "machines": kept}))


def box_disk(box: Box) -> Path:
    """Return the path of the disk in Vagrant's copy of a box, which need not exist yet."""
    return home() / "boxes" / box.name.replace("/", SLASH) / box.version / "libvirt/box.img"


def _index() -> Path:
    return home() / "data/machine-index/index"


def _read() -> dict[str, Any]:
    """Return the index; empty if it does not exist or has an unknown format, in which case it is
    kept."""
    try:
        told: dict[str, Any] = json.loads(_index().read_text())
    except (OSError, ValueError):
        return {}
    return told if told.get("version") == VERSION else {}

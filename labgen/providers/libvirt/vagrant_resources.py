"""Vagrant's resources on this host: entries of labs' machines, and copies of boxes.

No libvirt is needed, because Vagrant's files are in the user's home.
"""

import shutil
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from labgen.bundle import store as bundles
from labgen.errors import LabgenError
from labgen.lab import identity, store
from labgen.lab.lab import Lab, labs_directory
from labgen.lab.ownership import Owner, lab_exists, owner
from labgen.providers.libvirt import vagrant_index as index
from labgen.providers.resource import Resource


def list_resources() -> list[Resource]:
    """Return all entries, and the copies of labgen's boxes that neither the next lab nor an
    existing lab uses."""
    now = {it: directory for directory in _directories() for it in index.ids(directory)}
    entries = [replace(it, lab=now.get(it.id, it.lab)) for it in index.entries()]
    used = {entry.box for entry in entries if lab_exists(_owner(entry.lab))}
    return [*_entries(entries), *_boxes(used)]


def of_lab(lab: Lab) -> list[Resource]:
    """Return the entries of the lab, which Vagrant may know by another path."""
    return [replace(it, lab=owner(lab)) for it in _entries(index.of_lab(lab.directory))]


def current_boxes() -> set[str]:
    """Return the versions of the boxes from which the next lab would be created."""
    found = set()
    for version in bundles.known_versions():
        with suppress(LabgenError):
            found.add(bundles.require_box(version).version)
    return found


def _entries(entries: Collection[index.Entry]) -> Iterator[Resource]:
    """Yield one for each machine: Vagrant adds an entry when a lab's directory is made anew."""
    ids: dict[tuple[str, Path], list[str]] = {}
    for entry in entries:
        ids.setdefault((entry.machine, entry.lab), []).append(entry.id)
    for (machine, directory), own in ids.items():
        yield Resource("Vagrant's entry of", machine, _owner(directory), partial(index.remove, own))


def _directories() -> list[Path]:
    """Return the directories of this user's labs, which may have been moved."""
    return [labs_directory() / name for name in store.names()]


def _owner(directory: Path) -> Owner:
    """Return the lab at that directory, which need no longer exist."""
    return Owner.at(directory, identity.known(directory))


def _boxes(used: set[tuple[str, str]]) -> Iterator[Resource]:
    current = current_boxes()
    for path in sorted((index.home() / "boxes").glob(f"labgen{index.SLASH}*/*/")):
        name, version = path.parent.name.replace(index.SLASH, "/"), path.name
        if version not in current and (name, version) not in used:
            remove = partial(_remove, path)
            yield Resource("Vagrant's copy of box", f"{name} {version}", None, remove, unused=True)


def _remove(box: Path) -> None:
    """Remove a copy as `vagrant box remove` does, and the directory of the box if this was its last
    version."""
    shutil.rmtree(box)
    others = [path for path in box.parent.iterdir() if path.is_dir()]
    if not others:
        shutil.rmtree(box.parent)

"""What Vagrant remembers of labs that are gone, and its copies of boxes that no bundle has."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from labgen.lab.ownership import lives
from labgen.providers.libvirt import vagrant_index as index
from labgen.providers.orphans import Orphan, of_dead, unowned


def orphans(versions: set[str]) -> list[Orphan]:
    """Entries of dead labs, and boxes of labgen's but those versions and what living labs use."""
    entries = index.entries()
    used = {entry.box for entry in entries if lives(entry.lab)}
    return [*_entries(entries), *_boxes(versions, used)]


def _entries(entries: list[index.Entry]) -> Iterator[Orphan]:
    for entry in entries:
        if not lives(entry.lab):
            what = f"Vagrant's entry of {entry.machine}"
            yield of_dead(what, entry.lab, partial(index.remove, [entry.id]))


def _boxes(versions: set[str], used: set[tuple[str, str]]) -> Iterator[Orphan]:
    for path in sorted((index.home() / "boxes").glob(f"labgen{index.SLASH}*/*/")):
        name, version = path.parent.name.replace(index.SLASH, "/"), path.name
        if version not in versions and (name, version) not in used:
            yield unowned(f"Vagrant's copy of box {name} {version}", partial(_remove, path))


def _remove(box: Path) -> None:
    """As `vagrant box remove` does; the directory of the name goes with the last version."""
    shutil.rmtree(box)
    others = [path for path in box.parent.iterdir() if path.is_dir()]
    if not others:
        shutil.rmtree(box.parent)

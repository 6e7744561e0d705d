"""The trees of a machine that a checkpoint has archives of, and how they become archives.

All machines stand still while their trees are taken. Where the file system can, a tree is cloned
then and packed from the clone later; elsewhere it is packed then and compressed later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labgen.lab.lab import Lab, Machine
from labgen.providers.container import disks
from labgen.system import archives, reflinks

CLONES = "clones"  # the directory of them in a checkpoint that is being saved


@dataclass(frozen=True)
class Tree:
    """A directory of a machine, and where it goes."""

    directory: Path
    archive: Path  # without .zst
    clone: Path | None  # None if the directory is packed while machines stand still
    without: Sequence[Path] = ()  # what the checkpoint has as hard links, relative to directory


def of_machine(
    lab: Lab, machine: Machine, upper: Path, part: Path, shared: Sequence[str]
) -> list[Tree]:
    """Return the trees of a machine: its disks without the shared images, and what it changed in
    its root file system. The directory part is that of the checkpoint that is being saved."""
    home = disks.of_machine(lab, machine)
    without = [(disks.images(lab, machine) / name).relative_to(home) for name in shared]
    return [
        _tree(home, part, f"{machine.name}.disks", without),
        _tree(upper, part, f"{machine.name}.root", []),
    ]


def _tree(directory: Path, part: Path, name: str, without: Sequence[Path]) -> Tree:
    clone = part / CLONES / name if reflinks.possible(directory, part) else None
    return Tree(directory, part / f"{name}.tar", clone, without)


def prepare(trees: Sequence[Tree]) -> None:
    """Do what can be done while machines still run, so that take() takes less time."""
    reflinks.write_back(it.directory for it in trees if it.clone)


def take(trees: Sequence[Tree]) -> None:
    """Clone or pack the trees of one machine, one after the other. Raises what archives.pack()
    raises."""
    for tree in trees:
        if tree.clone:
            reflinks.clone(tree.directory, tree.clone, without=tree.without)
        else:
            archives.pack(tree.directory, tree.archive, without=tree.without)


def compressed(tree: Tree) -> Path:
    """Return the compressed archive of a tree that was taken; its clone is still there. Raises what
    archives.pack() raises."""
    if not tree.clone:
        return archives.compress(tree.archive)
    archive = tree.archive.with_name(f"{tree.archive.name}.zst")
    archives.pack(tree.clone, archive, compressed=True)
    return archive

"""Where the disks of a lab's system containers are, and what of them no machine ever changes."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from labgen.bundle.store import require
from labgen.lab.lab import Lab, Machine
from labgen.system import paths

IMAGES = Path("containerd/io.containerd.snapshotter.v1.overlayfs/snapshots")
BLOCK = 512  # bytes, of st_blocks (stat(2))


def of_lab(lab: Lab) -> Path:
    """Return the directory of the machines' disks. It is next to the bundle because hard links do
    not cross file systems."""
    return paths.cache() / "disks" / f"{lab.name}-{lab.id}"


def of_machine(lab: Lab, machine: Machine) -> Path:
    """Return the directory with what is mounted below /var/lib on the machine."""
    return of_lab(lab) / machine.name


def images(lab: Lab, machine: Machine) -> Path:
    """Return the directory of containerd's unpacked images and of the layers that its containers
    write to; it need not exist."""
    return of_machine(lab, machine) / IMAGES


def shared_images(lab: Lab, machine: Machine) -> list[str]:
    """Return the names of unpacked images that came with the bundle's golden store.

    containerd never changes an unpacked image, and gives its number to no other. An image that is
    not the golden store's own (another inode) is not among them.
    """
    golden = require(lab.scenario.kubernetes.version).golden.parent / IMAGES
    own = images(lab, machine)
    return [it.name for it in sorted(golden.iterdir()) if _is_linked(it, own / it.name)]


def _is_linked(golden: Path, own: Path) -> bool:
    """Return whether the first file of an unpacked image is the same file in both."""
    for directory, _, names in os.walk(golden):
        for name in names:
            path = Path(directory) / name
            other = own / path.relative_to(golden)
            return os.path.lexists(other) and other.lstat().st_ino == path.lstat().st_ino
    return False


def changed_bytes(home: Path, *, without: Sequence[Path] = ()) -> int:
    """Return how many bytes the files below home have, except those below the directories without.
    Files may disappear meanwhile."""
    left_out = {str(path) for path in without}
    sizes: dict[tuple[int, int], int] = {}
    for directory, children, names in os.walk(home):
        children[:] = [it for it in children if f"{directory}/{it}" not in left_out]
        for name in names:
            with suppress(FileNotFoundError):
                found = os.lstat(f"{directory}/{name}")
                sizes[found.st_dev, found.st_ino] = found.st_blocks * BLOCK
    return sum(sizes.values())

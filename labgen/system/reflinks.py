"""Clone trees on file systems where files can share blocks: btrfs, and XFS made with reflink=1.

A clone needs no room before one of the two is changed, and no more time for a large file than for
a small one (ioctl_ficlone(2)). GNU cp makes it, with everything that archives packs.
"""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile

from labgen.system import archives
from labgen.system.process import run

TIMEOUT = 600.0  # seconds
FICLONE = 0x40049409  # of linux/fs.h: _IOW(0x94, 9, int)
TRIED = 8  # files; a file without copy on write cannot be cloned to one with it, see chattr(1)


def possible(directory: Path, target: Path) -> bool:
    """Return whether files below directory can be cloned to the directory target, because one of
    them was. Never if there is no file that has anything in it."""
    return any(_is_cloned(it, target) for it in islice(_files(directory), TRIED))


def _is_cloned(file: Path, target: Path) -> bool:
    with suppress(OSError), file.open("rb") as source, TemporaryFile(dir=target) as clone:
        fcntl.ioctl(clone, FICLONE, source.fileno())
        return True
    return False


def _files(directory: Path) -> Iterator[Path]:
    for place, _, names in os.walk(directory):
        for path in (Path(place) / name for name in names):
            with suppress(FileNotFoundError):
                found = path.lstat()
                if stat.S_ISREG(found.st_mode) and found.st_size:
                    yield path


def write_back(directories: Iterable[Path]) -> None:
    """Have the kernel write what is only in memory of these directories' file systems.

    Cloning a file begins with that, so it would take time while machines stand still.
    """
    devices = {it.stat().st_dev: it for it in directories}
    for directory in devices.values():
        run(["sync", "--file-system", directory], timeout=TIMEOUT)


def clone(directory: Path, target: Path, *, without: Sequence[Path] = ()) -> None:
    """Create the directory target as a clone of everything below directory.

    Directories in without (relative to directory) are left out. A file that cannot be cloned is
    copied. Raises CommandFailed; LabgenError if the disk is full.
    """
    parents = {parent for it in without for parent in it.parents} | {Path()}
    parents = {it for it in parents if _is_directory(directory, it)}
    left_out = set(without)
    entries = [
        path
        for parent in parents
        for path in (it.relative_to(directory) for it in (directory / parent).iterdir())
        if path not in parents and path not in left_out
    ]
    for parent in sorted(parents):
        (target / parent).mkdir(parents=True)
    # --archive alone ignores extended attributes that it cannot copy; those of overlays matter
    words = ["cp", "--archive", "--preserve=xattr", "--reflink=auto", "--parents"]
    if entries:
        with archives.full_disk_named(target):
            run(
                [*words, "--target-directory", target.absolute(), "--", *sorted(entries)],
                timeout=TIMEOUT,
                cwd=directory,
            )
    for parent in sorted(parents, reverse=True):
        _copy_attributes(directory / parent, target / parent)


def _is_directory(directory: Path, below: Path) -> bool:
    """Return whether below is in that directory, not where a symbolic link of a machine leads."""
    return (directory / below).is_dir() and not any(
        (directory / it).is_symlink() for it in (below, *below.parents) if it != Path()
    )


def _copy_attributes(source: Path, target: Path) -> None:
    """Give the directory target owner, mode, times and extended attributes of source. cp --parents
    omits the last."""
    found = source.stat()
    os.chown(target, found.st_uid, found.st_gid)
    shutil.copystat(source, target)

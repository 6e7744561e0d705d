"""Write files atomically: to a temporary name that is then renamed."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

MIB = 1 << 20
PRIVATE = 0o600


def write(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Write content to path atomically; create its parents and replace an older file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with _renamed(beside, path, mode) as file:
        file.write(data)


@contextmanager
def written_aside(path: Path) -> Iterator[BinaryIO]:
    """Yield a new file that gets the name path at the end, and replaces an older one there. Only
    its owner can read it; after an error it is removed.

    It is called .NAME.part until then, so what a killed process left is replaced by the next.
    """
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)  # somebody else may have opened it
    with _renamed(beside, path, PRIVATE) as file:
        yield file


@contextmanager
def _renamed(beside: Path, path: Path, mode: int) -> Iterator[BinaryIO]:
    """Yield the new file beside, which is synced and gets the name path at the end; after an error
    it is removed."""
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            os.fchmod(file.fileno(), mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if isinstance(error, OSError) and not error.filename:  # a full disk
            error.filename = str(path)
        raise


def may_exist(path: Path) -> bool:
    """Return whether the path may exist. One that cannot be inspected, because it is another
    user's, counts as existing."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def replace(path: Path, content: bytes) -> None:
    """Replace the content of a file that is somebody else's, completely or not at all.

    The new content is written next to the file, synced and renamed. Mode, owner, extended
    attributes and a symbolic link to the file are kept. A new file is readable only to its owner;
    its directory is created, but not that of a link's missing target. Raises OSError; the file then
    has its former content.
    """
    target = Path(os.path.realpath(path))
    if not target.exists():
        if not path.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
        _rename_onto(target, content, None)
        return
    before = target.stat()
    if before.st_nlink > 1:  # another name would keep the former content
        _overwrite(target, content)
        return
    try:
        _rename_onto(target, content, before)
    except OSError as error:
        # a mount of its own, as in a container, or of an owner that it would lose
        if error.errno not in (errno.EBUSY, errno.EPERM):
            raise
        _overwrite(target, content)


def _rename_onto(target: Path, content: bytes, before: os.stat_result | None) -> None:
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if before:
                now = os.fstat(file.fileno())
                if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
                    os.fchown(file.fileno(), before.st_uid, before.st_gid)
                shutil.copystat(target, beside)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(beside)
        beside.rename(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    directory = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that cannot, such as vboxsf
            raise
    finally:
        os.close(directory)


def _overwrite(target: Path, content: bytes) -> None:
    """Write over the file where it is. Its space is reserved first, so that a full disk is an error
    before anything is changed."""
    with target.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            if content:
                os.posix_fallocate(file.fileno(), 0, len(content))
        except OSError:
            os.ftruncate(file.fileno(), size)
            raise
        file.write(content)
        file.flush()
        os.ftruncate(file.fileno(), len(content))
        os.fsync(file.fileno())


def private_directory(path: Path) -> Path:
    """Create path as a directory that only its owner can read, and return it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def free_mib(directory: Path) -> int:
    """Return the free space in MiB where directory is or will be."""
    place = directory
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free // MIB


def remove_directory(directory: Path, *, last: str) -> None:
    """Remove a directory with everything in it, the file of that name last: what is known by that
    file is still known if this is interrupted."""
    for entry in sorted(directory.iterdir(), key=lambda path: path.name == last):
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    directory.rmdir()

"""Pack directories into archives and link trees, with everything that a file system knows of them.

GNU tar and cp do it: owners, modes, times to the nanosecond, hard links, devices, extended
attributes (which overlay file systems keep their notes in), and holes instead of zeros.
"""

import errno
import os
import shlex
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from labgen.errors import LabgenError
from labgen.system.background import running
from labgen.system.process import CommandFailed, run

TIMEOUT = 600.0  # seconds
CHUNK = 1024**2  # bytes
PARTIAL = "Wrote only"  # tar's words for a write of which only a part had room
COMPRESS = ("zstd", "--quiet", "-1")
EVERYTHING = ("--format=posix", "--xattrs", "--xattrs-include=*", "--acls", "--numeric-owner")


def pack(
    directory: Path, archive: Path, *, without: Sequence[Path] = (), compressed: bool = False
) -> None:
    """Write everything below directory into the archive, which only root can read.

    Directories in without (relative to directory) are left out, as are sockets. Compression takes
    longer, and no room for the uncompressed archive. Raises CommandFailed; LabgenError if the disk
    is full.
    """
    archive.touch(mode=0o600)
    words = ["tar", "--create", *EVERYTHING, "--sparse", "--warning=no-file-ignored"]
    if compressed:
        words.append(f"--use-compress-program={shlex.join(COMPRESS)}")
    excluded = ["--anchored", "--no-wildcards", *(f"--exclude=./{it}" for it in without)]
    with full_disk_named(archive.parent):
        run([*words, *excluded, "--file", archive, "--directory", directory, "."], timeout=TIMEOUT)


def compress(archive: Path) -> Path:
    """Replace the archive by its zstd-compressed form, archive.zst, and return that. Raises what
    pack() raises."""
    with full_disk_named(archive.parent):
        run([*COMPRESS, "--rm", archive], timeout=TIMEOUT)
    return archive.with_name(f"{archive.name}.zst")


def unpack(archive: Path, directory: Path) -> None:
    """Unpack a compressed archive into an existing directory. Raises what pack() raises."""
    words = ["tar", "--extract", "--zstd", *EVERYTHING, "--same-owner", "--preserve-permissions"]
    with full_disk_named(directory):
        run([*words, "--file", archive, "--directory", directory], timeout=TIMEOUT)


def ensure_contained(archive: Path) -> None:
    """Raise LabgenError if unpacking the compressed archive could touch a file outside of the
    directory that it is unpacked into.

    Symbolic links may lead anywhere, because they are a machine's, but nothing may lie behind one.
    """
    words = ["zstd", "--decompress", "--stdout", str(archive)]
    with running(words, cwd=archive.parent) as process:
        stream = _Forward(cast("BinaryIO", process.stdout))
        try:
            with tarfile.open(fileobj=cast("BinaryIO", stream), mode="r:") as tar:
                _ensure_members_contained(tar, archive.name)
                # This reader ends silently at what is no header; tar skips that and goes on.
                stream.seek(tar.offset)
        except (tarfile.TarError, ValueError) as error:  # the latter for sizes that cannot be
            raise LabgenError(f"{archive.name} cannot be read", last_seen=str(error)) from error
        while data := stream.read(CHUNK):
            if data.strip(b"\0"):
                raise LabgenError(f"{archive.name} has data after its end")
        if code := process.wait(TIMEOUT):
            raise LabgenError(f"{archive.name} cannot be read: zstd failed with exit code {code}")


def _ensure_members_contained(tar: tarfile.TarFile, archive: str) -> None:
    links: set[PurePosixPath] = set()
    for member in tar:
        paths = [PurePosixPath(member.name)]
        paths += [PurePosixPath(member.linkname)] if member.islnk() else []
        if any(it.is_absolute() or ".." in it.parts for it in paths) or any(
            links.intersection(it.parents) for it in paths
        ):
            raise LabgenError(
                f"{archive} has {member.name}, which is outside of the machine's disk"
            )
        if member.issym() or links.intersection(paths):  # also a second name of a link
            links.add(paths[0])


class _Forward:
    """A pipe as a file that tarfile can read: it only seeks forward, or back into what it has read
    last. So an archive is read without a copy on disk."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._last = b""
        self._unread = 0  # how many of the last bytes are to be read again
        self._position = 0

    def read(self, size: int) -> bytes:
        """Return that many bytes; fewer only at the end."""
        if self._unread:
            data = self._last[-self._unread :][:size]
            self._unread -= len(data)
        else:
            data = self._last = self._pipe.read(size)
        self._position += len(data)
        if data and len(data) < size:
            return data + self.read(size - len(data))
        return data

    def seek(self, position: int) -> int:
        """Raise ValueError if the bytes at position were discarded."""
        if position < self._position:
            self._unread += self._position - position
            if self._unread > len(self._last):
                raise ValueError("a pipe cannot be read again")
            self._position = position
        while self._position < position and self.read(min(CHUNK, position - self._position)):
            pass
        return self._position

    def tell(self) -> int:
        """Return how many bytes are before the next one."""
        return self._position


def link(source: Path, target: Path) -> None:
    """Make target a tree of hard links to the files below source, which nobody may change.

    Raises CommandFailed, for instance if they are on two file systems.
    """
    with full_disk_named(target.parent):
        run(["cp", "--archive", "--link", "--no-target-directory", source, target], timeout=TIMEOUT)


def ensure_no_link(directory: Path, below: Path) -> None:
    """Raise LabgenError if one of the parts of directory below that other one is a symbolic link,
    which leads elsewhere."""
    for part in (directory, *directory.parents):
        if part == below:
            return
        if part.is_symlink():
            raise LabgenError(f"{part} is a symbolic link; it should be a directory")


@contextmanager
def full_disk_named(directory: Path) -> Iterator[None]:
    """Raise LabgenError in place of CommandFailed if the file system of directory is full now.

    tar names no reason if the last bytes that the disk had room for were a part of a write.
    """
    try:
        yield
    except CommandFailed as error:
        full = any(sign in str(error) for sign in (os.strerror(errno.ENOSPC), PARTIAL))
        if not full or shutil.disk_usage(directory).free >= CHUNK:
            raise
        raise LabgenError(
            f"{directory}: {os.strerror(errno.ENOSPC)}", last_seen=error.reason
        ) from error

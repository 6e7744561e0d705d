"""The file that a checkpoint is exported to: how it is written, read and verified.

It is a tar archive; tar -tf lists it. Its members, in this order:
  checkpoint-file.json  see Header: what it is and what it needs, readable before all else
  MACHINE.*.tar.zst     as in the checkpoint's directory
  sha256                of every byte of the file before this member

The unpacked images of the bundle are not in it, and neither is the machine image. Header names them
by digest.
"""

import hashlib
import io
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ValidationError

from labgen.errors import LabgenError, UsageError
from labgen.lab import store
from labgen.providers.container.checkpoint_store import Contents
from labgen.system import files

HEADER, SUM = "checkpoint-file.json", "sha256"
LARGEST = 4 * 1024**2  # bytes of a header; that of a lab of six machines has 8 KiB
SUM_SIZE = 65  # bytes: 64 digits and the end of the line
CHUNK = 1024**2  # bytes
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # of a machine or an image: one part of a path


class Header(BaseModel):
    """What a file with a checkpoint is, and what it needs."""

    format: Literal[1]
    contents: Contents
    shared: Mapping[str, str]  # sha256 (digests.of_tree) of each unpacked image, by its name

    @property
    def archives(self) -> list[str]:
        """Return the names of the archives in their order in the file."""
        return sorted(self.contents.sha256)


@dataclass(frozen=True)
class CheckpointFile:
    """A file with a checkpoint, open for reading."""

    path: Path
    stream: BinaryIO
    tar: tarfile.TarFile
    header: Header

    def verify(self) -> None:
        """Raise LabgenError unless the file is as it was written, to its last byte."""
        expected = [*self.header.archives, SUM]
        try:
            members = [it for it in (self.tar.next() for _ in expected) if it and it.isreg()]
            if [it.name for it in members] != expected or members[-1].size != SUM_SIZE:
                raise _damaged(self.path, f"it should have {', '.join(expected)}")
            if self.tar.next():  # member() would return the last one of a name
                raise _damaged(self.path, f"there is more after {SUM}")
            with self.member(SUM) as data:
                told = data.read().decode(errors="replace").strip()
            if told != self._sum(members[-1].offset):
                raise _damaged(self.path, "its sha256 is another one")
        except tarfile.TarError as error:
            raise _damaged(self.path, str(error)) from error

    @contextmanager
    def member(self, name: str) -> Iterator[io.BufferedReader]:
        """Yield a member of the file for reading."""
        found = self.tar.extractfile(name)
        if found is None:
            raise _damaged(self.path, f"{name} is not a file")
        with found:
            yield found  # type: ignore[misc]

    def _sum(self, size: int) -> str:
        """Return the sha256 of that many bytes from the beginning."""
        found, left = hashlib.sha256(), size
        self.stream.seek(0)
        while left and (data := self.stream.read(min(CHUNK, left))):
            found.update(data)
            left -= len(data)
        return found.hexdigest()


def write(file: Path, header: Header, source: Path) -> int:
    """Write the file from the checkpoint's directory source, and return its size.

    It is written aside and renamed, and only its owner can read it: it has the cluster's keys.
    """
    with files.written_aside(file) as target:
        summing = _Summing(target)
        with tarfile.open(fileobj=summing, mode="w", format=tarfile.PAX_FORMAT) as tar:
            told = header.model_dump_json(indent=2).encode()
            tar.addfile(_entry(HEADER, len(told), header), io.BytesIO(told))
            for archive in header.archives:
                with (source / archive).open("rb") as data:
                    size = (source / archive).stat().st_size
                    tar.addfile(_entry(archive, size, header), data)
            told = f"{summing.sum.hexdigest()}\n".encode()
            tar.addfile(_entry(SUM, len(told), header), io.BytesIO(told))
        return target.tell()


@contextmanager
def opened(file: Path) -> Iterator[CheckpointFile]:
    """Yield the file, of which only the header was read.

    Raises UsageError if it has no checkpoint, LabgenError if its header is damaged.
    """
    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    with file.open("rb") as stream, _tar(file, stream) as tar:
        yield CheckpointFile(file, stream, tar, _header(file, tar))


@contextmanager
def _tar(file: Path, stream: BinaryIO) -> Iterator[tarfile.TarFile]:
    try:
        tar = tarfile.open(fileobj=stream, mode="r:")  # noqa: SIM115 - a with block is below
    except tarfile.TarError as error:
        raise _no_checkpoint(file) from error
    with tar:
        yield tar


def _header(file: Path, tar: tarfile.TarFile) -> Header:
    try:
        first = tar.next()
        data = tar.extractfile(first) if first and first.name == HEADER else None
        if first is None or data is None or first.size > LARGEST:
            raise _no_checkpoint(file)
        header = Header.model_validate_json(data.read())
    except (tarfile.TarError, ValidationError) as error:
        raise LabgenError(
            f"{file} cannot be read; nothing was changed",
            last_seen=str(error).splitlines()[0],
            hint="it is damaged, or another version of labgen wrote it",
        ) from error
    contents = header.contents
    machines = {machine.name for machine in store.parse(contents.lab).machines}
    archives = {f"{machine}.{part}.tar.zst" for machine in machines for part in ("disks", "root")}
    used = {name for names in contents.shared.values() for name in names}
    if not (
        all(map(NAME.fullmatch, {*machines, *used}))
        and machines == contents.shared.keys()
        and archives == contents.sha256.keys()
        and contents.images.keys() <= machines
        and used == header.shared.keys()
    ):
        raise _damaged(file, "its header names what no checkpoint has")
    return header


class _Summing(io.RawIOBase):
    """A file that is written, and the sha256 of what was written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sum = hashlib.sha256()

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.sum.update(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell()


def _entry(name: str, size: int, header: Header) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, files.PRIVATE, int(header.contents.saved)
    return entry


def _no_checkpoint(file: Path) -> UsageError:
    return UsageError(
        f"{file} is no checkpoint; nothing was changed",
        hint="labgen checkpoint export NAME CHECKPOINT FILE    writes one",
    )


def _damaged(file: Path, what: str) -> LabgenError:
    return LabgenError(f"{file} is damaged; nothing was changed", last_seen=what)

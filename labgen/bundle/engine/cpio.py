"""Archives in cpio's newc format, which the kernel unpacks as an initrd; no times, no owners.

https://docs.kernel.org/driver-api/early-userspace/buffer-format.html
"""

import stat
from collections.abc import Iterable
from dataclasses import dataclass

TRAILER = "TRAILER!!!"


@dataclass(frozen=True)
class Entry:
    """One member: mode with its file type; device is a node's major and minor number."""

    name: str
    mode: int
    content: bytes = b""
    device: tuple[int, int] = (0, 0)


def directory(name: str) -> Entry:
    return Entry(name, stat.S_IFDIR | 0o755)


def program(name: str, content: bytes) -> Entry:
    return Entry(name, stat.S_IFREG | 0o755, content)


def link(name: str, target: str) -> Entry:
    return Entry(name, stat.S_IFLNK | 0o777, target.encode())


def node(name: str, device: tuple[int, int]) -> Entry:
    """Return a character device that only root may use."""
    return Entry(name, stat.S_IFCHR | 0o600, device=device)


def archive(entries: Iterable[Entry]) -> bytes:
    """Return the archive of these entries in their order; a directory must precede its content."""
    packed = [_pack(entry, number) for number, entry in enumerate(entries, start=1)]
    return b"".join([*packed, _pack(Entry(TRAILER, 0), 0)])


def _pack(entry: Entry, number: int) -> bytes:
    name = entry.name.encode() + b"\0"
    links = 1
    fields = (number, entry.mode, 0, 0, links, 0, len(entry.content), 0, 0, *entry.device)
    header = "070701" + "".join(f"{value:08x}" for value in (*fields, len(name), 0))
    return _padded(header.encode() + name) + _padded(entry.content)


def _padded(data: bytes) -> bytes:
    """Return data padded to a multiple of four bytes, as every header and every content is."""
    return data + b"\0" * (-len(data) % 4)

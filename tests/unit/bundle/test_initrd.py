"""The initrd of virtual machines: its content, and the order in which its modules load."""

import io
import stat
from collections.abc import Iterator

import pytest

from labgen.bundle.engine import cpio
from labgen.bundle.parts import initrd
from labgen.errors import LabgenError

NO_CONTENT = b""


def module(*needed: str) -> bytes:
    return b"\x7fELF\0license=GPL\0depends=" + ",".join(needed).encode() + b"\0name=x\0"


MODULES = {
    "virtio_pci": module("virtio", "virtio_ring"),
    "virtio": module("virtio_ring"),
    "virtio_ring": module(),
    "virtio_blk": module("virtio", "virtio_ring"),
    "ext4": module("mbcache", "jbd2", "crc32c-intel"),
    "virtio_net": module("net_failover", "virtio"),
    "net_failover": module(),
    "mbcache": module(),
    "jbd2": module(),
    "crc32c_intel": module(),
    "unrelated": module("virtio"),
}


def unpacked(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Yield name, mode and content of each member, by the specification of the format."""
    file = io.BytesIO(data)
    while True:
        header = file.read(110)
        assert header[:6] == b"070701"
        fields = [int(header[at : at + 8], 16) for at in range(6, 110, 8)]
        name = file.read(fields[11])[:-1].decode()
        file.read(-(110 + fields[11]) % 4)
        content = file.read(fields[6])
        file.read(-fields[6] % 4)
        if name == "TRAILER!!!":
            assert file.read() == NO_CONTENT
            return
        yield name, fields[1], content


def test_modules_load_after_what_they_need_and_nothing_else_is_loaded() -> None:
    order = initrd.load_order(MODULES, frozenset({"crc32c_generic"}))
    assert set(order) == set(MODULES) - {"unrelated"}
    for name in order:
        before = order[: order.index(name)]
        assert set(initrd.needs(MODULES[name])) <= set(before)


def test_a_module_that_is_in_the_kernel_is_not_packed() -> None:
    inside = frozenset({"crc32c_generic", "ext4"})
    assert "ext4" not in initrd.load_order(MODULES, inside)


def test_a_module_that_the_kernel_does_not_have_is_named() -> None:
    with pytest.raises(LabgenError, match="the kernel has no module crc32c_generic"):
        initrd.load_order(MODULES, frozenset())


def test_archive_holds_the_script_busybox_and_modules_in_their_order() -> None:
    inside = frozenset({"crc32c_generic"})
    entries = initrd.entries(b"BUSYBOX", b"#!/bin/sh\n", MODULES, inside)
    found = {name: (mode, content) for name, mode, content in unpacked(cpio.archive(entries))}
    assert found["init"] == (stat.S_IFREG | 0o755, b"#!/bin/sh\n")
    assert found["bin/busybox"][1] == b"BUSYBOX"
    assert found["bin/sh"] == (stat.S_IFLNK | 0o777, b"busybox")
    assert found["dev/console"] == (stat.S_IFCHR | 0o600, NO_CONTENT)
    loaded = [name.split("-", 1)[1] for name in sorted(found) if name.startswith("modules/")]
    assert loaded == [f"{name}.ko" for name in initrd.load_order(MODULES, inside)]


def test_the_same_files_give_the_same_bytes() -> None:
    entries = [cpio.directory("bin"), cpio.program("bin/a", b"abc")]
    assert cpio.archive(entries) == cpio.archive(list(entries))

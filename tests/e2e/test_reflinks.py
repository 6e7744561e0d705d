"""A save on file systems where files can share blocks: real archives on real disks."""

import multiprocessing
import os
import secrets
import shutil
import signal
import socket
import stat
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from labgen.bundle.engine import digests
from labgen.errors import LabgenError
from labgen.providers.container import checkpoint_store, checkpoints, disks
from labgen.system import archives, freezer, reflinks
from labgen.system.process import run
from tests.unit.providers.saved_machines import Host, machines_on_disk

MIB = 1024**2
SIZE = 6 * 1024 * MIB  # of the disk: a file of 1 GiB, two saves of it, and twice as much to spare
TIMEOUT = 60.0  # seconds
# linux/posix_acl_xattr.h: version 2; tag, permissions and ID of entries: owner, user 1000, group,
# mask, others
ACL = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHI", tag, permissions, who)
    for tag, permissions, who in [
        *((0x01, 7, 2**32 - 1), (0x02, 5, 1000), (0x04, 4, 2**32 - 1)),
        *((0x10, 5, 2**32 - 1), (0x20, 0, 2**32 - 1)),
    ]
)
CAPABILITY = bytes.fromhex("0100000200040000000000000000000000000000")  # capabilities(7)
Facts = dict[str, object]
Record = Callable[[str, object], None]


@pytest.fixture(params=["btrfs", "xfs"])
def host(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    """Yield the disks of three machines on a file system of that kind."""
    image, root = tmp_path / "disk.img", tmp_path / "disk"
    root.mkdir()
    with image.open("wb") as file:
        file.truncate(SIZE)
    run([f"mkfs.{request.param}", "-q", image], timeout=TIMEOUT)
    mounted = run(["mount", "-o", "loop", image, root], timeout=TIMEOUT, check=False)
    if not mounted.ok:
        if request.param not in Path("/proc/filesystems").read_text().split():
            pytest.skip(f"this kernel has no {request.param}")
        pytest.fail(mounted.stderr)
    try:
        monkeypatch.setenv("LABGEN_HOME", str(root / "home"))
        yield machines_on_disk(root, monkeypatch)
    finally:
        run(["umount", "--lazy", root], timeout=TIMEOUT)


def _trees(host: Host) -> dict[str, Path]:
    return {
        f"{machine.name}.{part}": path
        for machine in host.lab.machines
        for part, path in (
            ("disks", disks.of_machine(host.lab, machine)),
            ("root", host.upper(machine)),
        )
    }


def _populate(tree: Path) -> None:
    """Add everything that a machine may have on a disk."""
    (tree / "opaque").mkdir()
    os.setxattr(tree / "opaque", "trusted.overlay.opaque", b"y")
    os.mknod(tree / "opaque/whiteout", stat.S_IFCHR, os.makedev(0, 0))
    (tree / "redirected").touch()
    os.setxattr(tree / "redirected", "trusted.overlay.metacopy", b"")
    (tree / "shared").mkdir()
    os.setxattr(tree / "shared", "system.posix_acl_default", ACL)
    (tree / "shared/file").write_text("read by user 1000")
    os.setxattr(tree / "shared/file", "system.posix_acl_access", ACL)
    (tree / "program").write_bytes(secrets.token_bytes(MIB))
    os.chown(tree / "program", 1234, 5678)
    (tree / "program").chmod(0o4751)
    os.setxattr(tree / "program", "security.capability", CAPABILITY)
    os.utime(tree / "program", ns=(123456789, 987654321))
    os.link(tree / "program", tree / "opaque/second name")
    with (tree / "holes").open("wb") as file:
        file.seek(16 * MIB)
        file.write(b"in the middle")
        file.truncate(64 * MIB)
    for name in (b"-rf", b"new\nline", b"\xff not UTF-8", b"[*]"):
        Path(os.fsdecode(os.fsencode(tree) + b"/" + name)).write_text("odd")
    (tree / "nowhere").symlink_to("/no/such/file")
    os.mkfifo(tree / "fifo")
    with socket.socket(socket.AF_UNIX) as listening, suppress(OSError):
        directory = os.open(tree, os.O_DIRECTORY)  # a path of at most 107 bytes
        listening.bind(f"/proc/self/fd/{directory}/socket")
        os.close(directory)
    assert (tree / "socket").is_socket()
    (tree / "uncloneable").mkdir()  # on btrfs: a file without copy on write
    run(["chattr", "+C", tree / "uncloneable"], timeout=TIMEOUT, check=False)
    (tree / "uncloneable/journal").write_bytes(secrets.token_bytes(MIB))
    os.utime(tree, ns=(1, 2))


def _facts(tree: Path) -> Facts:
    """Return everything that a file system knows of a tree, sockets left out."""
    found: Facts = {}
    first_names: dict[int, str] = {}
    for path in [tree, *sorted(tree.rglob("*"))]:
        seen, name = path.lstat(), str(path.relative_to(tree))
        if not stat.S_ISSOCK(seen.st_mode):
            found[name] = (
                *(seen.st_mode, seen.st_uid, seen.st_gid, seen.st_rdev),
                seen.st_mtime_ns if path != tree / disks.IMAGES else "of the last image's link",
                first_names.setdefault(seen.st_ino, name),
                [(it, _attribute(path, it)) for it in sorted(_attributes(path))],
                digests.of_file(path).sha256 if stat.S_ISREG(seen.st_mode) else "",
            )
    holes = tree / "holes"
    found["holes are kept"] = holes.exists() and holes.lstat().st_blocks * 512 < MIB
    return found


def _attributes(path: Path) -> list[str]:
    return os.listxattr(path, follow_symlinks=False)


def _attribute(path: Path, name: str) -> bytes:
    return os.getxattr(path, name, follow_symlinks=False)


def _all_facts(host: Host) -> Facts:
    return {
        f"{name}:{path}": facts
        for name, tree in _trees(host).items()
        for path, facts in _facts(tree).items()
    }


@contextmanager
def _packed_only() -> Iterator[None]:
    """Save as where no file can be cloned."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reflinks, "possible", lambda *_: False)
        yield


def _left(host: Host) -> list[str]:
    """Return what is in the directory of checkpoints, besides archives."""
    place = checkpoint_store.directory(host.lab)
    known = ("owner.json", "checkpoint.json")
    return sorted(
        str(it.relative_to(place))
        for it in [*place.glob("*"), *place.glob("*/*")]
        if it.name not in known and not it.name.endswith(".tar.zst")
    )


def test_a_clone_and_an_archive_of_the_moment_become_the_same_machines(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = _trees(host)
    for tree in trees.values():
        _populate(tree)
    for machine in host.lab.machines:  # of a directory that has a shared image in it
        os.setxattr(disks.images(host.lab, machine), "trusted.overlay.origin", b"x")
    before = _all_facts(host)

    @contextmanager
    def frozen(_: Sequence[str]) -> Iterator[None]:
        yield
        for tree in trees.values():  # a machine goes on
            (tree / "program").write_bytes(b"since")
            (tree / "redirected").unlink()

    monkeypatch.setattr(freezer, "frozen", frozen)
    cloned = checkpoints.save(host.lab, "cloned")
    assert sorted(cloned.reflinked) == sorted(trees)
    checkpoints.restore(host.lab, "cloned", host.switch_off)
    assert _all_facts(host) == before
    with _packed_only():
        packed = checkpoints.save(host.lab, "packed")
    assert not packed.reflinked
    checkpoints.restore(host.lab, "packed", host.switch_off)
    assert _all_facts(host) == before
    assert _left(host) == ["cloned", "cloned/shared", "packed", "packed/shared"]


def test_machines_with_much_data_stand_still_for_a_small_part_of_the_time(
    host: Host, record_property: Record
) -> None:
    large = disks.of_machine(host.lab, host.lab.machines[0]) / "etcd/large"
    block = secrets.token_bytes(MIB // 16)  # zstd finds it again, so archives take little time
    with large.open("wb") as file:
        for _ in range(1024 * 16):
            file.write(block)
    cloned = checkpoints.save(host.lab, "x")
    with _packed_only():
        packed = checkpoints.save(host.lab, "x")
    record_property("1 GiB, cloned: machines stand still", f"{cloned.paused:.2f} s")
    record_property("1 GiB, packed: machines stand still", f"{packed.paused:.2f} s")
    assert cloned.paused < packed.paused / 3


# It fills up before anything is cloned, or leaves room for a part of the archives.
@pytest.mark.parametrize("left", [0, 12 * MIB])
def test_a_disk_that_fills_up_keeps_the_earlier_checkpoint(
    host: Host, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    for tree in _trees(host).values():
        (tree / "log").write_bytes(secrets.token_bytes(8 * MIB))
    contents = checkpoints.save(host.lab, "x")
    thawed: list[bool] = []

    @contextmanager
    def filled(_: Sequence[str]) -> Iterator[None]:
        _fill(host.root, leaving=left)
        try:
            yield
        finally:
            thawed.append(True)

    with monkeypatch.context() as patch:
        patch.setattr(freezer, "frozen", filled)
        with pytest.raises(LabgenError, match="No space left on device"):
            checkpoints.save(host.lab, "x")
    assert thawed == [True]
    assert _left(host) == ["x", "x/shared"]
    assert checkpoint_store.verified(host.lab, "x") == contents
    (host.root / "filler").unlink()
    run(["sync", "--file-system", host.root], timeout=TIMEOUT)  # btrfs has the room after that
    assert checkpoints.save(host.lab, "x") != contents


def _fill(root: Path, *, leaving: int) -> None:
    """Fill the file system up to that many bytes, as well as it can tell what is free."""
    size, step = 0, shutil.disk_usage(root).free - leaving
    with (root / "filler").open("wb") as filler:
        while step >= 4096:
            try:
                os.posix_fallocate(filler.fileno(), size, step)
                size += step
            except OSError:
                step //= 2
            if leaving:
                return


@pytest.mark.parametrize("step", ["clone", "pack"])
def test_a_save_that_is_killed_leaves_no_clone(host: Host, step: str) -> None:
    contents = checkpoints.save(host.lab, "x")

    def save_and_die() -> None:
        def dying(directory: Path, target: Path, **more: object) -> None:
            real(directory, target, **more)
            os.kill(os.getpid(), signal.SIGKILL)

        module = {"clone": reflinks, "pack": archives}[step]
        real = getattr(module, step)
        setattr(module, step, dying)
        checkpoints.save(host.lab, "x")

    child = multiprocessing.get_context("fork").Process(target=save_and_die)
    child.start()
    child.join(TIMEOUT)
    assert child.exitcode == -signal.SIGKILL
    assert ".x.part/clones" in _left(host)
    assert checkpoint_store.verified(host.lab, "x") == contents
    assert _left(host) == ["x", "x/shared"]

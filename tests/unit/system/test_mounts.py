"""mounts.below: mount points as the kernel reports them."""

from pathlib import Path

import pytest

from labgen.system import mounts
from tests.unit.system.stubs import stub

# proc_pid_mountinfo(5); \040 is a space, \134 a backslash, \011 a tab
MOUNTINFO = r"""22 28 0:21 / /proc rw shared:13 - proc proc rw
30 28 8:1 / /labs/one rw - ext4 /dev/sda1 rw
31 30 0:50 / /labs/one/disk/kubelet rw - tmpfs tmpfs rw
32 28 0:51 / /labs/one\040more rw - tmpfs tmpfs rw
33 32 0:52 / /labs/one\040more/a\134b\011c rw - tmpfs tmpfs rw
34 28 0:53 / /labs/one-two rw - tmpfs tmpfs rw
"""


@pytest.fixture
def mountinfo(tmp_path: Path) -> Path:
    path = tmp_path / "mountinfo"
    path.write_text(MOUNTINFO)
    return path


def test_mounts_at_and_below_a_directory_come_deepest_first(mountinfo: Path) -> None:
    found = mounts.below(Path("/labs/one"), mountinfo)
    assert found == [Path("/labs/one/disk/kubelet"), Path("/labs/one")]


def test_escaped_characters_are_the_ones_of_the_real_path(mountinfo: Path) -> None:
    found = mounts.below(Path("/labs/one more"), mountinfo)
    assert found == [Path("/labs/one more/a\\b\tc"), Path("/labs/one more")]


def test_a_directory_without_mounts_has_none(mountinfo: Path) -> None:
    assert mounts.below(Path("/labs/on"), mountinfo) == []


def test_this_hosts_own_mounts_can_be_read() -> None:
    assert Path("/proc") in mounts.below(Path("/proc"))


def test_nothing_is_unmounted_where_nothing_is_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    umount = stub(monkeypatch, tmp_path, "umount")
    mounts.unmount_below(tmp_path)
    assert umount.calls == []


def test_the_source_of_a_mount_is_found_where_it_was_moved_to(tmp_path: Path) -> None:
    here = "22 1 8:1 / / rw - ext4 /dev/a rw\n30 22 8:2 /deep /mnt/a\\040b rw - ext4 /dev/b rw\n"
    (tmp_path / "self").mkdir()
    (tmp_path / "self/mountinfo").write_text(here)
    (tmp_path / "7").mkdir()
    for device_and_root, found in (
        ("8:1 /state/keys/node1", Path("/state/keys/node1")),
        ("8:2 /deep/x\\040y", Path("/mnt/a b/x y")),
        ("8:2 /other", None),
        ("8:3 /", None),
        ("8:1 /state/keys/node1//deleted", None),
    ):
        line = f"90 80 {device_and_root} /etc/identity ro - ext4 /dev/a rw\n"
        (tmp_path / "7/mountinfo").write_text(line)
        assert mounts.source(7, "/etc/identity", tmp_path) == found
    assert mounts.source(7, "/elsewhere", tmp_path) is None
    assert mounts.source(8, "/etc/identity", tmp_path) is None

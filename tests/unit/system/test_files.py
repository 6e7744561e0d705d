"""files: complete or absent."""

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from labgen.system import files


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def test_write_makes_parents_and_sets_the_mode_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        files.write(tmp_path / "a/b/c", "text")
        files.write(tmp_path / "script", b"#!", mode=0o755)
    finally:
        os.umask(before)
    assert ((tmp_path / "a/b/c").read_text(), _mode(tmp_path / "a/b/c")) == ("text", 0o644)
    assert _mode(tmp_path / "script") == 0o755


def test_write_replaces_content_and_mode_of_an_older_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("a longer text than the new one")
    path.chmod(0o644)
    files.write(path, "new", mode=files.PRIVATE)
    assert (path.read_text(), _mode(path)) == ("new", 0o600)


def test_readers_see_the_old_or_the_new_content_and_nothing_between(tmp_path: Path) -> None:
    path = tmp_path / "file"
    old, new = "a" * 100_000, "b" * 100_000
    files.write(path, old)
    seen: set[str] = set()
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(20):
        files.write(path, new if number % 2 else old)
    ended.set()
    reader.join()
    assert seen <= {old, new}


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    files.write(path, "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_private_directory_is_closed_to_others_also_when_it_was_open(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    assert _mode(files.private_directory(tmp_path / "open")) == 0o700
    assert _mode(files.private_directory(tmp_path / "new")) == 0o700


def test_a_file_system_that_cannot_sync_directories_takes_a_replaced_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """vboxsf is one: the file is replaced by then, and an error would say that it is not."""
    sync = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    files.replace(tmp_path / "config", b"new")
    assert (tmp_path / "config").read_bytes() == b"new"

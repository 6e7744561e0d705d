"""A checkpoint of system containers: all of one moment, restored as a whole or not at all."""

import errno
import json
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labgen import __version__
from labgen.errors import LabgenError, UsageError
from labgen.lab import store
from labgen.providers.container import checkpoint_store, checkpoints, disks
from labgen.system import archives, mounts
from tests.unit.lab.samples import mode
from tests.unit.providers.saved_machines import BUNDLE, IMAGE, Host


def test_a_restore_brings_back_every_file_and_removes_later_ones(host: Host) -> None:
    before = host.seen()
    contents = checkpoints.save(host.lab, "x")
    assert len(host.frozen) == 3
    host.write_all("after")
    assert host.seen() != before
    checkpoints.restore(host.lab, "x", host.switch_off)
    assert host.seen() == before
    assert not host.running
    assert checkpoint_store.checkpoints(host.lab) == {"x": contents}


def test_a_checkpoint_names_its_lab_and_the_bundle_that_it_fits(host: Host) -> None:
    contents = checkpoints.save(host.lab, "x")
    assert store.parse(contents.lab) == replace(host.lab, identity=host.lab.id)
    assert (contents.version, contents.bundle) == (__version__, BUNDLE)
    host.image_name = "localhost/labgen/machine:of-an-older-bundle"
    assert checkpoints.save(host.lab, "y").bundle is None


def test_a_checkpoint_of_an_older_version_can_be_restored(host: Host) -> None:
    before = host.seen()
    checkpoints.save(host.lab, "x")
    path = checkpoint_store.directory(host.lab) / "x/checkpoint.json"
    told = json.loads(path.read_bytes())
    for field in ("lab", "version", "bundle"):
        del told[field]
    path.write_text(json.dumps(told))
    host.write_all("after")
    checkpoints.restore(host.lab, "x", host.switch_off)
    assert host.seen() == before


def test_images_are_not_linked_behind_a_link_of_the_machine(host: Host, tmp_path: Path) -> None:
    """Otherwise a restore would write where the link leads on this host."""
    checkpoints.save(host.lab, "x")
    saved = checkpoint_store.directory(host.lab) / "x/master1.disks.tar.zst"
    disk, elsewhere = tmp_path / "disk", tmp_path / "elsewhere"
    (disk / disks.IMAGES.parent).mkdir(parents=True)
    (disk / disks.IMAGES).symlink_to(elsewhere)
    elsewhere.mkdir()
    archives.pack(disk, tmp_path / "disk.tar")
    archives.compress(tmp_path / "disk.tar").rename(saved)
    path = saved.with_name("checkpoint.json")
    told = json.loads(path.read_bytes())
    told["sha256"][saved.name] = checkpoint_store.digest(saved)
    path.write_text(json.dumps(told))
    with pytest.raises(LabgenError, match="snapshots is a symbolic link"):
        checkpoints.restore(host.lab, "x", host.switch_off)
    assert host.running
    assert list(elsewhere.iterdir()) == []


def test_unpacked_images_are_shared_and_everything_else_is_private(host: Host) -> None:
    contents = checkpoints.save(host.lab, "x")
    checkpoints.restore(host.lab, "x", host.switch_off)
    first, *others = (disks.of_machine(host.lab, it) / IMAGE for it in host.lab.machines)
    assert {it.stat().st_ino for it in others} == {first.stat().st_ino}
    assert {it: list(names) for it, names in contents.shared.items()} == {
        machine.name: ["1"] for machine in host.lab.machines
    }
    place = checkpoint_store.directory(host.lab) / "x"
    assert mode(place) == 0o700
    assert {mode(it) for it in place.iterdir() if it.is_file()} == {0o600}


def test_an_image_that_is_not_the_bundles_is_packed(host: Host) -> None:
    changed = disks.of_machine(host.lab, host.lab.machines[0]) / IMAGE
    changed.unlink()
    changed.write_text("pulled")
    before = host.seen()
    checkpoints.save(host.lab, "x")
    changed.write_text("pulled later")
    checkpoints.restore(host.lab, "x", host.switch_off)
    assert host.seen() == before


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda at: _cut(at / "master2.disks.tar.zst"), "master2.disks.tar.zst"),
        (lambda at: (at / "master1.root.tar.zst").unlink(), "master1.root.tar.zst"),
        (lambda at: shutil.rmtree(at / "shared/1"), "shared/1"),
    ],
)
def test_a_damaged_checkpoint_is_refused_before_anything_is_touched(
    host: Host, damage: Callable[[Path], Any], what: str
) -> None:
    checkpoints.save(host.lab, "x")
    host.write_all("after")
    after = host.seen()
    damage(checkpoint_store.directory(host.lab) / "x")
    with pytest.raises(LabgenError, match="is damaged; nothing was changed") as refused:
        checkpoints.restore(host.lab, "x", host.switch_off)
    assert refused.value.last_seen == f"not as it was saved: {what}"
    assert host.running
    assert host.seen() == after


def test_a_damaged_list_of_contents_names_the_command_that_removes_it(host: Host) -> None:
    checkpoints.save(host.lab, "x")
    contents = checkpoint_store.directory(host.lab) / "x/checkpoint.json"
    contents.write_bytes(b"\xff{")
    with pytest.raises(LabgenError, match=r"checkpoint.json is damaged") as damaged:
        checkpoint_store.checkpoints(host.lab)
    assert damaged.value.hint == f"labgen checkpoint remove {host.lab.name} x"
    checkpoint_store.delete(host.lab, "x")
    assert checkpoint_store.checkpoints(host.lab) == {}


def test_a_machine_of_another_image_is_named_before_anything_is_touched(host: Host) -> None:
    checkpoints.save(host.lab, "x")
    host.write_all("after")
    after = host.seen()
    host.images["master2"] = "3c4d"
    with pytest.raises(LabgenError, match="cannot be restored; nothing was changed") as refused:
        checkpoints.restore(host.lab, "x", host.switch_off)
    assert refused.value.last_seen == "created again from another machine image: master2"
    assert host.running
    assert host.seen() == after


def test_an_unknown_checkpoint_is_named_with_those_there_are(host: Host) -> None:
    checkpoints.save(host.lab, "x")
    with pytest.raises(UsageError) as wrong:
        checkpoints.restore(host.lab, "y", host.switch_off)
    assert wrong.value.hint == "it has: x"


def test_a_save_that_fails_leaves_the_earlier_checkpoint(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.save(host.lab, "x")
    before = host.seen()
    host.write_all("after")

    def full(archive: Path) -> Path:
        raise LabgenError(f"no space left for {archive.name}")

    with monkeypatch.context() as patch:
        patch.setattr(archives, "compress", full)
        with pytest.raises(LabgenError, match="no space left"):
            checkpoints.save(host.lab, "x")
    assert [it.name for it in checkpoint_store.directory(host.lab).glob("*/")] == ["x"]
    checkpoints.restore(host.lab, "x", host.switch_off)
    assert host.seen() == before


def test_a_disk_without_room_is_refused_beforehand(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(free=checkpoints.MARGIN)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(LabgenError, match="has no room for a checkpoint"):
        checkpoints.save(host.lab, "x")
    assert host.frozen == []


@pytest.mark.parametrize("step", range(12))
def test_a_restore_that_is_killed_is_completed_or_has_not_begun(
    host: Host, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Kill it at each of its renames: two for each of three machines' disks and roots."""
    before = host.seen()
    checkpoints.save(host.lab, "x")
    host.write_all("after")
    _kill_at_rename(host, monkeypatch, step)
    checkpoints.complete_restore(host.lab)
    assert host.seen() == before
    assert not _left(host)


def _kill_at_rename(host: Host, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Restore checkpoint x up to that rename of a machine's disks."""
    rename, left = Path.rename, iter(range(step))

    def dying(self: Path, target: Path) -> Path:
        if self.name.endswith(checkpoints.NEW) or target.name.endswith(checkpoint_store.OLD):
            next(left)
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dying)
        with pytest.raises(StopIteration):
            checkpoints.restore(host.lab, "x", host.switch_off)


def _left(host: Host) -> list[Path]:
    """Return what a restore did not clear away."""
    return [it for it in host.root.rglob("*") if it.suffix in {".new", ".old"}]


def test_root_file_systems_are_unmounted_before_they_are_exchanged(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.save(host.lab, "x")
    rename = Path.rename
    mounted: list[str] = []

    def watched(self: Path, target: Path) -> Path:
        mounted.extend(host.mounted)
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", watched)
        checkpoints.restore(host.lab, "x", host.switch_off)
    assert mounted == []


def test_a_root_file_system_that_stays_mounted_is_named_before_anything_is_exchanged(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.save(host.lab, "x")
    host.write_all("after")
    after = host.seen()
    master2 = host.upper(host.lab.machine("master2")).parent
    monkeypatch.setattr(mounts, "below", lambda place: [place / "merged"] * (place == master2))
    with pytest.raises(LabgenError, match="of master2 is still mounted; nothing was restored"):
        checkpoints.restore(host.lab, "x", host.switch_off)
    assert host.seen() == after
    assert not _left(host)


@pytest.mark.parametrize("step", range(12))
def test_a_restore_that_fails_after_one_that_was_killed_leaves_no_mixture(
    host: Host, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    before = host.seen()
    checkpoints.save(host.lab, "x")
    host.write_all("after")
    _kill_at_rename(host, monkeypatch, step)

    def full(archive: Path, directory: Path) -> None:
        raise LabgenError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(archives, "unpack", full)
        with pytest.raises(LabgenError, match="no space left"):
            checkpoints.restore(host.lab, "x", host.switch_off)
    checkpoints.complete_restore(host.lab)
    assert host.seen() == before


def test_what_a_killed_restore_unpacked_is_removed_by_the_next_deed(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.save(host.lab, "x")
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "_discard_new", lambda *_: None)  # as if it was killed
        with pytest.raises(ZeroDivisionError):
            checkpoints.restore(host.lab, "x", lambda: 1 / 0)
    assert _left(host)
    checkpoints.save(host.lab, "y")
    assert not _left(host)
    with pytest.raises(ZeroDivisionError):
        checkpoints.restore(host.lab, "x", lambda: 1 / 0)
    assert not _left(host)


@pytest.mark.parametrize("step", range(5))
def test_a_save_that_is_killed_when_it_replaces_another_loses_neither(
    host: Host, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    checkpoints.save(host.lab, "x")
    first = host.seen()
    host.write_all("after")
    second = host.seen()
    rename, remove, left = Path.rename, shutil.rmtree, iter(range(step))

    def dying(self: Path, target: Path) -> Path:
        if target.parent == checkpoint_store.directory(host.lab):
            next(left)
        return rename(self, target)

    def dying_too(path: Path) -> None:
        next(left)
        remove(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dying)
        patch.setattr(shutil, "rmtree", dying_too)
        with suppress(StopIteration):
            checkpoints.save(host.lab, "x")
    checkpoint_store.verified(host.lab, "x")
    checkpoints.restore(host.lab, "x", host.switch_off)
    assert host.seen() in (first, second)
    assert [it.name for it in checkpoint_store.directory(host.lab).glob("*/")] == ["x"]


def test_a_deletion_that_is_killed_lists_nothing_that_is_damaged(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.save(host.lab, "x.old")
    checkpoints.save(host.lab, "y")
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint_store, "remove", lambda _: None)
        checkpoint_store.delete(host.lab, "y")
    assert list(checkpoint_store.checkpoints(host.lab)) == ["x.old"]
    checkpoint_store.delete(host.lab, "z")
    assert [it.name for it in checkpoint_store.directory(host.lab).glob("*/")] == ["x.old"]


def test_files_that_disappear_meanwhile_do_not_keep_a_lab_from_being_saved(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    lstat, gone = os.lstat, host.upper(host.lab.machines[0]) / "before"

    def racing(path: Any, **more: Any) -> os.stat_result:
        if os.fspath(path) == str(gone):
            raise FileNotFoundError(path)
        return lstat(path, **more)

    monkeypatch.setattr(os, "lstat", racing)
    assert disks.changed_bytes(gone.parent) == 0


def test_room_is_needed_twice_for_all_that_is_packed_and_for_no_shared_image(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    (host.golden.parent / IMAGE).write_bytes(secrets.token_bytes(2**20))  # on all machines
    for machine in host.lab.machines:
        (disks.of_machine(host.lab, machine) / "etcd/log").write_bytes(secrets.token_bytes(2**20))
        (host.upper(machine) / "log").write_bytes(secrets.token_bytes(2**20))
    most = checkpoints.MARGIN + 2 * 3 * 2.2 * 2**20
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=most))
    checkpoints.save(host.lab, "x")
    most -= 2**20
    monkeypatch.setattr(disks, "shared_images", lambda *_: [])  # as of a bundle built again
    with pytest.raises(LabgenError, match="has no room for a checkpoint"):
        checkpoints.save(host.lab, "x")


def test_a_checkpoint_that_only_lacks_its_name_is_listed(host: Host) -> None:
    contents = checkpoints.save(host.lab, "x")
    home = checkpoint_store.directory(host.lab)
    (home / "x").rename(home / ".x.part")
    assert checkpoint_store.checkpoints(host.lab) == {"x": contents}
    assert min(checkpoint_store.sizes(host.lab, "x").values()) > 0
    checkpoints.restore(host.lab, "x", host.switch_off)


def test_what_a_killed_calls_program_still_writes_is_removed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, late = shutil.rmtree, iter([OSError(errno.ENOTEMPTY, "Directory not empty")])

    def racing(path: Path) -> None:
        if (error := next(late, None)) is not None:
            raise error
        remove(path)

    monkeypatch.setattr(shutil, "rmtree", racing)
    (tmp_path / "x.new").mkdir()
    checkpoint_store.remove(tmp_path / "x.new")
    assert not (tmp_path / "x.new").exists()
